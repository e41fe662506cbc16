"""The real servers, started once for the whole run."""

import asyncio
import os
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import pytest

from infrastructure.config import Config
from infrastructure.embedded.postgres import EmbeddedPostgres
from infrastructure.embedded.valkey import EmbeddedValkey
from tests.object_server import environment, object_server

T = TypeVar("T")


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A directory that every user may enter: above pytest's own there is one that each run closes to others."""
    with tempfile.TemporaryDirectory(prefix="proba-test-", ignore_cleanup_errors=True) as place:
        Path(place).chmod(0o755)
        yield Path(place)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A running PostgreSQL without fsync; its databases are the tests' own business."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: EmbeddedPostgres) -> str:
    """A database of this run, migrated once."""
    from infrastructure.database.migrations import migrate  # most unit tests need no SQLAlchemy

    url = _create_database(postgres_server)
    in_own_loop(migrate(url))
    return url


@pytest.fixture
def empty_database_url(postgres_server: EmbeddedPostgres) -> str:
    """A database without any table, for this test alone."""
    return _create_database(postgres_server)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running Valkey."""
    server = EmbeddedValkey(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server.url
    server.stop()


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """Of an S3 server with the bucket "tests"; the environment names it, and who we are there."""
    before = dict(os.environ)
    with object_server("tests") as url:
        os.environ.update(environment(url))
        yield url
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def config(postgres_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Settings over the servers above and a data directory of this run; nothing is read from ``.env``."""
    data: Path = tmp_path_factory.mktemp("data")
    return Config(_env_file=None, database_url=postgres_url, redis_url=redis_url, data_dir=data)


def in_own_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end outside of the tests' event loop."""
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(asyncio.run(work))
        except BaseException as error:  # noqa: BLE001  # raised again below
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def _create_database(server: EmbeddedPostgres) -> str:
    name = f"test_{uuid4().hex}"

    async def create() -> None:
        connection = await asyncpg.connect(server.url.replace("+asyncpg", ""))
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()

    in_own_loop(create())
    return server.database_url(name)
