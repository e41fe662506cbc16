"""Everything into a file and back, as operators do it."""

import hashlib
import os
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from infrastructure.database.migrations import configuration
from infrastructure.embedded.directory_lock import DirectoryLock
from tests.integration.backup.places import PROBLEM, SUBMISSION, Place, Places


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
    assert file.stat().st_mode & 0o777 == 0o600, "it has the hashes of keys and what contestants wrote"
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
    connection = await place.connect()
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


async def test_a_restore_that_is_killed_half_way_changes_nothing(
    places: Places, used: tuple[Place, str], tmp_path: Path
) -> None:
    place, secret = used
    file = tmp_path / "proba.tar.gz"
    assert place.run("backup", file).returncode == 0
    async with place.client(secret) as client:
        assert (await client.post("/api/v1/submissions", json=SUBMISSION)).status_code == 201
        before = await shown(client)
    # the last table that it drops is held by somebody, so that it hangs with half of its work done
    reader = await place.connect()
    transaction = reader.transaction()
    await transaction.start()
    await reader.fetch("SELECT FROM workers")
    restore = place.start("restore", file, "--replace")
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    watcher = await place.connect()
    deadline = time.monotonic() + 30
    while not await watcher.fetchval(waiting):
        assert time.monotonic() < deadline
        assert restore.poll() is None, restore.communicate()
    restore.send_signal(signal.SIGKILL)
    restore.communicate()
    await transaction.rollback()
    async with place.client(secret) as client:
        assert await shown(client) == before
    for connection in (reader, watcher):
        await connection.close()
    assert place.run("restore", file, "--replace").returncode == 0
    assert await other_queue(place) == 3


async def test_a_database_of_somebody_else_is_left_alone(
    places: Places, used: tuple[Place, str], tmp_path: Path
) -> None:
    place, _ = used
    file = tmp_path / "proba.tar.gz"
    assert place.run("backup", file).returncode == 0
    other = await places.new()
    connection = await other.connect()
    await connection.execute("CREATE TABLE customers (name text); INSERT INTO customers VALUES ('Anna')")
    for options in ((), ("--replace",)):
        done = other.run("restore", file, *options)
        assert (done.returncode, "customers" in done.stderr) == (1, True), done.stderr
    assert await connection.fetchval("SELECT name FROM customers") == "Anna"
    await connection.close()


async def test_a_directory_keeps_the_newest(used: tuple[Place, str], tmp_path: Path) -> None:
    place, _ = used
    directory = tmp_path / "backups"
    directory.mkdir()
    old = [directory / f"proba-2026-01-0{day}T030000Z.tar.gz" for day in (1, 2, 3)]
    mine = directory / "proba-2026-11-23.tar.gz"
    for path in (*old, mine):
        path.write_bytes(b"")
    done = place.run("backup", "--keep", "2", directory)
    assert done.returncode == 0, done.stderr
    left = sorted(path.name for path in directory.iterdir())
    assert (len(left), old[2].name in left, mine.name in left, old[1].name in left) == (3, True, True, False)
    assert place.run("backup", "--keep", "2", tmp_path / "file.tar.gz").returncode == 2


async def test_a_backup_of_an_older_schema_is_migrated(places: Places, used: tuple[Place, str], tmp_path: Path) -> None:
    place, secret = used
    engine = create_async_engine(str(place.config.database_url), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(one_back)
    await engine.dispose()
    other, file = await places.new(), tmp_path / "old.tar.gz"
    async with place.backup() as old, other.backup() as new:
        written = await old.write(file)
        await new.restore(file, replace=False)
    database = await other.connect()
    version = await database.fetchval("SELECT version_num FROM alembic_version")
    await database.close()
    assert version == ScriptDirectory.from_config(configuration()).get_current_head() != written.schema
    async with other.client(secret) as client:
        assert len((await client.get("/api/v1/submissions")).json()["items"]) == 3
        assert (await client.post("/api/v1/submissions", json=SUBMISSION)).status_code == 201


def one_back(connection: Connection) -> None:
    settings = configuration()
    settings.attributes["connection"] = connection
    command.downgrade(settings, "-1")


async def test_a_blob_that_is_lost_ends_it_or_is_named(places: Places, used: tuple[Place, str], tmp_path: Path) -> None:
    place, secret = used
    whole, partial = tmp_path / "whole.tar.gz", tmp_path / "partial.tar.gz"
    lost = next(path for path in place.blobs.rglob("*") if path.is_file() and path.read_bytes() == b"in\n")
    digest = hashlib.sha256(b"in\n").hexdigest()
    lost.unlink()
    done = place.run("backup", whole)
    assert (done.returncode, digest in done.stderr, "--without-missing" in done.stderr) == (1, True, True), done.stderr
    assert [path.name for path in tmp_path.iterdir() if path != place.config.data_dir] == []
    done = place.run("backup", "--without-missing", partial)
    assert (done.returncode, digest in done.stderr, "1 blobs" in done.stderr) == (0, True, True), done.stderr
    other = await places.new()
    done = other.run("restore", partial)
    assert (done.returncode, digest in done.stderr) == (0, True), done.stderr
    async with other.client(secret) as client:
        assert len((await client.get("/api/v1/submissions")).json()["items"]) == 3
        assert (await client.put("/api/v1/problems/kept", json=PROBLEM)).status_code == 200
        await shown(client)
    done = other.run("backup", whole)
    assert (done.returncode, "2 blobs" in done.stderr) == (0, True), done.stderr


async def test_what_a_killed_one_has_left_goes_with_the_next(used: tuple[Place, str], tmp_path: Path) -> None:
    place, _ = used
    days_ago = time.time() - 3 * 86400
    left = {name: tmp_path / f".proba-backup-{name}" for name in ("killed_1", "young__2", "at_work3")}
    left["user's own"] = tmp_path / ".proba-backup-of-the-year"
    left["user's too"] = tmp_path / ".proba-backup-material"
    for name, directory in left.items():
        directory.mkdir(mode=0o755 if name == "user's too" else 0o700)
        (directory / "archive").write_bytes(b"half")
    victim = tmp_path / "victim"
    victim.mkdir()
    left["link"] = tmp_path / ".proba-backup-a_link_4"
    left["link"].symlink_to(victim)
    with DirectoryLock(left["at_work3"]):
        for name, directory in left.items():
            if name != "young__2":
                os.utime(directory, (days_ago, days_ago), follow_symlinks=False)
        assert place.run("backup", tmp_path / "proba.tar.gz").returncode == 0
    assert [name for name, path in left.items() if not path.exists()] == ["killed_1"]
    assert victim.is_dir()
