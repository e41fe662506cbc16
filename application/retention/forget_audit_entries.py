from dataclasses import dataclass
from datetime import timedelta

from application.clock import Clock
from application.retention.batches import remove_in_batches
from application.transactions import Transaction
from domain.access.repositories import AuditRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetAuditEntries:
    """Entries of the audit log that are older than they are kept."""

    transaction: Transaction
    entries: AuditRepository
    clock: Clock

    async def __call__(self, kept: timedelta) -> int:
        """How many. Raises StorageUnavailable."""
        return await remove_in_batches(self.transaction, self.entries.remove_before, self.clock.now() - kept)
