from collections.abc import Sequence
from dataclasses import dataclass

from application.submissions.policy import SubmissionPolicy
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.submissions.dtos import HeldJob
from domain.submissions.repositories import SubmissionRepository
from domain.workers.entities import Worker
from domain.workers.repositories import WorkerRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWorkers:
    """Who judges now."""

    workers: WorkerRepository
    submissions: SubmissionRepository
    policy: SubmissionPolicy

    async def __call__(self, key: ApiKey) -> list[tuple[Worker, Sequence[HeldJob]]]:
        """Live workers, oldest first, with what they judge. Raises MissingScope."""
        key.require(Scope.ADMIN)
        live = await self.workers.list_live(self.policy.worker_lifetime)
        held = await self.submissions.held_by([worker.id for worker in live])
        return [(worker, [job for job in held if job.worker_id == worker.id]) for worker in live]
