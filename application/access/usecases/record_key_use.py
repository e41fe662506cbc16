from dataclasses import dataclass
from datetime import timedelta

from application.access.recent_keys import RecentKeys
from application.transactions import Transaction
from domain.access.repositories import ApiKeyRepository

USAGE_KEPT = timedelta(days=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKeyUse:
    """Store when keys were last used, once for many requests; and forget what quotas no longer need."""

    transaction: Transaction
    keys: ApiKeyRepository
    recent: RecentKeys

    async def __call__(self) -> None:
        """What cannot be stored is forgotten: the next use tells again."""
        uses = self.recent.take_uses()
        if uses:
            await self.keys.record_use(uses)
        await self.keys.forget_usage(USAGE_KEPT)
        await self.transaction.commit()
