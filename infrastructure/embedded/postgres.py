import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from infrastructure.embedded import processes
from infrastructure.embedded.account import Account
from infrastructure.embedded.binaries import postgres_directory
from infrastructure.embedded.exceptions import EmbeddedServerFailed
from infrastructure.embedded.server_process import ServerProcess
from infrastructure.embedded.socket_directory import socket_directory

INITDB = (
    "--username=postgres",
    "--auth=trust",  # whoever may enter the socket's directory
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C.UTF-8",
)
"""The same as POSTGRES_INITDB_ARGS in docker-compose.dev.yaml: with another locale texts would sort differently."""
OPTIONS = ("listen_addresses=", "unix_socket_permissions=0700")
NOT_DURABLE = ("fsync=off", "full_page_writes=off")
READY_LINE = 7
INITDB_SECONDS, START_SECONDS, STOP_SECONDS = 120, 60, 20
BACKENDS_LEFT = "is still in use"
"""Said of the shared memory when backends of a killed server have not noticed yet that it is gone; they do at once."""
BACKENDS_SECONDS, BACKENDS_POLL_SECONDS = 20.0, 0.2
ORPHAN_STEPS = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


class EmbeddedPostgres:
    """PostgreSQL on a unix socket, its data under ``directory``. Only the holder of the directory's lock may start it.

    ``durable`` False trades what an acknowledged commit means for speed: for tests.
    """

    name = "PostgreSQL"

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self._directory = directory.resolve()
        self._data = self._directory / "postgres"
        self._durable = durable
        self._process = ServerProcess(f"the embedded {self.name}", self._directory / "postgres.log")
        self._sockets: Path | None = None

    @property
    def pid(self) -> int | None:
        """Of the running server."""
        return self._process.pid

    @property
    def url(self) -> str:
        """For SQLAlchemy, once it was started."""
        return self.database_url("postgres")

    def database_url(self, database: str) -> str:
        """Of one database, once the server was started."""
        return f"postgresql+asyncpg://postgres@/{database}?host={quote(str(self._sockets), safe='/')}"

    def start(self) -> None:
        """Make the data directory where it is missing, end an orphan that still serves it, start and wait until it
        accepts connections. Raises EmbeddedServerUnavailable, EmbeddedServerFailed.
        """
        binaries = postgres_directory()
        account = Account.for_directory(self.name, self._data)
        self._sockets = socket_directory(self._directory, "postgres", account)
        if not self._data.exists():
            self._create(binaries / "initdb", account)
        command = [*account.prefix, str(binaries / "postgres"), "-D", str(self._data), "-k", str(self._sockets)]
        options = OPTIONS if self._durable else (*OPTIONS, *NOT_DURABLE)
        command += [argument for option in options for argument in ("-c", option)]
        deadline = time.monotonic() + BACKENDS_SECONDS
        while True:
            self._end_orphan()
            self._process.start(command, _environment())
            try:
                self._process.wait_until(self._is_ready, START_SECONDS)
            except EmbeddedServerFailed as failed:
                if BACKENDS_LEFT not in failed.log or time.monotonic() > deadline:
                    raise
                time.sleep(BACKENDS_POLL_SECONDS)
            else:
                return

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._process.poll()

    def said(self) -> str:
        """The end of what it said."""
        return self._process.said()

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, committed ones are on disk."""
        self._process.stop(signal.SIGINT, STOP_SECONDS)

    def _create(self, initdb: Path, account: Account) -> None:
        fresh = self._data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)  # an interrupted initdb left it
        account.own(fresh)
        command = [*account.prefix, *account.named(), str(initdb), "-D", str(fresh), *INITDB]
        if not self._durable:
            command.append("--no-sync")
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=_environment(),
            timeout=INITDB_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            said = (done.stdout + done.stderr).decode(errors="replace").strip()
            raise EmbeddedServerFailed(f"the embedded {self.name}", f"initdb ended with code {done.returncode}", said)
        fresh.rename(self._data)

    def _end_orphan(self) -> None:
        """After a kill -9 the pid file stays: its process is our orphan, or gone, or a stranger that got its number."""
        file = self._data / "postmaster.pid"
        words = file.read_text().split() if file.exists() else []
        pid = int(words[0]) if words and words[0].isdigit() else None  # it may have been killed while it wrote this
        if pid and str(self._data) in processes.command_line(pid) and processes.stop([pid], *ORPHAN_STEPS):
            reason = f"process {pid} still serves {self._data} and would not end"
            raise EmbeddedServerFailed(f"the embedded {self.name}", reason, "")
        # PostgreSQL would take a stranger, or a killed server that nobody has reaped yet, for itself; whether backends
        # of a killed one are still at work it sees by its shared memory, whose key is the directory's
        for left in (file, *self._socket_files()):
            left.unlink(missing_ok=True)

    def _socket_files(self) -> Iterator[Path]:
        """The socket and the lock beside it, in a directory that is ours alone."""
        assert self._sockets is not None
        return self._sockets.glob(".s.PGSQL.*")

    def _is_ready(self, pid: int) -> bool:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > READY_LINE and lines[0] == str(pid) and lines[READY_LINE].strip() == "ready"


def _environment() -> dict[str, str]:
    """Nothing of ours: PGDATA and its like would change what the server does."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
