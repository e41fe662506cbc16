from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from application.batches import remove_in_batches
from application.clock import Clock
from application.transactions import Transaction
from domain.problems.repositories import ProblemRepository
from domain.submissions.repositories import SubmissionRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetSubmissions:
    """Submissions that were made longer ago than they are kept, with all that is theirs; those in the queue stay."""

    transaction: Transaction
    submissions: SubmissionRepository
    problems: ProblemRepository
    clock: Clock

    async def __call__(self, kept: timedelta, progress: Callable[[int], None] = lambda _: None) -> int:
        """How many. Raises StorageUnavailable."""
        before = self.clock.now() - kept
        total = await remove_in_batches(self.transaction, partial(self.submissions.remove_before, before), progress)
        await remove_in_batches(self.transaction, partial(self.problems.remove_unused, before))
        return total
