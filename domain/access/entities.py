from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType
from uuid import UUID

from domain.access.enums import Scope
from domain.access.exceptions import MissingScope
from domain.access.rates import Rate

ApiKeyId = NewType("ApiKeyId", UUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A client's key. The secret is shown once; ``digest`` is its SHA-256 (the secret has 256 random bits, so that a
    slow hash would add nothing). ``max_priority`` is the highest priority it may ask for. ``request_rate``,
    ``submission_rate`` and ``daily_quota`` (submissions in a day of UTC) are None where there is no limit;
    ``last_used_at`` is stored within a minute.
    """

    id: ApiKeyId
    name: str
    digest: bytes
    scopes: frozenset[Scope]
    max_priority: int
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    request_rate: Rate | None = None
    submission_rate: Rate | None = None
    daily_quota: int | None = None
    last_used_at: datetime | None = None

    def allows(self, scope: Scope) -> bool:
        """Whether the key has ``scope``, by itself or through ADMIN."""
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def require(self, *scopes: Scope) -> None:
        """Raise MissingScope unless the key has at least one of ``scopes``."""
        if not any(self.allows(scope) for scope in scopes):
            raise MissingScope(scopes)

    def is_valid(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired at ``now``."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """``taken``: whether the submissions fitted into the day's quota; ``used``: how many there are, with them if so."""

    taken: bool
    used: int
    resets_in: timedelta
