from datetime import datetime

from sqlalchemy import func, select, update

from domain.access.audit import AuditEntry, AuditFilter
from domain.access.entities import ApiKey, ApiKeyId
from domain.access.exceptions import ApiKeyNotFound
from infrastructure.database.repositories.access.mappers import to_entry, to_key
from infrastructure.database.repositories.access.models import ApiKeyModel, AuditEntryModel
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


class SqlAuditRepository(Repository):
    """``domain.access.repositories.AuditRepository`` over PostgreSQL."""

    async def add(self, entry: AuditEntry) -> None:
        """The use case commits it with what was done."""
        await self._insert(AuditEntryModel, entry)

    async def list_page(self, filter_: AuditFilter, limit: int) -> list[AuditEntry]:
        """Each filter has an index in the order of ids."""
        query = select(AuditEntryModel).order_by(AuditEntryModel.id.desc()).limit(limit)
        for column, wanted in (
            (AuditEntryModel.act, filter_.act),
            (AuditEntryModel.key_id, filter_.key_id),
            (AuditEntryModel.target, filter_.target),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        if filter_.before is not None:
            query = query.where(AuditEntryModel.id < filter_.before)
        return [to_entry(model) for model in await self._all(query)]
