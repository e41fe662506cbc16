"""The whole service in a directory of its own, each part to be killed alone."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from domain.access.enums import Scope
from infrastructure.cli.access import create_key
from infrastructure.cli.settings import ROOT
from infrastructure.config import Config
from infrastructure.database.migrations import migrate
from infrastructure.embedded.postgres import EmbeddedPostgres
from infrastructure.embedded.processes import dies_with_parent
from infrastructure.embedded.valkey import EmbeddedValkey
from tests.chaos.postgres_proxy import PostgresProxy

LEASE_SECONDS = 2.0
MAX_ATTEMPTS = 20
"""Far above what a job meets here: a judge error would hide a verdict that was lost."""
LANGUAGES = "c11,python3"
STOP_SECONDS = 20.0
TMPFS_MIB = {"blobs": 64, "database": 400}


@dataclass(slots=True)
class Process:
    """A server or a worker that runs."""

    index: int
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def runs(self) -> bool:
        return self.process.poll() is None


class Stage:
    """Postgres, Valkey, one server, ``workers`` workers of one slot; as root, blobs and database on small disks."""

    def __init__(self, directory: Path, workers: int) -> None:
        self.directory = directory
        self.count = workers
        self.disks: dict[str, Path] = {}
        self.workers: list[Process] = []
        self.server: Process | None = None
        self.postgres: EmbeddedPostgres
        self.valkey: EmbeddedValkey
        self.proxies: list[PostgresProxy] = []
        self.key = ""
        self._port = 0

    @property
    def url(self) -> str:
        """Of the server, the same after each start."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def dsn(self) -> str:
        """For asyncpg, past the proxies."""
        return self.postgres.url.replace("+asyncpg", "")

    async def start(self) -> None:
        """All of it, with a key of all scopes."""
        for name in TMPFS_MIB:
            self._make_disk(name)
        self.postgres = EmbeddedPostgres(self.directory / "database")
        self.valkey = EmbeddedValkey(self.directory)
        self.postgres.start()
        self.valkey.start()
        await migrate(self.postgres.url)
        config = Config(_env_file=None, database_url=self.postgres.url, redis_url=self.valkey.url)
        self.key = (await create_key(config, "chaos", frozenset(Scope), 10)).secret
        sockets = self.postgres._sockets
        assert sockets is not None
        for index in range(self.count):
            proxy = PostgresProxy(self.directory / f"p{index}", sockets)
            self.proxies.append(await proxy.__aenter__())
        self.start_server()
        await self._learn_port()
        self.workers = [self.spawn_worker(index) for index in range(self.count)]

    def start_server(self, shift: float = 0.0) -> None:
        """Where the last one listened."""
        settings = {
            "PROBA_DATABASE_URL": self.postgres.url,
            "PROBA_HTTP_PORT": str(self._port),
            "PROBA_HTTP_PORT_FILE": str(self.directory / "port"),
        }
        self.server = self._spawn("server", 0, settings, shift)

    def start_worker(self, index: int, shift: float = 0.0) -> Process:
        """In the place of the one that has ended."""
        self.workers[index] = self.spawn_worker(index, shift)
        return self.workers[index]

    def spawn_worker(self, index: int, shift: float = 0.0) -> Process:
        """Behind the proxy of its place."""
        host = quote(str(self.proxies[index].directory), safe="/")
        settings = {
            "PROBA_DATABASE_URL": f"postgresql+asyncpg://postgres@/postgres?host={host}",
            "PROBA_WORKER_SLOTS": "1",
            "PROBA_WORKER_LANGUAGES": LANGUAGES,
            "PROBA_WORKER_LEASE": str(LEASE_SECONDS),
            "PROBA_WORKER_SWEEP": "0.5",
            "PROBA_WORKER_GRACE": "5",
            "PROBA_WORKER_MAX_ATTEMPTS": str(MAX_ATTEMPTS),
            "PROBA_SANDBOX_UID_BASE": "63000",
        }
        return self._spawn("worker", index, settings, shift)

    async def stop(self) -> None:
        """Workers first; safe to call twice."""
        await self.end_workers()
        if self.server is not None:
            self.end(self.server, signal.SIGTERM)
        for proxy in self.proxies:
            await proxy.__aexit__(None, None, None)
        self.valkey.stop()
        self.postgres.stop()

    async def end_workers(self) -> None:
        """In threads: they speak to the database through proxies of this one."""
        await asyncio.gather(*(asyncio.to_thread(self.end, worker, signal.SIGTERM) for worker in self.workers))

    def keep_logs(self, directory: Path) -> None:
        """Copies of what server and workers wrote."""
        for log in self.directory.glob("*.log"):
            shutil.copy(log, directory)

    def clear(self) -> None:
        """Remove the disks and the directory."""
        for place in self.disks.values():
            subprocess.run(["umount", "-l", str(place)], check=False)
        shutil.rmtree(self.directory, ignore_errors=True)

    @staticmethod
    def end(process: Process, number: signal.Signals) -> None:
        """Send, and wait until it is gone."""
        with suppress(ProcessLookupError):
            process.process.send_signal(number)
        try:
            process.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.process.kill()
            process.process.wait()

    def _make_disk(self, name: str) -> None:
        place = self.directory / name
        place.mkdir(parents=True)
        if os.geteuid() == 0:
            options = f"size={TMPFS_MIB[name]}m,mode=0755"
            made = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", options, "proba-chaos", str(place)], capture_output=True, check=False
            )
            if made.returncode == 0:
                self.disks[name] = place

    def _spawn(self, mode: str, index: int, settings: dict[str, str], shift: float) -> Process:
        command = ["-m", "tests.chaos.shifted_process", str(shift), mode] if shift else ["__main__.py", mode]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PROBA_")}
        common = {"PROBA_REDIS_URL": self.valkey.url, "PROBA_DATA_DIR": str(self.directory / "blobs")}
        with (self.directory / f"{mode}{index}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=inherited | common | settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509  # one prctl
                start_new_session=True,
            )
        return Process(index, process)

    async def _learn_port(self) -> None:
        place = self.directory / "port"
        for _ in range(1200):
            if place.exists():
                self._port = int(place.read_text())
                return
            await asyncio.sleep(0.05)
        raise RuntimeError(f"the server did not start: {(self.directory / 'server0.log').read_text()[-2000:]}")
