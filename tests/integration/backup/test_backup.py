"""Everything into a file and back, as operators do it."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from application.access.usecases import CreateKey
from domain.access.enums import Scope
from infrastructure.config import Config
from infrastructure.database.migrations import migrate
from infrastructure.embedded.postgres import EmbeddedPostgres
from infrastructure.http.app import create_app
from infrastructure.providers.container import make_server_container

ROOT = Path(__file__).parents[3]
PROBLEM = {"limits": {}, "checker": {"type": "tokens"}, "tests": [{"input": "in\n", "output": "out\n"}]}
SUBMISSION = {"language": "python3", "sources": [{"name": "main.py", "content": "print('Привет')"}], "problem": "kept"}


@dataclass
class Place:
    """A database and a directory of blobs."""

    config: Config

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PROBA_")} | {
            "PROBA_DATABASE_URL": str(self.config.database_url),
            "PROBA_DATA_DIR": str(self.config.data_dir),
        }
        command = [sys.executable, ROOT / "__main__.py", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)

    @asynccontextmanager
    async def client(self, secret: str) -> AsyncIterator[httpx.AsyncClient]:
        container = make_server_container(self.config)
        transport = httpx.ASGITransport(create_app(self.config, container))
        headers = {"Authorization": f"Bearer {secret}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://proba.test", headers=headers) as client:
            yield client
        await container.close()


class Places:
    def __init__(self, server: EmbeddedPostgres, redis_url: str, directory: Path) -> None:
        self._server, self._redis_url, self._directory = server, redis_url, directory

    async def new(self) -> Place:
        """With nothing in its database."""
        name = f"backup_{uuid4().hex}"
        connection = await asyncpg.connect(self._server.url.replace("+asyncpg", ""))
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()
        url = self._server.database_url(name)
        config = Config(_env_file=None, database_url=url, redis_url=self._redis_url, data_dir=self._directory / name)
        return Place(config)


@pytest.fixture
def places(postgres_server: EmbeddedPostgres, redis_url: str, tmp_path: Path) -> Places:
    return Places(postgres_server, redis_url, tmp_path)


@pytest.fixture
async def used(places: Places) -> tuple[Place, str]:
    """A service with a problem, and its key."""
    place = await places.new()
    await migrate(str(place.config.database_url))
    container = make_server_container(place.config)
    async with container() as scope:
        key = await (await scope.get(CreateKey))("backup", frozenset(Scope), 0)
    await container.close()
    async with place.client(key.secret) as client:
        assert (await client.put("/api/v1/problems/kept", json=PROBLEM)).status_code == 201
        for _ in range(3):
            assert (await client.post("/api/v1/submissions", json=SUBMISSION)).status_code == 201
    return place, key.secret


async def shown(client: httpx.AsyncClient) -> dict[str, Any]:
    paths = ("submissions", "problems/kept/tests", "keys", "audit")
    found = {path: (await client.get(f"/api/v1/{path}")).json()["items"] for path in paths}
    first = found["submissions"][0]["id"]
    found["sources"] = (await client.get(f"/api/v1/submissions/{first}/sources")).json()["items"]
    for key in found["keys"]:
        key.pop("lastUsedAt")
    return found


async def test_what_was_backed_up_comes_back_elsewhere(places: Places, used: tuple[Place, str], tmp_path: Path) -> None:
    place, secret = used
    async with place.client(secret) as client:
        before = await shown(client)
    file = tmp_path / "proba.tar.gz"
    done = place.run("backup", file)
    assert done.returncode == 0, done.stderr
    assert "2 blobs" in done.stderr
    assert place.run("backup", file).returncode == 1, "it is there already"
    other = await places.new()
    done = other.run("restore", file)
    assert done.returncode == 0, done.stderr
    async with other.client(secret) as client:
        assert await shown(client) == before
        again = await client.post("/api/v1/submissions", json=SUBMISSION)
        assert again.status_code == 201, again.text
    assert (await other_queue(other)) == 4, "what had waited waits again"
    refused = other.run("restore", file)
    assert (refused.returncode, "--replace" in refused.stderr) == (1, True)
    replaced = other.run("restore", file, "--replace")
    assert replaced.returncode == 0, replaced.stderr
    assert (await other_queue(other)) == 3
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".proba")) == []


async def other_queue(place: Place) -> int:
    connection = await asyncpg.connect(str(place.config.database_url).replace("+asyncpg", ""))
    waiting: int = await connection.fetchval("SELECT count(*) FROM queue")
    await connection.close()
    return waiting


@pytest.mark.parametrize("damage", ["cut", "changed", "no backup"])
async def test_what_is_damaged_changes_nothing(
    places: Places, used: tuple[Place, str], tmp_path: Path, damage: str
) -> None:
    place, secret = used
    file = tmp_path / "proba.tar.gz"
    assert place.run("backup", file).returncode == 0
    data = file.read_bytes()
    middle = len(data) // 2
    broken = {
        "cut": data[:middle],
        "changed": data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :],
        "no backup": b"hello",
    }
    file.write_bytes(broken[damage])
    async with place.client(secret) as client:
        before = await shown(client)
    done = place.run("restore", file, "--replace")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    async with place.client(secret) as client:
        assert await shown(client) == before
