from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from application.access.secrets import digest_of, new_secret
from application.audit_log import AuditLog
from application.clock import Clock
from application.idempotency.reply_keeper import ReplyKeeper
from application.ids import new_id
from application.transactions import Transaction
from domain.access.entities import ApiKey, ApiKeyId
from domain.access.enums import Scope
from domain.access.rates import Rate
from domain.access.repositories import ApiKeyRepository
from domain.access.validation import check_key


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A new key with its secret, which is shown this once and stored nowhere."""

    key: ApiKey
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateKey:
    """Make a key. Who may ask for it is the caller's to check: the command line is trusted, HTTP asks for ``admin``."""

    transaction: Transaction
    keys: ApiKeyRepository
    clock: Clock
    audit: AuditLog
    reply: ReplyKeeper

    async def __call__(
        self,
        name: str,
        scopes: AbstractSet[Scope],
        max_priority: int = 0,
        expires_at: datetime | None = None,
        *,
        request_rate: Rate | None = None,
        submission_rate: Rate | None = None,
        daily_quota: int | None = None,
        caller: ApiKey | None = None,
    ) -> CreatedKey:
        """Raises Invalid; MissingScope when ``caller`` is given and lacks ADMIN."""
        if caller is not None:
            caller.require(Scope.ADMIN)
        now = self.clock.now()
        secret = new_secret()
        key = ApiKey(
            id=ApiKeyId(new_id()),
            name=name,
            digest=digest_of(secret),
            scopes=frozenset(scopes),
            max_priority=max_priority,
            created_at=now,
            expires_at=expires_at,
            request_rate=request_rate,
            submission_rate=submission_rate,
            daily_quota=daily_quota,
        )
        check_key(key, now)
        await self.keys.add(key)
        limits = {
            "expiresAt": expires_at,
            "requestRate": request_rate,
            "submissionRate": submission_rate,
            "dailyQuota": daily_quota,
        }
        told = {what: str(value) for what, value in limits.items() if value is not None}
        await self.audit.note(
            caller, "key.create", key.id, name=name, scopes=sorted(scopes), maxPriority=max_priority, **told
        )
        created = CreatedKey(key, secret)
        await self.reply.keep(created)
        await self.transaction.commit()
        return created
