from dataclasses import dataclass
from datetime import timedelta

from application.clock import Clock
from application.transactions import Transaction
from domain.access.repositories import AuditRepository

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetAuditEntries:
    """Entries of the audit log that are older than they are kept."""

    transaction: Transaction
    entries: AuditRepository
    clock: Clock

    async def __call__(self, kept: timedelta) -> int:
        """How many. A commit for each batch. Raises StorageUnavailable."""
        before = self.clock.now() - kept
        total = 0
        while True:
            removed = await self.entries.remove_before(before, BATCH)
            await self.transaction.commit()
            total += removed
            if removed < BATCH:
                return total
