from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from infrastructure.database.migrations import migrate
from infrastructure.database.postgres import Base, create_engine
from infrastructure.embedded.postgres import EmbeddedPostgres
from tests.integration.database.storage import Storage


@pytest.fixture(scope="session")
async def engine(postgres_server: EmbeddedPostgres) -> AsyncIterator[AsyncEngine]:
    """Of a database that only these tests use: they empty its queue."""
    name = f"database_{uuid4().hex}"
    connection = await asyncpg.connect(postgres_server.url.replace("+asyncpg", ""))
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    url = postgres_server.database_url(name)
    await migrate(url)
    engine = create_engine(url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def storage(engine: AsyncEngine) -> Storage:
    """An empty database but for one key and one problem."""
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))  # in any order
        for table in Base.metadata.tables:
            await connection.execute(text(f'DELETE FROM "{table}"'))  # of few rows, where TRUNCATE makes new files
    storage = Storage(engine)
    await storage.set_up()
    return storage


@pytest.fixture
async def session(storage: Storage) -> AsyncIterator[AsyncSession]:
    async with storage.sessions() as session:
        yield session
