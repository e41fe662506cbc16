from dataclasses import dataclass

from application.access.recent_keys import RecentKeys
from application.audit_log import AuditLog
from application.clock import Clock
from application.transactions import Transaction
from domain.access.entities import ApiKey, ApiKeyId
from domain.access.enums import Scope
from domain.access.repositories import ApiKeyRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeKey:
    """The key is refused from now on (by other server processes, within a second); what it sent in stays."""

    transaction: Transaction
    keys: ApiKeyRepository
    recent: RecentKeys
    clock: Clock
    audit: AuditLog

    async def __call__(self, key: ApiKey | None, key_id: ApiKeyId) -> None:
        """Raises ApiKeyNotFound, MissingScope; ``key`` None is the trusted command line. Twice is as good as once."""
        if key is not None:
            key.require(Scope.ADMIN)
        await self.keys.revoke(key_id, self.clock.now())
        await self.audit.note(key, "key.revoke", key_id)
        await self.transaction.commit()
        self.recent.forget(key_id)
