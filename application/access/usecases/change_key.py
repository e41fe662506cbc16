from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypedDict

from application.access.recent_keys import RecentKeys
from application.audit_log import AuditLog
from application.clock import Clock
from application.transactions import Transaction
from domain.access.entities import ApiKey, ApiKeyId
from domain.access.enums import Scope
from domain.access.exceptions import ApiKeyNotFound, ApiKeyRevoked
from domain.access.rates import Rate
from domain.access.repositories import ApiKeyRepository
from domain.access.validation import check_key


class KeyChanges(TypedDict, total=False):
    """What is left out stays; None takes a limit away."""

    name: str
    max_priority: int
    expires_at: datetime | None
    request_rate: Rate | None
    submission_rate: Rate | None
    daily_quota: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeKey:
    """Change a key's name, priority, expiry and limits (in other server processes, within a second)."""

    transaction: Transaction
    keys: ApiKeyRepository
    recent: RecentKeys
    clock: Clock
    audit: AuditLog

    async def __call__(self, key: ApiKey, key_id: ApiKeyId, changes: KeyChanges) -> ApiKey:
        """The key as it is now. Raises MissingScope, ApiKeyNotFound, ApiKeyRevoked, Invalid."""
        key.require(Scope.ADMIN)
        old = await self.keys.get(key_id, for_update=True)
        if old is None:
            raise ApiKeyNotFound(str(key_id))
        if old.revoked_at is not None:
            raise ApiKeyRevoked(str(key_id))
        new = replace(old, **changes)
        check_key(new, self.clock.now(), check_expiry="expires_at" in changes)
        await self.keys.change(new)
        if old.daily_quota is None and new.daily_quota is not None:
            await self.keys.count_today(key_id)
        told = {name: None if value is None else str(value) for name, value in changes.items()}
        await self.audit.note(key, "key.change", key_id, **told)
        await self.transaction.commit()
        self.recent.forget(key_id)
        return new
