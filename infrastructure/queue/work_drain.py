import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from dishka import AsyncContainer

from application.exceptions import StorageUnavailable
from application.problems.usecases import ImportPackage
from application.sandbox import SandboxFailure
from application.submissions.fitness import Fitness
from application.submissions.usecases import JudgeNextJob
from domain.problems.repositories import ImportRepository

log = logging.getLogger(__name__)


class WorkDrain:
    """Does all the work that waits, each piece in a scope of its own; knows what runs, so that a stop can wait for
    it.
    """

    def __init__(self, container: AsyncContainer, fitness: Fitness) -> None:
        self._fitness = fitness
        self._container = container
        self._running: set[asyncio.Task[object]] = set()
        self._stopping = False
        self._importing: asyncio.Task[None] | None = None
        self._held = False

    @property
    def held(self) -> bool:
        """Whether nothing new is begun: the worker is draining, or unfit."""
        return self._held or bool(self._fitness.complaint)

    @property
    def draining(self) -> bool:
        """Whether the worker was told to take nothing more."""
        return self._held

    def hold(self, held: bool) -> bool:
        """Begin nothing new, or again; what runs goes on. Whether that is a change."""
        changed, self._held = held is not self._held, held
        return changed

    async def jobs(self) -> None:
        """Judge until no job waits. Storage that is lost or full ends it quietly: the next look goes on."""
        async with self._tracked():
            judge = await self._container.get(JudgeNextJob)
            while not (self._stopping or self.held) and await judge():
                pass

    def wake_imports(self) -> None:
        """Import what waits beside all else: a proof takes long, and whoever rings must not wait for it. A worker
        proves one package at a time, on all of its slots.
        """
        if self._importing is None or self._importing.done():
            self._importing = asyncio.create_task(self._import())

    async def _import(self) -> None:
        try:
            await self.imports()
        except Exception:  # that import is taken up again later
            log.exception("an import failed")

    async def imports(self) -> None:
        """Import until no package waits."""
        async with self._tracked():
            while not (self._stopping or self.held):
                async with self._container() as scope:
                    waiting = await (await scope.get(ImportRepository)).list_waiting(1)
                if not waiting:
                    return
                async with self._container() as scope:
                    await (await scope.get(ImportPackage))(waiting[0])

    async def stop(self, grace: timedelta) -> None:
        """Start nothing new; wait for what runs; after ``grace`` end it, so that its jobs are given back."""
        self._stopping = True
        if not self._running:
            return
        log.info("waiting up to %d s for %d running jobs", grace.total_seconds(), len(self._running))
        _, late = await asyncio.wait(self._running, timeout=grace.total_seconds())
        for task in late:
            task.cancel()
        if late:
            log.warning("%d jobs were not done in time and go back to the queue", len(late))
            await asyncio.wait(late, timeout=grace.total_seconds())

    @asynccontextmanager
    async def _tracked(self) -> AsyncIterator[None]:
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            yield
        except StorageUnavailable as error:
            log.warning("work stops for a moment: %s", error)
        except SandboxFailure as error:  # no slot could be had, so no job has been claimed
            self._fitness.lost(str(error))
        finally:
            self._running.discard(task)
