from dataclasses import dataclass
from datetime import timedelta

from application.clock import Clock
from application.retention.batches import remove_in_batches
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

    async def __call__(self, kept: timedelta) -> int:
        """How many. Raises StorageUnavailable."""
        return await remove_in_batches(self.transaction, self.imports.remove_before, self.clock.now() - kept)
