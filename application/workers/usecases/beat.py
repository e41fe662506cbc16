from dataclasses import dataclass

from application.submissions.fitness import Fitness
from application.submissions.job_ledger import JobLedger
from application.submissions.leases import Leases
from application.submissions.policy import JudgingPolicy
from application.transactions import Transaction
from domain.workers.entities import WorkerId, WorkerState
from domain.workers.repositories import WorkerRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """The heartbeat: this worker lives, and works on what it holds."""

    worker_id: WorkerId
    transaction: Transaction
    workers: WorkerRepository
    ledger: JobLedger
    leases: Leases
    policy: JudgingPolicy
    fitness: Fitness

    async def __call__(self) -> WorkerState | None:
        """Prolong every lease; the work of a lost one is ended. None: the worker must register again."""
        for lost in await self.ledger.extend(self.leases.held, self.policy.lease):
            self.leases.lose(lost)
        state = await self.workers.beat(self.worker_id, self.fitness.complaint)
        await self.transaction.commit()
        return state
