import asyncio
import logging
import signal
import socket
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from threading import Thread

from infrastructure.cli.exceptions import CommandFailed
from infrastructure.cli.up.mode_process import MARK, ModeProcess
from infrastructure.cli.up.readiness import worker_is_ready
from infrastructure.cli.up.stop_signals import StopSignals
from infrastructure.cli.up.supervisor import Supervisor
from infrastructure.config import Config
from infrastructure.embedded import processes
from infrastructure.embedded.postgres import EmbeddedPostgres
from infrastructure.embedded.valkey import EmbeddedValkey

log = logging.getLogger(__name__)

READY_SECONDS = 120.0
WORKER_GRACE, WORKER_STOP_SECONDS = 2, 5.0
SERVER_GRACE, SERVER_STOP_SECONDS = 2, 4.0
ORPHAN_STEPS = ((signal.SIGTERM, 2.0), (signal.SIGKILL, 5.0))
ASK_SECONDS = 0.1
POLL_SECONDS = 0.02


class Stack:
    """The services of one directory, whose lock the caller holds."""

    def __init__(self, config: Config, directory: Path, signals: StopSignals) -> None:
        self._config, self._directory, self._signals = config, directory, signals
        self._supervisor = Supervisor()
        self._asked = 0.0

    def start(self) -> tuple[str, str]:
        """The address and a key, once a worker is ready. Raises StopRequested, EmbeddedServerError, CommandFailed …;
        what was started by then is left for ``stop``.
        """
        end_orphans(self._directory)
        self._check_port()
        importing = Thread(target=import_module, args=("infrastructure.cli.up.database",))
        importing.start()  # takes as long as PostgreSQL's start, and may go on beside it
        try:
            config = self._config = self._with_servers()
        finally:
            importing.join()
        self._signals.check()
        from infrastructure.cli.up.database import prepare_database  # noqa: PLC0415  # see above

        key = asyncio.run(prepare_database(config, self._directory))
        self._signals.check()
        server, worker, port_file = self._modes(config)
        log.info("starting server and worker")
        self._supervisor.start(server)
        self._supervisor.start(worker)
        self._wait(port_file.exists, server, worker)
        port = int(port_file.read_text())
        server.settings["PROBA_HTTP_PORT"] = str(port)  # the same one when it is started again
        url = f"http://{_reachable(config.http_host)}:{port}"
        self._wait(self._asking(url, key), server, worker)
        return url, key

    @property
    def config(self) -> Config:
        """With the URLs of the servers that are used, once it was started."""
        return self._config

    def tend(self) -> None:
        """Look after the services once."""
        self._supervisor.tend()

    def stop(self) -> None:
        """Stop worker, server, Valkey, PostgreSQL."""
        self._supervisor.stop()

    def _with_servers(self) -> Config:
        """The settings with the URLs of servers of our own in place of those that are not set."""
        found: dict[str, object] = {}
        if not self._config.database_url:
            postgres = EmbeddedPostgres(self._directory)
            log.info("starting PostgreSQL")
            self._supervisor.start(postgres)
            found["database_url"] = postgres.url
        self._signals.check()
        if not self._config.redis_url:
            valkey = EmbeddedValkey(self._directory)
            log.info("starting Valkey")
            self._supervisor.start(valkey)
            found["redis_url"] = valkey.url
        return self._config.model_copy(update=found)

    def _modes(self, config: Config) -> tuple[ModeProcess, ModeProcess, Path]:
        settings = {
            "PROBA_DATABASE_URL": config.database_url or "",
            "PROBA_REDIS_URL": config.redis_url or "",
            "PROBA_DATA_DIR": str(config.data_dir.absolute()),
            "PROBA_SANDBOX_FLOOR": config.sandbox_floor,
            "PROBA_WORKER_GRACE": str(min(config.worker_grace, WORKER_GRACE)),
            "PROBA_HTTP_SHUTDOWN_TIMEOUT": str(min(config.http_shutdown_timeout, SERVER_GRACE)),
        }
        port_file = self._directory / "http.port"
        port_file.unlink(missing_ok=True)
        server = ModeProcess(
            "server", self._directory, settings | {"PROBA_HTTP_PORT_FILE": str(port_file)}, SERVER_STOP_SECONDS
        )
        return server, ModeProcess("worker", self._directory, settings, WORKER_STOP_SECONDS), port_file

    def _asking(self, url: str, key: str) -> Callable[[], bool]:
        def ask() -> bool:
            if time.monotonic() < self._asked + ASK_SECONDS:
                return False
            self._asked = time.monotonic()
            return worker_is_ready(url, key)

        return ask

    def _wait(self, is_ready: Callable[[], bool], *modes: ModeProcess) -> None:
        """Until it is, while all of ``modes`` live. Raises StopRequested, EmbeddedServerFailed."""
        deadline = time.monotonic() + READY_SECONDS
        while not is_ready():
            self._signals.check()
            for mode in modes:
                if mode.poll() is not None:
                    raise mode.failure(f"it ended with code {mode.poll()}")
            if time.monotonic() > deadline:
                names = " and ".join(mode.name for mode in modes)
                raise CommandFailed(f"{names} were not ready after {READY_SECONDS:g} s; see {self._directory}/*.log")
            time.sleep(POLL_SECONDS)

    def _check_port(self) -> None:
        """Before anything is started; the server's own bind is what counts."""
        host, port = self._config.http_host, self._config.http_port
        if not port:
            return
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        except OSError as error:
            reason = error.strerror or str(error)
            raise CommandFailed(
                f"cannot listen on {host}:{port}: {reason}; set PROBA_HTTP_PORT to another port (0 takes a free one)"
            ) from None


def end_orphans(directory: Path) -> None:
    """Server and worker of a supervisor that was killed; the embedded servers see to their own. For the holder of the
    directory's lock. Raises CommandFailed.
    """
    orphans = processes.with_environment(f"{MARK}={directory}")
    if orphans:
        log.warning("ending what a killed 'up' has left: %s", ", ".join(map(str, orphans)))
    left = processes.stop(orphans, *ORPHAN_STEPS)
    if left:
        raise CommandFailed(f"processes {left} of an earlier 'up' on {directory} will not end")


def _reachable(host: str) -> str:
    """An address for clients on this machine."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104  # compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
