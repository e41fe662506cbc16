import logging
from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from application.exceptions import StorageUnavailable
from application.transactions import Transaction
from infrastructure.config import Config
from infrastructure.database.errors import storage_errors
from infrastructure.database.postgres import create_engine, create_sessionmaker
from infrastructure.database.transactions import SqlTransaction
from infrastructure.providers.config import DatabaseUrl

log = logging.getLogger(__name__)


class DatabaseProvider(Provider):
    """One engine a process; one session a request, which takes a connection when it first asks for something."""

    scope = Scope.APP

    @provide
    async def engine(self, url: DatabaseUrl, config: Config) -> AsyncIterator[AsyncEngine]:
        """Closes its connections at the end."""
        engine = create_engine(url, config.database_pool_size)
        yield engine
        await engine.dispose()

    @provide
    def sessionmaker(self, engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
        """For what opens sessions of its own."""
        return create_sessionmaker(engine)

    @provide(scope=Scope.REQUEST)
    async def session(self, sessionmaker: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
        """What was not committed when the request ends is rolled back. A connection that is lost by then has rolled
        back by itself: that is no failure of a request that has been answered.
        """
        session = sessionmaker()
        try:
            with storage_errors():
                async with session:
                    yield session
        except StorageUnavailable as error:
            log.warning("at the end of a request: %s", error)
            await session.invalidate()

    transaction = provide(SqlTransaction, provides=Transaction, scope=Scope.REQUEST)
