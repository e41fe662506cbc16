"""Carries results to the ledger in batches while the tests go on."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Self

from application.submissions.job_ledger import JobLedger
from domain.runs.entities import Limits
from domain.submissions.entities import Claim, CompileResult, JobResult, TestResult


@dataclass(slots=True, kw_only=True)
class ResultRecorder:
    """An async context: a background task writes what has gathered every ``interval``; judging never waits for it.

    A job that ends sooner is written by ``finish`` alone, in one transaction. What the background task met (a lost
    lease, a lost database) is raised at the next ``add`` or ``finish``.
    """

    ledger: JobLedger
    claim: Claim
    interval: timedelta
    compiled: CompileResult | None
    limits: Limits
    isolation: str
    _waiting: list[TestResult] = field(default_factory=list)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _writer: "asyncio.Task[None] | None" = None

    async def __aenter__(self) -> Self:
        self._writer = asyncio.create_task(self._write_on())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(Exception):  # what it met matters only to a judging that goes on
            await self._stop()

    def add(self, result: TestResult) -> None:
        """Note a result; returns at once."""
        if self._writer is not None and self._writer.done():
            self._writer.result()
        self._waiting.append(result)

    async def finish(self, result: JobResult) -> None:
        """Write the rest and the job's end. Raises LeaseLost."""
        await self._stop()
        await self.ledger.finish(self.claim, result, self.compiled, self.limits, self.isolation, self._waiting)

    async def _write_on(self) -> None:
        announced = False
        while not await self._stopped_within_interval():
            if not announced:
                await self.ledger.compiled(self.claim, self.compiled, self.limits, self.isolation)
                announced = True
            if self._waiting:
                batch, self._waiting = self._waiting, []
                await self.ledger.record(self.claim, batch)

    async def _stopped_within_interval(self) -> bool:
        try:
            async with asyncio.timeout(self.interval.total_seconds()):
                return await self._stopping.wait()
        except TimeoutError:
            return False

    async def _stop(self) -> None:
        """End the writer, never in the middle of a write: a batch half known could be written twice."""
        self._stopping.set()
        if self._writer is not None:
            await self._writer
