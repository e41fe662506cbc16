"""The faults, each a method that injects it, waits as long as it lasts, and mends it."""

# ruff: noqa: ASYNC110  # what is waited for is in other processes

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import redis.asyncio

from tests.chaos.stage import LEASE_SECONDS, Process, Stage
from tests.chaos.traffic import Traffic

MOMENT_SECONDS = 30.0
POLL_SECONDS = 0.004
HOUR = 3600.0
AT = """
SELECT a.worker FROM jobs j JOIN job_attempts a ON a.job_id = j.id AND a.attempt = j.attempt
WHERE j.submission_id = $1 AND j.status = $2 AND a.ended_at IS NULL
"""
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid <> pg_backend_pid()"


class MomentMissed(Exception):
    """The job was over before it could be caught there."""


@dataclass(slots=True)
class Injected:
    """One fault: when it began and was mended, which worker processes it killed, which submission it was aimed at."""

    name: str
    began: datetime
    mended: datetime
    killed: list[int] = field(default_factory=list)
    aimed_at: str = ""


class Faults:
    """Injects faults into a stage under traffic. ``catalogue``: name → what injects it."""

    def __init__(self, stage: Stage, traffic: Traffic, is_served: Callable[[], Awaitable[bool]], seed: int) -> None:
        self.stage, self._traffic, self._is_served = stage, traffic, is_served
        self._random = random.Random(seed)
        self._current: Injected
        self.catalogue: dict[str, Callable[[], Awaitable[None]]] = {
            "kill -9 worker: compile": lambda: self._kill_at("c-long", "compiling", 0.02),
            "kill -9 worker: run": lambda: self._kill_at("python-sleep", "testing", 0.1),
            "kill -9 worker: check": lambda: self._kill_at("checked", "testing", 0.3),
            "kill -9 worker: record": self._kill_recording,
            "kill -9 server": self._kill_server,
            "kill -9 Redis": self._kill_redis,
            "kill -9 Postgres": self._kill_postgres,
            "Redis FLUSHALL": self._flush,
            "SIGSTOP worker past its lease": self._freeze,
            "network cut worker-Postgres": self._cut,
            "clock off by an hour, worker": self._shift_worker,
            "clock off by an hour, server": self._shift_server,
            "disk full: blobs": lambda: self._fill("blobs"),
            "disk full: Postgres": lambda: self._fill("database"),
            "rolling restart": self._roll,
        }

    async def inject(self, name: str) -> Injected:
        """Once it is mended. Raises MomentMissed, KeyError."""
        now = datetime.now(UTC)
        self._current = Injected(name, now, now)
        await self.catalogue[name]()
        return self._current

    async def _kill_at(self, program: str, status: str, most_delay: float) -> None:
        worker = await self._catch(program, status)
        await asyncio.sleep(self._random.uniform(most_delay / 4, most_delay))
        self._kill(worker)
        self.stage.start_worker(worker.index)

    async def _kill_recording(self) -> None:
        """The job's row is locked, so that its worker is caught in the middle of writing the result."""
        worker = await self._catch("python-sleep", "testing")
        async with self._connection() as database, database.transaction():
            submission = UUID(self._current.aimed_at)
            await database.execute("SELECT 1 FROM jobs WHERE submission_id = $1 FOR UPDATE", submission)
            async with asyncio.timeout(MOMENT_SECONDS):
                while not await database.fetchval(BLOCKED):
                    await asyncio.sleep(POLL_SECONDS)
            self._kill(worker)
        self.stage.start_worker(worker.index)

    async def _kill_server(self) -> None:
        assert self.stage.server is not None
        self._begin()
        self.stage.end(self.stage.server, signal.SIGKILL)
        self.stage.start_server()
        await self._until_served()

    async def _kill_redis(self) -> None:
        self._begin()
        os.kill(self.stage.valkey.pid or 0, signal.SIGKILL)
        await asyncio.sleep(self._random.uniform(0.1, 1.0))
        self.stage.valkey.poll()  # reaps it
        self.stage.valkey.start()
        self._mended()

    async def _kill_postgres(self) -> None:
        self._begin()
        os.kill(self.stage.postgres.pid or 0, signal.SIGKILL)
        await asyncio.sleep(self._random.uniform(0.1, 1.0))
        self.stage.postgres.poll()  # reaps it
        self.stage.postgres.start()
        self._mended()

    async def _flush(self) -> None:
        self._begin()
        client = redis.asyncio.from_url(self.stage.valkey.url)
        await client.flushall()
        await client.aclose()
        self._mended()

    async def _freeze(self) -> None:
        worker = await self._catch("python-sleep", "testing")
        self._begin()
        worker.process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(LEASE_SECONDS * 2)
        worker.process.send_signal(signal.SIGCONT)
        self._mended()

    async def _cut(self) -> None:
        worker = await self._catch("python-sleep", "testing")
        proxy = self.stage.proxies[worker.index]
        self._begin()
        proxy.cut()
        await asyncio.sleep(LEASE_SECONDS * self._random.uniform(0.3, 2))
        proxy.mend()
        self._mended()

    async def _shift_worker(self) -> None:
        """Killed for another whose clock is wrong, an hour ahead or behind; it stays so until it is killed itself."""
        worker = self._random.choice(self.stage.workers)
        self._kill(worker)
        self.stage.start_worker(worker.index, self._random.choice((-HOUR, HOUR)))
        self._mended()

    async def _shift_server(self) -> None:
        assert self.stage.server is not None
        self._begin()
        self.stage.end(self.stage.server, signal.SIGKILL)
        self.stage.start_server(self._random.choice((-HOUR, HOUR)))
        await self._until_served()

    async def _fill(self, disk: str) -> None:
        place = self.stage.disks[disk]
        filler = place / "filler"
        self._begin()
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(b"x" * 65536):
                pass
        await asyncio.sleep(self._random.uniform(1.5, 3.0))
        filler.unlink()
        if disk == "database" and self.stage.postgres.poll() is not None:
            self.stage.postgres.start()
        self._mended()

    async def _roll(self) -> None:
        """A new server beside old workers, then one worker after the other, each asked to end."""
        assert self.stage.server is not None
        self._begin()
        await asyncio.to_thread(self.stage.end, self.stage.server, signal.SIGTERM)
        self.stage.start_server()
        await self._until_served()
        for worker in list(self.stage.workers):
            await asyncio.to_thread(self.stage.end, worker, signal.SIGTERM)
            self.stage.start_worker(worker.index)
        self._mended()

    async def _catch(self, program: str, status: str) -> Process:
        """The worker that has a new submission of this kind at that status. Raises MomentMissed."""
        submission = self._current.aimed_at = await self._traffic.send(program)
        async with asyncio.timeout(MOMENT_SECONDS), self._connection() as database:
            while True:
                worker = await database.fetchval(AT, UUID(submission), status)
                if worker is not None:
                    break
                if await database.fetchval("SELECT verdict FROM jobs WHERE submission_id = $1", UUID(submission)):
                    raise MomentMissed
                await asyncio.sleep(POLL_SECONDS)
        pid = int(str(worker).rpartition("-")[2])
        for process in self.stage.workers:
            if process.pid == pid:
                return process
        raise MomentMissed

    def _kill(self, worker: Process) -> None:
        self._begin()
        self._current.killed.append(worker.pid)
        self.stage.end(worker, signal.SIGKILL)
        self._mended()

    async def _until_served(self) -> None:
        async with asyncio.timeout(MOMENT_SECONDS):
            while not await self._is_served():
                await asyncio.sleep(0.05)
        self._mended()

    def _connection(self) -> Connection:
        return Connection(self.stage.dsn)

    def _begin(self) -> None:
        self._current.began = datetime.now(UTC)

    def _mended(self) -> None:
        self._current.mended = datetime.now(UTC)


class Connection:
    """Of asyncpg, closed at the end of the block."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: asyncpg.Connection[Any] | None = None

    async def __aenter__(self) -> asyncpg.Connection[Any]:
        self._connection = await asyncpg.connect(self._dsn)
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        assert self._connection is not None
        await self._connection.close()


def dead_boxes() -> list[Path]:
    """Control groups of launchers that are no more, where workers of ours make them."""
    found = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for place in Path("/sys/fs/cgroup", controllers, path.lstrip("/"), "proba").glob("*-*"):
            pid = place.name.partition("-")[0]
            if place.is_dir() and pid.isdecimal() and not Path("/proc", pid).exists():
                found.append(place)
    return found
