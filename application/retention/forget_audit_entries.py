from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from application.batches import remove_in_batches
from application.clock import Clock
from application.transactions import Transaction
from domain.access.repositories import AuditRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetAuditEntries:
    """Entries of the audit log that are older than they are kept."""

    transaction: Transaction
    entries: AuditRepository
    clock: Clock

    async def __call__(self, kept: timedelta, progress: Callable[[int], None] = lambda _: None) -> int:
        """How many. Raises StorageUnavailable."""
        old = partial(self.entries.remove_before, self.clock.now() - kept)
        return await remove_in_batches(self.transaction, old, progress)
