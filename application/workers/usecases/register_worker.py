from dataclasses import dataclass

from application.clock import Clock
from application.languages.toolchains import Toolchains
from application.sandbox import SandboxPool
from application.submissions.fitness import Fitness
from application.submissions.policy import JudgingPolicy
from application.transactions import Transaction
from domain.workers.entities import Worker, WorkerId, WorkerState
from domain.workers.repositories import WorkerRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterWorker:
    """Tell the service that this worker lives and what it has. Doing it again is the heartbeat's cure for a lost
    row.
    """

    worker_id: WorkerId
    transaction: Transaction
    workers: WorkerRepository
    toolchains: Toolchains
    pool: SandboxPool
    policy: JudgingPolicy
    clock: Clock
    fitness: Fitness

    async def __call__(self, state: WorkerState = WorkerState.READY) -> Worker:
        """The worker as registered; workers dead for long are forgotten. ``state``: of one that was forgotten itself;
        while it is registered, what the database says holds.
        """
        now = self.clock.now()
        worker = Worker(
            id=self.worker_id,
            name=self.policy.worker_name,
            slots=self.pool.slots,
            isolation=self.pool.isolation,
            languages=tuple(t.language for t in self.toolchains.available().values()),
            started_at=now,
            heartbeat_at=now,
            state=state,
            complaint=self.fitness.complaint,
        )
        await self.workers.register(worker)
        await self.workers.remove_dead(older_than=10 * self.policy.lease)
        await self.transaction.commit()
        return worker
