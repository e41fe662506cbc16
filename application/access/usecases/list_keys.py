from dataclasses import dataclass

from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.access.repositories import ApiKeyRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKeys:
    """Every key, revoked ones too; secrets are not known to anybody."""

    keys: ApiKeyRepository

    async def __call__(self, key: ApiKey | None = None) -> list[ApiKey]:
        """Oldest first. Raises MissingScope; ``key`` None is the trusted command line."""
        if key is not None:
            key.require(Scope.ADMIN)
        return await self.keys.list_all()
