from dataclasses import dataclass

from application.submissions.policy import SubmissionPolicy
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.workers.entities import Worker
from domain.workers.repositories import WorkerRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWorkers:
    """Who judges now."""

    workers: WorkerRepository
    policy: SubmissionPolicy

    async def __call__(self, key: ApiKey) -> list[Worker]:
        """Live workers, oldest first. Raises MissingScope."""
        key.require(Scope.ADMIN)
        return await self.workers.list_live(self.policy.worker_lifetime)
