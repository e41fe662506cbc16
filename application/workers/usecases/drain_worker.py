from dataclasses import dataclass

from application.audit_log import AuditLog
from application.transactions import Transaction
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.workers.entities import WorkerId, WorkerState
from domain.workers.exceptions import WorkerNotFound
from domain.workers.repositories import WorkerRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class DrainWorker:
    """Its claims are refused from now on, and what it judges is judged to the end; or the other way round."""

    transaction: Transaction
    workers: WorkerRepository
    audit: AuditLog

    async def __call__(self, key: ApiKey, worker_id: WorkerId, state: WorkerState) -> None:
        """Twice is as good as once. Raises MissingScope, WorkerNotFound."""
        key.require(Scope.ADMIN)
        if not await self.workers.set_state(worker_id, state):
            raise WorkerNotFound(str(worker_id))
        act = "worker.drain" if state is WorkerState.DRAINING else "worker.resume"
        await self.audit.note(key, act, worker_id)
        await self.transaction.commit()
