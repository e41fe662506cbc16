"""Real servers, really killed."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
import redis.asyncio

from infrastructure.embedded import processes
from infrastructure.embedded.exceptions import EmbeddedServerFailed, EmbeddedServerUnavailable
from infrastructure.embedded.postgres import EmbeddedPostgres
from infrastructure.embedded.socket_directory import LONGEST_PATH
from infrastructure.embedded.valkey import EmbeddedValkey

ROOT = Path(__file__).parents[3]
START_AND_DIE = """
import os, signal, sys
from pathlib import Path
from infrastructure.embedded.postgres import EmbeddedPostgres
from infrastructure.embedded.valkey import EmbeddedValkey
for server in EmbeddedPostgres(Path(sys.argv[1])), EmbeddedValkey(Path(sys.argv[1])):
    server.start()
    print(server.pid, flush=True)
if sys.argv[2] == "die":
    os.kill(os.getpid(), signal.SIGKILL)
server.stop()
"""


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path)
    server.start()
    yield server
    server.stop()


async def connect(server: EmbeddedPostgres) -> asyncpg.Connection:
    return await asyncpg.connect(server.url.replace("+asyncpg", ""))


def as_user(uid: int) -> list[str]:
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]


def kill(server: EmbeddedPostgres | EmbeddedValkey) -> None:
    pid = server.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while server.poll() is None:
        time.sleep(0.01)


async def test_acknowledged_commits_outlive_kill_9(postgres: EmbeddedPostgres) -> None:
    connection = await connect(postgres)
    await connection.execute("CREATE TABLE counted (n int)")
    for round_ in range(3):
        for n in range(50):
            await connection.execute("INSERT INTO counted VALUES ($1)", round_ * 50 + n)
        kill(postgres)
        postgres.start()
        connection = await connect(postgres)
        rows = await connection.fetch("SELECT n FROM counted ORDER BY n")
        assert [row["n"] for row in rows] == list(range((round_ + 1) * 50))
    await connection.close()


async def test_acknowledged_entries_outlive_kill_9(valkey: EmbeddedValkey) -> None:
    client = redis.asyncio.Redis.from_url(valkey.url)
    for n in range(200):
        await client.xadd("stream", {"n": n})
    kill(valkey)
    valkey.start()
    await client.aclose()
    client = redis.asyncio.Redis.from_url(valkey.url)
    assert await client.xlen("stream") == 200
    await client.aclose()


async def test_texts_sort_by_code_point(postgres: EmbeddedPostgres) -> None:
    connection = await connect(postgres)
    rows = await connection.fetch("SELECT * FROM unnest(ARRAY['b', 'a', 'B', 'é', 'ё']) AS t(c) ORDER BY c")
    await connection.close()
    assert [row["c"] for row in rows] == ["B", "a", "b", "é", "ё"]


async def test_only_the_socket_is_listened_on(postgres: EmbeddedPostgres) -> None:
    connection = await connect(postgres)
    assert await connection.fetchval("SHOW listen_addresses") == ""
    await connection.close()
    place = Path(postgres.url.partition("host=")[2])
    assert place.stat().st_mode & 0o077 == 0


def test_a_stranger_with_the_number_of_the_killed_server_is_left_alone(
    postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    kill(postgres)
    stranger = subprocess.Popen(["sleep", "60"])
    pid_file = tmp_path / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
    postgres.start()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_killed_server_that_nobody_has_reaped_yet_is_replaced(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    pid = postgres.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while processes.is_alive(pid):  # a zombie is not, but it still has the number
        time.sleep(0.01)
    os.kill(pid, 0)
    again = EmbeddedPostgres(tmp_path)
    again.start()
    again.stop()


async def test_backends_that_outlive_a_killed_server_are_waited_for(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    connection = await connect(postgres)
    backend = await connection.fetchval("SELECT pg_backend_pid()")
    os.kill(backend, signal.SIGSTOP)
    kill(postgres)
    threading.Timer(1.0, os.kill, (backend, signal.SIGCONT)).start()
    again = EmbeddedPostgres(tmp_path)
    again.start()
    assert not processes.is_alive(backend)
    again.stop()
    connection.terminate()


@pytest.mark.parametrize("torn", ["", "12"])
def test_a_torn_pid_file_does_no_harm(postgres: EmbeddedPostgres, tmp_path: Path, torn: str) -> None:
    kill(postgres)
    (tmp_path / "postgres" / "postmaster.pid").write_text(torn)
    postgres.start()
    assert postgres.poll() is None


def test_orphans_of_a_killed_starter_are_ended_and_replaced(tmp_path: Path) -> None:
    started = subprocess.run(
        [sys.executable, "-c", START_AND_DIE, tmp_path, "die"], cwd=ROOT, stdout=subprocess.PIPE, check=False
    )
    assert started.returncode == -signal.SIGKILL
    orphans = [int(line) for line in started.stdout.split()]
    servers: list[EmbeddedPostgres | EmbeddedValkey] = [EmbeddedPostgres(tmp_path), EmbeddedValkey(tmp_path)]
    for server in servers:
        server.start()
        assert server.pid not in orphans
    assert not any(processes.is_alive(pid) for pid in orphans)
    for server in reversed(servers):
        server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_an_ordinary_user_without_a_name_can_start_them() -> None:
    uid = 54321
    python = _python_for_everybody()
    with tempfile.TemporaryDirectory() as place:  # pytest's own are root's
        os.chown(place, uid, uid)
        done = subprocess.run(
            [*as_user(uid), *python, "-c", START_AND_DIE, f"{place}/p", "live"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert Path(place, "p", "postgres").stat().st_uid == uid


def test_a_socket_path_that_is_too_long_moves_to_tmp(tmp_path: Path) -> None:
    directory = tmp_path / ("d" * LONGEST_PATH)
    valkey = EmbeddedValkey(directory)
    valkey.start()
    place = Path(valkey.url.removeprefix("unix://"))
    valkey.stop()
    assert place.is_relative_to("/tmp")
    assert len(os.fsencode(place)) <= LONGEST_PATH


def test_a_short_path_that_somebody_else_has_taken_is_refused(tmp_path: Path) -> None:
    directory = tmp_path / ("e" * LONGEST_PATH)
    valkey = EmbeddedValkey(directory)
    valkey.start()
    taken = Path(valkey.url.removeprefix("unix://")).parent
    valkey.stop()
    taken.chmod(0o777)
    with pytest.raises(EmbeddedServerUnavailable, match="not a private directory"):
        valkey.start()
    taken.rmdir()


def test_a_server_that_will_not_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedServerFailed) as failed:
        EmbeddedPostgres(tmp_path).start()
    assert "it ended with code 2" in str(failed.value)
    assert "postgresql.conf" in failed.value.log


def _python_for_everybody() -> list[str]:
    """An interpreter that others may execute too: ours may lie in root's home."""
    for candidate in (sys.executable, "/usr/bin/python3"):
        done = subprocess.run([*as_user(54321), candidate, "-c", "import asyncio"], capture_output=True, check=False)
        if done.returncode == 0:
            return [candidate]
    pytest.skip("no interpreter that another user may execute")
