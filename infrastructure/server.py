"""The HTTP server process."""

import logging
import os
import signal
import socket
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import ChangeReload, Multiprocess

from infrastructure.cannot_listen import CannotListen
from infrastructure.config import Config
from infrastructure.logs import configure_logging

log = logging.getLogger(__name__)

FACTORY = "infrastructure.server:build"
PORT_FILE = "PROBA_HTTP_PORT_FILE"
"""Where to write the port that was really bound, for whoever has asked for port 0."""
SETTINGS = "PROBA_HTTP_HOST and PROBA_HTTP_PORT (0 takes a free port)"
BACKLOG = 2048
KEEP_ALIVE_SECONDS = 30


def build() -> FastAPI:
    """The application of one server process; called in each of them, and again after each reload."""
    # here, since the parent of several processes, or of a reload, needs none of it
    from infrastructure.http.app import create_app  # noqa: PLC0415
    from infrastructure.providers.container import make_server_container  # noqa: PLC0415

    config = Config()
    configure_logging(config)
    _keep_uploads_in(config.data_dir / "uploads")
    return create_app(config, make_server_container(config))


def _keep_uploads_in(directory: Path) -> None:
    """Packages wait in nameless files until they are complete: on the disk of the data, since /tmp may be memory."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        log.warning("uploads wait in %s: %s", tempfile.gettempdir(), error)
    else:
        tempfile.tempdir = str(directory.absolute())


def run(config: Config) -> int:
    """Serve until SIGTERM or SIGINT; the exit code. Raises CannotListen."""
    configure_logging(config)
    listening = listen(config.http_host, config.http_port)
    port: int = listening.getsockname()[1]
    _tell_port(port)
    log.info("listening on http://%s:%d", config.http_host, port)
    settings = uvicorn.Config(
        FACTORY,
        factory=True,
        workers=config.http_processes,
        reload=config.http_reload,
        reload_dirs=["application", "domain", "infrastructure"] if config.http_reload else None,
        timeout_graceful_shutdown=config.http_shutdown_timeout,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        backlog=BACKLOG,
        log_config=None,
        access_log=False,
        server_header=False,
    )
    server = uvicorn.Server(settings)
    if config.http_reload:
        ChangeReload(settings, target=server.run, sockets=[listening]).run()
    elif config.http_processes > 1:
        with tempfile.TemporaryDirectory(prefix="proba-metrics-") as shared:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = shared  # one of them answers a scrape for all
            Multiprocess(settings, sockets=[listening]).run()
    else:
        for number in (signal.SIGTERM, signal.SIGINT):
            # uvicorn raises the signal again at its end: it shall find this, not the default that kills
            signal.signal(number, server.handle_exit)
        server.run(sockets=[listening])
        return 0 if server.started else 1
    return 0


def listen(host: str, port: int) -> socket.socket:
    """A bound, inheritable socket. Raises CannotListen."""
    with ExitStack() as undo:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            family, kind, protocol, _, address = found[0]
            listening = undo.enter_context(socket.socket(family, kind, protocol))
            if sys.platform != "win32":
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(BACKLOG)
        except OSError as error:
            raise CannotListen(host, port, error.strerror or str(error), SETTINGS) from error
        undo.pop_all()
    listening.set_inheritable(True)
    return listening


def _tell_port(port: int) -> None:
    wanted = os.environ.get(PORT_FILE)
    if not wanted:
        return
    temporary = Path(f"{wanted}.{os.getpid()}")
    temporary.write_text(f"{port}\n")
    temporary.replace(wanted)
