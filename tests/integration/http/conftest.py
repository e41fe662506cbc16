from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from domain.access.enums import Scope
from infrastructure.config import Config
from infrastructure.database.migrations import migrate
from infrastructure.embedded.postgres import EmbeddedPostgres
from infrastructure.http.app import create_app
from infrastructure.providers.container import make_server_container
from tests.integration.http.service import MAX_BODY, SUM, Refusal, Service


@pytest.fixture(scope="session")
async def own_database_url(postgres_server: EmbeddedPostgres) -> str:
    """Counted by these tests, so that no others may write to it."""
    name = f"http_{uuid4().hex}"
    connection = await asyncpg.connect(postgres_server.url.replace("+asyncpg", ""))
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    url = postgres_server.database_url(name)
    await migrate(url)
    return url


@pytest.fixture(scope="session")
async def service(
    own_database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Service]:
    """One for the session: the tests do not share what they name."""
    data_dir: Path = tmp_path_factory.mktemp("http-data")
    config = Config(
        _env_file=None,
        database_url=own_database_url,
        redis_url=redis_url,
        data_dir=data_dir,
        max_body_size=MAX_BODY,
        max_package_size=200_000,
        max_source_size=100_000,
        max_sources=8,
    )
    container = make_server_container(config)
    service = Service(create_app(config, container), container, config)
    async with service.clients:
        yield service
    await container.close()


@pytest.fixture(scope="session")
async def admin(service: Service) -> httpx.AsyncClient:
    return await service.client(Scope.ADMIN)


@pytest.fixture(scope="session")
async def author(service: Service) -> httpx.AsyncClient:
    return await service.client(Scope.AUTHOR, Scope.SUBMIT)


@pytest.fixture(scope="session")
async def submitter(service: Service) -> httpx.AsyncClient:
    return await service.client(Scope.SUBMIT)


@pytest.fixture
def slug() -> str:
    """One that nobody has."""
    return f"p-{uuid4().hex[:12]}"


@pytest.fixture
async def problem(author: httpx.AsyncClient, slug: str) -> str:
    """The slug of a problem of ``author``."""
    answer = await author.put(f"/api/v1/problems/{slug}", json=SUM)
    assert answer.status_code == 201, answer.text
    return slug


@pytest.fixture
async def refused(service: Service) -> Refusal:
    """Checks that an answer is a problem document and that nothing at all was stored since the test's begin."""
    before = await service.stored()

    async def check(answer: httpx.Response, status: int) -> dict[str, Any]:
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        document: dict[str, Any] = answer.json()
        assert document["status"] == status
        assert document["type"] == f"urn:proba:error:{document['code']}"
        assert document["detail"]
        assert answer.headers["x-request-id"]
        assert await service.stored() == before
        return document

    return check
