"""Submissions that are forgotten, and the files that nothing refers to afterwards."""

import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args, get_type_hints
from uuid import uuid4

import asyncpg
import httpx
import pytest
from dishka import AsyncContainer
from sqlalchemy import LargeBinary

from application.access.usecases import CreateKey
from application.retention.forget_submissions import ForgetSubmissions
from domain.access.enums import Scope
from domain.problems.files import BlobRef
from infrastructure.config import Config
from infrastructure.database.blob_references import DIGESTS, IN_JSON
from infrastructure.database.migrations import migrate
from infrastructure.database.postgres import Base
from infrastructure.database.types import JsonOf
from infrastructure.embedded.postgres import EmbeddedPostgres
from infrastructure.http.app import create_app
from infrastructure.http.upkeep import Upkeep
from infrastructure.providers.container import make_server_container

ROOT = Path(__file__).parents[3]
FOR_EVER_AGO = timedelta(seconds=-5)  # everything that was made until in five seconds
SOURCES = [{"name": "main.py", "content": "print(1)"}]


@pytest.fixture
async def config(postgres_server: EmbeddedPostgres, redis_url: str, tmp_path: Path) -> Config:
    """A database and a data directory that nobody else clears up."""
    name = f"retention_{uuid4().hex}"
    connection = await asyncpg.connect(postgres_server.url.replace("+asyncpg", ""))
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    url = postgres_server.database_url(name)
    await migrate(url)
    return Config(_env_file=None, database_url=url, redis_url=redis_url, data_dir=tmp_path / "data")


@pytest.fixture
async def server(config: Config) -> AsyncIterator[AsyncContainer]:
    container = make_server_container(config)
    yield container
    await container.close()


@pytest.fixture
async def client(config: Config, server: AsyncContainer) -> AsyncIterator[httpx.AsyncClient]:
    async with server() as scope:
        key = await (await scope.get(CreateKey))("retention", frozenset(Scope), 0)
    transport = httpx.ASGITransport(create_app(config, server))
    headers = {"Authorization": f"Bearer {key.secret}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://proba.test", headers=headers) as client:
        yield client


async def submit(client: httpx.AsyncClient, **what: Any) -> str:
    answer = await client.post("/api/v1/submissions", json={"language": "python3", "sources": SOURCES, **what})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def gc(config: Config, *options: str) -> dict[str, Any]:
    done = started_gc(config, *options)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def started_gc(config: Config, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PROBA_")} | {
        "PROBA_DATABASE_URL": str(config.database_url),
        "PROBA_DATA_DIR": str(config.data_dir),
        "PROBA_AUDIT_RETENTION_DAYS": str(config.audit_retention_days),
    }
    return subprocess.run(
        [sys.executable, ROOT / "__main__.py", "gc", "--json", *options],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def age(config: Config) -> None:
    then = time.time() - 48 * 3600
    for path in (config.data_dir / "blobs").rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))


async def test_what_is_forgotten_leaves_nothing_and_nothing_else_goes(
    config: Config, server: AsyncContainer, client: httpx.AsyncClient
) -> None:
    problem = {"limits": {}, "checker": {"type": "tokens"}, "tests": [{"input": "kept in", "output": "kept out"}]}
    assert (await client.put("/api/v1/problems/kept", json=problem)).status_code == 201
    own = {"tests": [{"input": "own in", "output": "own out"}]}
    waiting = await submit(client, tests=[{"input": "waiting in", "output": "waiting out"}])
    ended = [await submit(client, **own), await submit(client, problem="kept")]
    for one in ended:
        assert (await client.post(f"/api/v1/submissions/{one}/cancel")).status_code == 200
    age(config)
    assert gc(config)["condemned"] == 0, "everything is referred to"
    async with server() as scope:
        assert await (await scope.get(ForgetSubmissions))(FOR_EVER_AGO) == 2
    for one, status in ((waiting, 200), (ended[0], 404), (ended[1], 404)):
        assert (await client.get(f"/api/v1/submissions/{one}")).status_code == status
    age(config)
    found = gc(config, "--dry-run")
    assert (found["condemned"], found["condemnedSize"], found["dryRun"]) == (2, 13, True)
    assert gc(config)["condemned"] == 2
    age(config)
    found = gc(config)
    assert (found["destroyed"], found["kept"]) == (2, 4)
    tests = (await client.get("/api/v1/problems/kept/tests")).json()["items"]
    assert [(test["input"], test["output"]) for test in tests] == [("kept in", "kept out")]


async def test_audit_entries_are_forgotten_after_days_of_their_own(
    config: Config, server: AsyncContainer, client: httpx.AsyncClient
) -> None:
    """Beside each other by servers and by gc; 600 are more than a batch."""
    connection = await asyncpg.connect(str(config.database_url).replace("+asyncpg", ""))
    await connection.execute(
        "INSERT INTO audit_entries (id, at, act, target, details) "
        "SELECT (lpad(to_hex(ms), 12, '0') || substr(replace(gen_random_uuid()::text, '-', ''), 13))::uuid, "
        "       to_timestamp(ms / 1000.0), 'key.create', 'of ' || days || ' days', '{}' "
        "FROM (SELECT days, (extract(epoch FROM now()) * 1000)::bigint - days * 86400000::bigint AS ms "
        "      FROM unnest(array[364, 366]) AS days, generate_series(1, 600)) AS made"
    )
    await Upkeep(server).forget()
    count = "SELECT target, count(*) FROM audit_entries WHERE target LIKE 'of %' GROUP BY target"
    assert [tuple(row) for row in await connection.fetch(count)] == [("of 364 days", 600)]
    gc(config.model_copy(update={"audit_retention_days": 0}))
    assert [tuple(row) for row in await connection.fetch(count)] == [("of 364 days", 600)]
    found = gc(config.model_copy(update={"audit_retention_days": 363}))
    assert found["forgotten"] == {"auditEntries": 600, "imports": 0}, "submissions are kept for ever"
    assert await connection.fetch(count) == []
    left = (await client.get("/api/v1/audit")).json()["items"]
    assert [entry["act"] for entry in left] == ["key.create"], "today's stays"
    await connection.close()


async def test_the_wrong_database_makes_no_garbage(
    config: Config, client: httpx.AsyncClient, postgres_server: EmbeddedPostgres
) -> None:
    await submit(client, tests=[{"input": "in", "output": "out"}])
    age(config)
    name = f"empty_{uuid4().hex}"
    connection = await asyncpg.connect(postgres_server.url.replace("+asyncpg", ""))
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    other = config.model_copy(update={"database_url": postgres_server.database_url(name)})
    await migrate(str(other.database_url))
    done = started_gc(other)
    assert (done.returncode, "another database" in done.stderr) == (1, True), done.stderr
    assert gc(config)["kept"] == 2
    assert gc(other, "--everything")["condemned"] == 2
    assert gc(config)["restored"] == 2


def names_blobs(type_: Any, seen: set[Any]) -> bool:
    """Whether a value of this type can hold a BlobRef."""
    if type_ is BlobRef:
        return True
    if type_ in seen or isinstance(type_, str):
        return False
    seen.add(type_)
    inner = list(get_args(type_))
    if hasattr(type_, "__dataclass_fields__"):
        inner += get_type_hints(type_).values()
    return any(names_blobs(one, seen) for one in inner if isinstance(one, type) or get_args(one))


def test_every_column_that_names_blobs_is_known() -> None:
    columns = [(table.name, column) for table in Base.metadata.tables.values() for column in table.columns]
    in_json = {
        (table, column.name)
        for table, column in columns
        if isinstance(column.type, JsonOf) and names_blobs(column.type.type_, set())
    }
    plain = {
        (table, column.name)
        for table, column in columns
        if isinstance(column.type, LargeBinary) and column.name.endswith("_digest")
    }
    assert in_json == set(IN_JSON)
    assert plain == set(DIGESTS)
