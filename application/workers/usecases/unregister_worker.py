from dataclasses import dataclass

from application.transactions import Transaction
from domain.workers.entities import WorkerId
from domain.workers.repositories import WorkerRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class UnregisterWorker:
    """A graceful stop: its languages are no longer offered."""

    worker_id: WorkerId
    transaction: Transaction
    workers: WorkerRepository

    async def __call__(self) -> None:
        """Forget this worker."""
        await self.workers.remove(self.worker_id)
        await self.transaction.commit()
