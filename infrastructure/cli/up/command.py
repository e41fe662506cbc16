import json
import logging
import os
import time
from pathlib import Path

from infrastructure.cli.exceptions import CommandFailed, ExitCode, HostCannot
from infrastructure.cli.preflight import require_sandbox
from infrastructure.cli.up.private_file import write_private
from infrastructure.cli.up.running import up_directory, write_servers
from infrastructure.cli.up.stack import Stack
from infrastructure.cli.up.stop_signals import StopRequested, StopSignals
from infrastructure.config import Config
from infrastructure.embedded.directory_lock import DirectoryLock
from infrastructure.embedded.exceptions import EmbeddedServerFailed
from infrastructure.logs import configure_logging

TEND_SECONDS = 0.1
MESSAGE = """
Proba is up.

  address  {url}   (documentation: {url}/docs)
  key      {key}
  logs     {directory}/*.log

Try it:

  curl -s '{url}/api/v1/submissions?wait=20' -H 'Authorization: Bearer {key}' \\
    -H 'Content-Type: application/json' -d '{body}'

Ctrl-C stops everything; the data stays.
"""
BODY = {
    "language": "python3",
    "sources": [{"name": "main.py", "content": "print(sum(map(int, input().split())))"}],
    "tests": [{"input": "1 2", "output": "3"}],
}

log = logging.getLogger(__name__)


def run(config: Config, *, own_servers: bool) -> int:
    """Keep everything running until a signal says stop; ``own_servers``: also where others are configured."""
    configure_logging(config)
    directory = up_directory()
    if own_servers:
        config = config.model_copy(update={"database_url": None, "redis_url": None})
    if own_servers or "data_dir" not in config.model_fields_set:
        config = config.model_copy(update={"data_dir": directory / "data"})
    try:
        with StopSignals() as signals, DirectoryLock(directory):
            config = require_sandbox(config, may_go_lower=True)
            return _serve(config, directory, signals)
    except OSError as error:
        raise CommandFailed(f"cannot work in {directory}: {error}; PROBA_DIR names another place") from error


def _serve(config: Config, directory: Path, signals: StopSignals) -> int:
    up_file = directory / "up.json"
    servers_file = directory / "servers.json"
    for left in (up_file, servers_file):  # of an 'up' that was killed
        left.unlink(missing_ok=True)
    stack = Stack(config, directory, signals)
    try:
        url, key = stack.start()
        write_servers(directory, stack.config)
        write_private(up_file, json.dumps({"url": url, "key": key, "pid": os.getpid()}) + "\n")
        _print_message(url, key, directory)
        while not signals.requested:
            stack.tend()
            time.sleep(TEND_SECONDS)
        log.info("stopping")
    except StopRequested:
        log.info("stopping before everything was started")
    except EmbeddedServerFailed as failed:
        if failed.exit_code == ExitCode.HOST_CANNOT:
            raise HostCannot(f"{failed.server} cannot run on this machine:", failed.log) from failed
        raise
    finally:
        up_file.unlink(missing_ok=True)
        servers_file.unlink(missing_ok=True)
        stack.stop()
    return ExitCode.OK


def _print_message(url: str, key: str, directory: Path) -> None:
    print(MESSAGE.format(url=url, key=key, directory=directory, body=json.dumps(BODY)), flush=True)  # noqa: T201
