from collections.abc import Collection
from dataclasses import dataclass

from application.submissions.job_ledger import JobLedger
from application.submissions.leases import Leases
from application.submissions.policy import JudgingPolicy
from domain.submissions.entities import JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRecalledJobs:
    """A recall is only a bell: which of the claims are really lost, the ledger says. The work of those is ended."""

    ledger: JobLedger
    leases: Leases
    policy: JudgingPolicy

    async def __call__(self, recalled: Collection[JobId]) -> None:
        """Costs nothing when this worker holds none of them. Raises StorageUnavailable."""
        held = [claim for claim in self.leases.held if claim.job_id in recalled]
        if held:
            for lost in await self.ledger.extend(held, self.policy.lease):
                self.leases.lose(lost)
