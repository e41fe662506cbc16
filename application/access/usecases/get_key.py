from dataclasses import dataclass

from domain.access.entities import ApiKey, ApiKeyId
from domain.access.enums import Scope
from domain.access.exceptions import ApiKeyNotFound
from domain.access.repositories import ApiKeyRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class GetKey:
    """One key."""

    keys: ApiKeyRepository

    async def __call__(self, key: ApiKey, key_id: ApiKeyId) -> tuple[ApiKey, int | None]:
        """With the submissions of today (UTC) where it has a quota. Raises MissingScope, ApiKeyNotFound."""
        key.require(Scope.ADMIN)
        found = await self.keys.get(key_id)
        if found is None:
            raise ApiKeyNotFound(str(key_id))
        return found, None if found.daily_quota is None else await self.keys.used_today(key_id)
