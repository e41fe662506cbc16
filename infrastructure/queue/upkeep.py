import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from dishka import AsyncContainer

from application.exceptions import StorageUnavailable
from application.sandbox import SandboxPool, SelfTest
from application.submissions.bell import Recalls
from application.submissions.fitness import Fitness
from application.submissions.usecases import EndRecalledJobs
from application.workers.usecases import Beat, RegisterWorker, SweepQueue
from domain.workers.entities import WorkerState
from infrastructure.queue.bell_broker import BellBroker
from infrastructure.queue.work_drain import WorkDrain

log = logging.getLogger(__name__)

RECALLS_AGAIN = timedelta(seconds=1)


class Upkeep:
    """What a worker does beside judging: heartbeat, looking for work that no bell rang for, hearing of recalls."""

    def __init__(
        self, container: AsyncContainer, drain: WorkDrain, pool: SandboxPool, lease: timedelta, sweep: timedelta
    ) -> None:
        self._container = container
        self._drain = drain
        self._pool = pool
        self._lease = lease
        self._sweep = sweep
        self._drains: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._every(self._lease / 3, self._beat))
            group.create_task(self._every(self._sweep, self._look))
            group.create_task(self._every(self._lease, self._try_again))
            group.create_task(self._every(RECALLS_AGAIN, self._hear_recalls))

    async def _every(self, interval: timedelta, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await step()
            except StorageUnavailable as error:
                log.warning("upkeep waits for the database: %s", error)
            except Exception:  # a step that fails today may not fail tomorrow; the worker must not end by it
                log.exception("upkeep failed")
            await asyncio.sleep(interval.total_seconds())

    async def _beat(self) -> None:
        async with self._container() as scope:
            state = await (await scope.get(Beat))()
        if state is None:
            log.warning("this worker was forgotten, registering it again")
            state = WorkerState.DRAINING if self._drain.draining else WorkerState.READY
            async with self._container() as scope:
                await (await scope.get(RegisterWorker))(state)
        draining = state is WorkerState.DRAINING
        if self._drain.hold(draining):
            log.warning("this worker is %s", "draining: it takes no more jobs" if draining else "no longer draining")
        (await self._container.get(BellBroker)).deaf = self._drain.held

    async def _try_again(self) -> None:
        """An unfit worker comes back by itself: what ailed it may have been mended."""
        fitness = await self._container.get(Fitness)
        if fitness.complaint:
            fitness.found(await (await self._container.get(SelfTest)).whole())

    async def _hear_recalls(self) -> None:
        """For as long as it goes well. The heartbeat finds what is not heard."""
        recalls = await self._container.get(Recalls)
        end = await self._container.get(EndRecalledJobs)
        async for recalled in recalls.recalled():
            await end(frozenset(recalled))

    async def _look(self) -> None:
        async with self._container() as scope:
            sweep = await (await scope.get(SweepQueue))()
        if self._drain.held is not (await self._container.get(BellBroker)).deaf:
            await self._beat()  # it has just become unfit, or fit: not to be told a third of a lease later
        if self._drain.held:
            return
        for _ in range(min(sweep.waiting, self._pool.slots) - len(self._drains)):
            task = asyncio.create_task(self._drain.jobs())
            self._drains.add(task)
            task.add_done_callback(self._drains.discard)
        self._drain.wake_imports()
