from datetime import datetime
from typing import Protocol

from domain.access.audit import AuditEntry, AuditFilter
from domain.access.entities import ApiKey, ApiKeyId


class ApiKeyRepository(Protocol):
    """Stored keys."""

    async def add(self, key: ApiKey) -> None:
        """Store a new key."""

    async def by_digest(self, digest: bytes) -> ApiKey | None:
        """The key with this SHA-256 of its secret."""

    async def list_all(self) -> list[ApiKey]:
        """Every key, oldest first."""

    async def revoke(self, key_id: ApiKeyId, at: datetime) -> None:
        """Mark as revoked; raises ApiKeyNotFound. Revoking twice keeps the first time."""


class AuditRepository(Protocol):
    """Remembered administrative acts; nothing changes or removes one."""

    async def add(self, entry: AuditEntry) -> None:
        """Store one, in the scope's transaction."""

    async def list_page(self, filter_: AuditFilter, limit: int) -> list[AuditEntry]:
        """Newest first."""
