"""PostgreSQL and Valkey die under the running server, which says so and recovers by itself."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from application.access.usecases import CreateKey
from domain.access.enums import Scope
from infrastructure.config import Config
from infrastructure.database.migrations import migrate
from infrastructure.embedded.postgres import EmbeddedPostgres
from infrastructure.embedded.valkey import EmbeddedValkey
from infrastructure.http.app import create_app
from infrastructure.providers.container import make_server_container

SUBMISSION = {
    "language": "c17",
    "sources": [{"name": "main.c", "content": ""}],
    "tests": [{"input": "", "output": ""}],
}


@dataclass
class Fragile:
    """A service whose servers the test may stop."""

    client: httpx.AsyncClient
    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey

    async def submit(self) -> httpx.Response:
        return await self.client.post("/api/v1/submissions", json=SUBMISSION)

    async def troubles(self) -> list[str]:
        return sorted((await self.client.get("/readyz")).json()["troubles"])


@pytest.fixture
async def fragile(tmp_path: Path) -> AsyncIterator[Fragile]:
    postgres, valkey = EmbeddedPostgres(tmp_path / "postgres", durable=False), EmbeddedValkey(tmp_path / "valkey")
    for server in (postgres, valkey):
        await asyncio.to_thread(server.start)
    await migrate(postgres.url)
    config = Config(_env_file=None, database_url=postgres.url, redis_url=valkey.url, data_dir=tmp_path / "data")
    container = make_server_container(config)
    async with container() as scope:
        created = await (await scope.get(CreateKey))("test", frozenset(Scope))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(config, container)),
        base_url="http://proba.test",
        headers={"Authorization": f"Bearer {created.secret}"},
    ) as client:
        yield Fragile(client, postgres, valkey)
    await container.close()
    for server in (valkey, postgres):
        await asyncio.to_thread(server.stop)


async def test_without_postgres_503_and_then_on_as_before(fragile: Fragile) -> None:
    assert (await fragile.submit()).status_code == 201
    await asyncio.to_thread(fragile.postgres.stop)
    for _ in range(3):
        answer = await fragile.submit()
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
        assert answer.headers["retry-after"]
    assert await fragile.troubles() == ["database"]
    assert (await fragile.client.get("/healthz")).status_code == 200
    await asyncio.to_thread(fragile.postgres.start)
    assert (await fragile.submit()).status_code == 201
    assert await fragile.troubles() == []
    assert len((await fragile.client.get("/api/v1/submissions")).json()["items"]) == 2


async def test_without_redis_submissions_are_taken_all_the_same(fragile: Fragile) -> None:
    await asyncio.to_thread(fragile.valkey.stop)
    assert await fragile.troubles() == ["redis"]
    answer = await fragile.client.post("/api/v1/submissions?wait=0.5", json=SUBMISSION)
    assert (answer.status_code, answer.json()["status"]) == (201, "queued")
    await asyncio.to_thread(fragile.valkey.start)
    assert await fragile.troubles() == []
