from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update

from domain.problems.entities import ImportId, PackageImport
from domain.problems.enums import ImportStatus
from infrastructure.database.repositories.problems.mappers import import_values, to_import
from infrastructure.database.repositories.problems.models import ImportModel
from infrastructure.database.repositories.repository import Repository

ABANDONED_AFTER = timedelta(minutes=10)


class SqlImportRepository(Repository):
    """``domain.problems.repositories.ImportRepository`` over PostgreSQL."""

    async def add(self, package_import: PackageImport) -> None:
        """Its bell rings after the commit."""
        await self._execute(insert(ImportModel), import_values(package_import))

    async def by_id(self, import_id: ImportId) -> PackageImport | None:
        """As it is now."""
        model = await self._one(select(ImportModel).where(ImportModel.id == import_id))
        return None if model is None else to_import(model)

    async def save(self, package_import: PackageImport) -> None:
        """Silent when it is not there."""
        values = import_values(package_import)
        await self._execute(update(ImportModel).where(ImportModel.id == package_import.id).values(values))

    async def claim(self, import_id: ImportId) -> PackageImport | None:
        """Of two at once one gets it, when the other's transaction has ended."""
        statement = update(ImportModel).where(ImportModel.id == import_id, or_(*_claimable()))
        statement = statement.values(status=ImportStatus.PROVING, claimed_at=func.clock_timestamp())
        model = await self._one(statement.returning(ImportModel))
        return None if model is None else to_import(model)

    async def list_waiting(self, limit: int) -> list[ImportId]:
        """By the time they were sent."""
        query = select(ImportModel.id).where(or_(*_claimable())).order_by(ImportModel.created_at, ImportModel.id)
        return list(await self._all(query.limit(limit)))


def _claimable() -> Iterator[ColumnElement[bool]]:
    yield ImportModel.status == ImportStatus.PENDING
    yield and_(
        ImportModel.status == ImportStatus.PROVING,
        ImportModel.claimed_at < func.clock_timestamp() - ABANDONED_AFTER,
    )
