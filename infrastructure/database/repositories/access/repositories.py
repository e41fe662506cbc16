from datetime import datetime

from sqlalchemy import func, select, update

from domain.access.entities import ApiKey, ApiKeyId
from domain.access.exceptions import ApiKeyNotFound
from infrastructure.database.repositories.access.mappers import to_key
from infrastructure.database.repositories.access.models import ApiKeyModel
from infrastructure.database.repositories.repository import Repository


class SqlApiKeyRepository(Repository):
    """``domain.access.repositories.ApiKeyRepository`` over PostgreSQL."""

    async def add(self, key: ApiKey) -> None:
        """Its secret is not known here."""
        await self._insert(ApiKeyModel, key)

    async def by_digest(self, digest: bytes) -> ApiKey | None:
        """By a unique index; what the index's time may tell is worth nothing against 256 random bits."""
        model = await self._one(select(ApiKeyModel).where(ApiKeyModel.digest == digest))
        return None if model is None else to_key(model)

    async def list_all(self) -> list[ApiKey]:
        """Ids are made by the clock."""
        return [to_key(model) for model in await self._all(select(ApiKeyModel).order_by(ApiKeyModel.id))]

    async def revoke(self, key_id: ApiKeyId, at: datetime) -> None:
        """Raises ApiKeyNotFound."""
        statement = update(ApiKeyModel).where(ApiKeyModel.id == key_id).returning(ApiKeyModel.id)
        revoked = await self._execute(statement.values(revoked_at=func.coalesce(ApiKeyModel.revoked_at, at)))
        if revoked.one_or_none() is None:
            raise ApiKeyNotFound(str(key_id))
