from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update

from domain.access.audit import AuditEntry, AuditFilter
from domain.access.entities import ApiKey, ApiKeyId, QuotaUse
from domain.access.exceptions import ApiKeyNotFound
from infrastructure.database.repositories.access import usage_statements as usage
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

    async def get(self, key_id: ApiKeyId, *, for_update: bool = False) -> ApiKey | None:
        """Locked so that submissions, which refer to the key, do not wait."""
        query = select(ApiKeyModel).where(ApiKeyModel.id == key_id)
        model = await self._one(query.with_for_update(key_share=True) if for_update else query)
        return None if model is None else to_key(model)

    async def change(self, key: ApiKey) -> None:
        """Silent when there is none."""
        names = ("name", "max_priority", "expires_at", "request_rate", "submission_rate", "daily_quota")
        values = {name: getattr(key, name) for name in names}
        await self._execute(update(ApiKeyModel).where(ApiKeyModel.id == key.id).values(values))

    async def use_quota(self, key_id: ApiKeyId, count: int, quota: int) -> QuotaUse:
        """One statement. Requests of this key wait for each other's commits from here on."""
        row = (await self._execute(usage.USE, {"key_id": key_id, "count": count, "quota": quota})).one()
        return QuotaUse(row.now_used is not None, row.now_used or row.used, row.resets_in)

    async def used_today(self, key_id: ApiKeyId) -> int:
        """0 also where nothing is counted."""
        used: int = (await self._execute(usage.USED_TODAY, {"key_id": key_id})).scalar_one()
        return used

    async def count_today(self, key_id: ApiKeyId) -> None:
        """Ids of submissions begin with the milliseconds of their making: an index finds those of today."""
        begin: datetime = (await self._execute(usage.BEGIN_OF_TODAY)).scalar_one()
        first = UUID(int=int(begin.timestamp() * 1000) << 80)
        await self._execute(usage.COUNT_TODAY, {"key_id": key_id, "first": first})

    async def record_use(self, uses: Mapping[ApiKeyId, datetime]) -> None:
        """Passes over rows that another process is writing: it tells of the same minute."""
        await self._execute(usage.RECORD_USE, {"ids": list(uses), "at": list(uses.values())})

    async def forget_usage(self, older_than: timedelta) -> None:
        """By the day's index."""
        await self._execute(usage.FORGET, {"older_than": older_than})

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

    async def remove_before(self, moment: datetime, most: int) -> int:
        """Ids sort by the time of their making. Passes over what another process is removing."""
        first_after = UUID(int=int(moment.timestamp() * 1000) << 80)
        old = select(AuditEntryModel.id).where(AuditEntryModel.id < first_after).order_by(AuditEntryModel.id)
        old = old.limit(most).with_for_update(skip_locked=True)
        gone = delete(AuditEntryModel).where(AuditEntryModel.id.in_(old)).returning(AuditEntryModel.id)
        return len((await self._execute(gone)).all())
