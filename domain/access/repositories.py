from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from domain.access.audit import AuditEntry, AuditFilter
from domain.access.entities import ApiKey, ApiKeyId, QuotaUse


class ApiKeyRepository(Protocol):
    """Stored keys."""

    async def add(self, key: ApiKey) -> None:
        """Store a new key."""

    async def by_digest(self, digest: bytes) -> ApiKey | None:
        """The key with this SHA-256 of its secret."""

    async def get(self, key_id: ApiKeyId, *, for_update: bool = False) -> ApiKey | None:
        """By id; ``for_update`` keeps others from changing it until the commit."""

    async def change(self, key: ApiKey) -> None:
        """Store its name, priority, expiry and limits."""

    async def use_quota(self, key_id: ApiKeyId, count: int, quota: int) -> QuotaUse:
        """Count so many submissions of today (UTC), if they fit; the commit makes it so."""

    async def used_today(self, key_id: ApiKeyId) -> int:
        """What is counted of today."""

    async def count_today(self, key_id: ApiKeyId) -> None:
        """A quota begins in the middle of a day: what was sent since its begin counts."""

    async def record_use(self, uses: Mapping[ApiKeyId, datetime]) -> None:
        """When keys were used last; an earlier moment than the stored one changes nothing."""

    async def forget_usage(self, older_than: timedelta) -> None:
        """Remove the counts of days gone by."""

    async def list_all(self) -> list[ApiKey]:
        """Every key, oldest first."""

    async def revoke(self, key_id: ApiKeyId, at: datetime) -> None:
        """Mark as revoked; raises ApiKeyNotFound. Revoking twice keeps the first time."""


class AuditRepository(Protocol):
    """Remembered administrative acts; nothing changes one, and age alone removes them."""

    async def add(self, entry: AuditEntry) -> None:
        """Store one, in the scope's transaction."""

    async def list_page(self, filter_: AuditFilter, limit: int) -> list[AuditEntry]:
        """Newest first."""

    async def remove_before(self, moment: datetime, most: int) -> int:
        """Those of before ``moment``, at most ``most`` of them; how many it were."""
