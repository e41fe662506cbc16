from sqlalchemy.ext.asyncio import AsyncSession

from infrastructure.database.errors import storage_errors


class SqlTransaction:
    """``application.transactions.Transaction`` over the scope's session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def commit(self) -> None:
        """Raises StorageUnavailable: then nobody knows whether it was stored."""
        with storage_errors():
            await self._session.commit()

    async def rollback(self) -> None:
        """Raises StorageUnavailable."""
        with storage_errors():
            await self._session.rollback()
