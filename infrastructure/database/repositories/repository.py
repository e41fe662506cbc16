from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, Result, insert
from sqlalchemy.ext.asyncio import AsyncSession

from infrastructure.database.errors import storage_errors
from infrastructure.database.postgres import Base

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]

OPTIONS = {
    "populate_existing": True,  # what a session has read before may have been changed since
    "synchronize_session": False,
    "render_nulls": True,  # else rows with different nulls become a statement each
}


class Repository:
    """Base of all: runs statements in the scope's session, whose transaction the use case ends.

    Every method may raise StorageUnavailable and StorageFull.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def _execute(self, statement: Executable, parameters: Parameters | None = None) -> Result[*tuple[Any, ...]]:
        with storage_errors():
            return await self._session.execute(statement, parameters, execution_options=OPTIONS)

    async def _all(self, statement: Executable) -> Sequence[Any]:
        """The first column of every row."""
        return (await self._execute(statement)).scalars().all()

    async def _one(self, statement: Executable) -> Any | None:
        """The first column of the only row; None: there is none."""
        return (await self._execute(statement)).scalar_one_or_none()

    async def _insert(self, model: type[Base], entity: object) -> None:
        """An entity whose fields are called as the columns are."""
        await self._execute(insert(model), {column.key: getattr(entity, column.key) for column in model.__table__.c})
