import asyncio
import os
import platform
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table
from rich.text import Text

from infrastructure.cli.exceptions import ExitCode
from infrastructure.cli.preflight import look_at_host
from infrastructure.config import Config
from infrastructure.embedded.binaries import postgres_directory, valkey_server
from infrastructure.embedded.exceptions import EmbeddedServerUnavailable
from infrastructure.sandbox.preflight import Check

ANSWER_SECONDS = 5.0


def run(config: Config) -> int:
    """Print every check; 3 when something that is required is missing."""
    checks = [_python(), *_servers(config), *look_at_host(config).checks]
    table = Table("", "what", title="What this machine can do", title_justify="left")
    table.add_column("found", overflow="fold")
    for check in checks:
        mark = "[green]on[/green]" if check.on else "[red]off[/red]" if check.required else "[yellow]off[/yellow]"
        table.add_row(mark, check.layer, Text(check.why))
    console = Console()
    console.print(table)
    for check in checks:
        if not check.on and check.cure:  # on a line of its own, to be copied
            console.print(f"to turn on {check.layer}: {check.cure}", soft_wrap=True, highlight=False, markup=False)
    missing = [check.layer for check in checks if check.required and not check.on]
    if missing:
        console.print(f"[red]The worker cannot run here without: {', '.join(missing)}.[/red]")
        return ExitCode.HOST_CANNOT
    console.print("[green]Everything that is required is there.[/green]")
    return ExitCode.OK


def _python() -> Check:
    user = "root" if hasattr(os, "geteuid") and os.geteuid() == 0 else "an ordinary user"
    found = f"Python {platform.python_version()} on {platform.system()} {platform.release()}, as {user}"
    return Check(
        layer="system", on=sys.platform == "linux", why=found, cure="run the worker on a Linux machine", required=True
    )


def _servers(config: Config) -> Iterable[Check]:
    if config.database_url:
        yield _answers("database", config.database_url, 5432)
    else:
        yield _embedded("PostgreSQL", postgres_directory)
    if config.redis_url:
        yield _answers("Redis", config.redis_url, 6379)
    else:
        yield _embedded("Valkey", valkey_server)


def _embedded(name: str, find: Callable[[], Path]) -> Check:
    try:
        place = find()
    except EmbeddedServerUnavailable as error:
        return Check(f"embedded {name}", on=False, why=error.reason, cure=error.cure)
    return Check(f"embedded {name}", on=True, why=str(place))


def _answers(name: str, url: str, default_port: int) -> Check:
    """Whether somebody listens there; the URL is shown without its password."""
    parts = urlsplit(url)
    where = f"{parts.hostname or 'localhost'}:{parts.port or default_port}"
    if parts.hostname is None:  # a unix socket
        return Check(name, on=True, why="a unix socket, not tried")
    try:
        asyncio.run(_connect(parts.hostname, parts.port or default_port))
    except OSError as error:
        return Check(name, on=False, why=f"{where}: {error}", cure="docker compose -f docker-compose.dev.yaml up -d")
    return Check(name, on=True, why=f"{where} answers")


async def _connect(host: str, port: int) -> None:
    async with asyncio.timeout(ANSWER_SECONDS):
        _, writer = await asyncio.open_connection(host, port)
        writer.close()
