"""``problems export``."""

import asyncio
import re
import secrets
from pathlib import Path

from rich.console import Console

from domain.runs.units import size_text
from infrastructure.cli.exceptions import CommandFailed
from infrastructure.cli.problems.connection import Connection
from infrastructure.cli.problems.service_client import ServiceClient

_NAMED = re.compile(r'filename="([a-z0-9_.-]+)"')


def export_problem(connection: Connection, slug: str, to: Path | None) -> None:
    """Into ``to``, or a file of the service's choosing in the current directory; whole or not at all."""
    path, size = asyncio.run(_export(connection, slug, to))
    Console(stderr=True).print(f"{path}: {size_text(size)}", highlight=False, markup=False)


async def _export(connection: Connection, slug: str, to: Path | None) -> tuple[Path, int]:
    async with ServiceClient(connection) as client, client.package(slug) as response:
        named = _NAMED.search(response.headers.get("content-disposition", ""))
        path = to or Path(named[1] if named else f"{slug}.package")
        if path.is_dir():
            path /= named[1] if named else f"{slug}.package"
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            with part.open("xb") as file:  # nothing else runs
                async for chunk in response.aiter_bytes():
                    file.write(chunk)
                size = file.tell()
            part.replace(path)
        except OSError as error:
            raise CommandFailed(f"{path} cannot be written: {error.strerror}") from error
        finally:
            part.unlink(missing_ok=True)
        return path, size
