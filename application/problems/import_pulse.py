import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Self

from application.exceptions import StorageUnavailable
from application.transactions import Transaction
from domain.problems.entities import ImportId
from domain.problems.proof import Progress
from domain.problems.repositories import ImportRepository

log = logging.getLogger(__name__)

INTERVAL = timedelta(milliseconds=500)
"""Progress is written at most this often."""
QUIET = timedelta(seconds=30)
"""Without news, the claim is renewed this often: much less than the time after which others may have it."""


@dataclass(slots=True, kw_only=True)
class ImportPulse:
    """Writes down where the proof of an import stands, and so keeps its claim, as long as the context lasts. Nobody
    else may use the transaction meanwhile.
    """

    import_id: ImportId
    imports: ImportRepository
    transaction: Transaction
    interval: timedelta = INTERVAL
    quiet: timedelta = QUIET
    _progress: Progress | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _end: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def __call__(self, progress: Progress) -> None:
        """Where it stands now."""
        self._progress = progress
        self._news.set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._beat())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What is being written is written to its end: a query that is cut short would cost the connection."""
        assert self._task is not None
        self._end.set()
        self._news.set()
        await self._task

    async def _beat(self) -> None:
        while True:
            await _within(self.quiet, self._news)
            if self._end.is_set():
                return
            self._news.clear()
            try:
                await self.imports.keep(self.import_id, self._progress)
                await self.transaction.commit()
            except StorageUnavailable as error:  # the proof goes on; the database may be back when it ends
                log.warning("import %s: its progress is not stored: %s", self.import_id, error)
                with suppress(StorageUnavailable):
                    await self.transaction.rollback()
            await _within(self.interval, self._end)


async def _within(time: timedelta, event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(time.total_seconds()):
            await event.wait()
