from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from application.batches import remove_in_batches
from application.clock import Clock
from application.transactions import Transaction
from domain.problems.repositories import ImportRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetImports:
    """Imports that ended longer ago than they are kept, with their packages; that of a revision in force stays, since
    it is what an export gives.
    """

    transaction: Transaction
    imports: ImportRepository
    clock: Clock

    async def __call__(self, kept: timedelta, progress: Callable[[int], None] = lambda _: None) -> int:
        """How many. Raises StorageUnavailable."""
        old = partial(self.imports.remove_before, self.clock.now() - kept)
        return await remove_in_batches(self.transaction, old, progress)
