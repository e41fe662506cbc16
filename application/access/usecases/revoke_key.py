from dataclasses import dataclass

from application.clock import Clock
from application.transactions import Transaction
from domain.access.entities import ApiKey, ApiKeyId
from domain.access.enums import Scope
from domain.access.repositories import ApiKeyRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeKey:
    """From the next request on the key is refused; what it sent in stays."""

    transaction: Transaction
    keys: ApiKeyRepository
    clock: Clock

    async def __call__(self, key: ApiKey | None, key_id: ApiKeyId) -> None:
        """Raises ApiKeyNotFound, MissingScope; ``key`` None is the trusted command line. Twice is as good as once."""
        if key is not None:
            key.require(Scope.ADMIN)
        await self.keys.revoke(key_id, self.clock.now())
        await self.transaction.commit()
