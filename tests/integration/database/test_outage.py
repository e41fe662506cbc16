import asyncio
from pathlib import Path
from threading import Thread

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import InternalError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from application.exceptions import StorageUnavailable
from infrastructure.config import Config
from infrastructure.database.errors import storage_errors
from infrastructure.database.migrations import migrate
from infrastructure.database.postgres import create_engine, create_sessionmaker
from infrastructure.database.probe import DatabaseProbe
from infrastructure.database.repositories.submissions.job_ledger import SqlJobLedger
from infrastructure.database.repositories.submissions.repositories import SqlSubmissionRepository
from infrastructure.database.transactions import SqlTransaction
from infrastructure.embedded.postgres import EmbeddedPostgres
from infrastructure.providers.container import make_server_container
from tests.integration.database.storage import LEASE, PYTHON, WORKER


async def backlog(engine: AsyncEngine) -> int:
    async with create_sessionmaker(engine)() as session:
        return await SqlSubmissionRepository(session).backlog()


async def terminate(server: EmbeddedPostgres, pid: int) -> None:
    """Cut the connection that this process of the server serves."""
    other = await asyncpg.connect(server.url.replace("+asyncpg", ""))
    await other.execute("SELECT pg_terminate_backend($1, 5000)", pid)
    await other.close()


async def test_a_restart_is_an_outage_and_then_forgotten(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, durable=False)
    await asyncio.to_thread(server.start)
    engine = create_engine(server.url, pool_size=4)
    try:
        await migrate(server.url)
        assert await asyncio.gather(*(backlog(engine) for _ in range(4))) == [0] * 4
        ledger = SqlJobLedger(engine)
        async with create_sessionmaker(engine)() as session:
            await SqlSubmissionRepository(session).backlog()
            await asyncio.to_thread(server.stop)
            with pytest.raises(StorageUnavailable):
                await SqlSubmissionRepository(session).backlog()
            await SqlTransaction(session).rollback()
        with pytest.raises(StorageUnavailable):
            await ledger.claim(WORKER, "w", [PYTHON], LEASE)
        with pytest.raises(StorageUnavailable):
            await ledger.sweep(3)
        with pytest.raises(StorageUnavailable):
            await backlog(engine)
        with pytest.raises(StorageUnavailable):
            await migrate(server.url)
        assert await DatabaseProbe(engine).trouble() == "PostgreSQL cannot be reached"

        await asyncio.to_thread(server.start)
        assert await backlog(engine) == 0
        assert await asyncio.gather(*(backlog(engine) for _ in range(4))) == [0] * 4
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
        # nobody has asked meanwhile: every idle connection is dead, and still the first requests get answers
        assert await asyncio.gather(*(backlog(engine) for _ in range(4))) == [0] * 4
        assert await ledger.claim(WORKER, "w", [PYTHON], LEASE) is None
    finally:
        await engine.dispose()
        await asyncio.to_thread(server.stop)


async def test_a_connection_that_is_cut_is_an_outage_for_its_user_alone(postgres_server: EmbeddedPostgres) -> None:
    engine = create_engine(postgres_server.url, pool_size=2)
    async with engine.connect() as connection, engine.connect() as unharmed:
        pid = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        await terminate(postgres_server, pid)
        with pytest.raises(StorageUnavailable), storage_errors():
            await connection.execute(text("SELECT 1"))
        assert (await unharmed.execute(text("SELECT 1"))).scalar_one() == 1
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await engine.dispose()


async def test_nobody_listens_at_all() -> None:
    engine = create_engine("postgresql+asyncpg://proba@127.0.0.1:1/proba")
    with pytest.raises(StorageUnavailable):
        await backlog(engine)
    await engine.dispose()


async def test_a_statement_that_takes_too_long_is_an_outage(postgres_server: EmbeddedPostgres) -> None:
    engine = create_engine(postgres_server.url)
    async with engine.connect() as connection:
        await connection.execute(text("SET LOCAL statement_timeout = 50"))
        with pytest.raises(StorageUnavailable), storage_errors():
            await connection.execute(text("SELECT pg_sleep(10)"))
    await engine.dispose()


async def test_a_cancelled_statement_gives_its_connection_back(postgres_server: EmbeddedPostgres) -> None:
    engine = create_engine(postgres_server.url, pool_size=1)

    async def wait() -> None:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT pg_sleep(10)"))

    for _ in range(3):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(wait(), 0.1)
    async with asyncio.timeout(5), engine.connect() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await engine.dispose()


async def test_a_connection_lost_at_the_end_of_a_request_fails_nothing(postgres_server: EmbeddedPostgres) -> None:
    """Else the client's next request, over the same connection, would find it closed."""
    container = make_server_container(Config(_env_file=None, database_url=postgres_server.url, database_pool_size=1))
    async with container() as scope:
        session = await scope.get(AsyncSession)
        pid = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        cut = Thread(target=asyncio.run, args=(terminate(postgres_server, pid),))
        cut.start()
        cut.join()  # this loop has not heard of it yet
    async with asyncio.timeout(10), container() as scope:
        await (await scope.get(AsyncSession)).execute(text("SELECT 1"))
    await container.close()


async def test_an_answer_that_broke_off_in_its_middle_is_an_outage(
    postgres_server: EmbeddedPostgres,
) -> None:
    """asyncpg then says either that it is confused, or that the connection still waits for the rest."""
    with pytest.raises(StorageUnavailable), storage_errors():
        raise asyncpg.InternalClientError("got result for unknown protocol state 3")
    engine = create_engine(postgres_server.url)
    try:
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            sleeping = asyncio.create_task(raw.execute("SELECT pg_sleep(0.5)"))
            await asyncio.sleep(0.1)
            with pytest.raises(StorageUnavailable), storage_errors():
                await connection.execute(text("SELECT 1"))
            await asyncio.gather(sleeping, return_exceptions=True)  # ended with its connection
    finally:
        await engine.dispose()


async def test_a_confused_connection_is_not_given_to_the_next(postgres_server: EmbeddedPostgres) -> None:
    """Though asyncpg does not call it closed yet."""
    engine = create_engine(postgres_server.url, pool_size=1)
    async with create_sessionmaker(engine)() as session:
        raw = (await (await session.connection()).get_raw_connection()).driver_connection
        assert raw is not None
        sleeping = asyncio.create_task(raw.execute("SELECT pg_sleep(5)"))
        await asyncio.sleep(0.1)
        with pytest.raises(StorageUnavailable), storage_errors():
            await session.execute(text("SELECT 1"))
    async with asyncio.timeout(4):
        assert await _one(engine) == 1
    await asyncio.gather(sleeping, return_exceptions=True)
    await engine.dispose()


async def _one(engine: AsyncEngine) -> int:
    async with create_sessionmaker(engine)() as session:
        one: int = (await session.execute(text("SELECT 1"))).scalar_one()
        return one


def test_what_asyncpg_says_when_it_is_confused_is_an_outage_behind_sqlalchemy_too() -> None:
    original = Exception("as SQLAlchemy wraps it")
    original.__cause__ = asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress")
    with pytest.raises(StorageUnavailable), storage_errors():
        raise InternalError("SELECT 1", {}, original)


def test_a_new_connection_that_is_closed_at_once_is_an_outage() -> None:
    with pytest.raises(StorageUnavailable), storage_errors():
        raise InvalidRequestError("This connection is closed")
    with pytest.raises(InvalidRequestError), storage_errors():
        raise InvalidRequestError("some fault of ours")
