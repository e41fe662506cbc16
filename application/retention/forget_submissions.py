from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.clock import Clock
from application.transactions import Transaction
from domain.problems.repositories import ProblemRepository
from domain.submissions.repositories import SubmissionRepository

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetSubmissions:
    """Submissions that were made longer ago than they are kept, with all that is theirs; those in the queue stay."""

    transaction: Transaction
    submissions: SubmissionRepository
    problems: ProblemRepository
    clock: Clock

    async def __call__(self, kept: timedelta, progress: Callable[[int], None] = lambda _: None) -> int:
        """How many. A commit for each batch, so that nobody waits for long. Raises StorageUnavailable."""
        before = self.clock.now() - kept
        total = await self._in_batches(self.submissions.remove_before, before, progress)
        await self._in_batches(self.problems.remove_unused, before, lambda _: None)
        return total

    async def _in_batches(
        self, remove: Callable[[datetime, int], Awaitable[int]], before: datetime, progress: Callable[[int], None]
    ) -> int:
        total = 0
        while True:
            removed = await remove(before, BATCH)
            await self.transaction.commit()
            total += removed
            progress(total)
            if removed < BATCH:
                return total
