"""``gc``: retention and garbage collection from the command line."""

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import timedelta

from pydantic.alias_generators import to_camel
from rich.console import Console
from rich.filesize import decimal
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from application.retention.collect_garbage import CollectGarbage, Garbage, NothingReferred
from infrastructure.cli.exceptions import CommandFailed
from infrastructure.config import Config
from infrastructure.providers.container import make_server_container
from infrastructure.retention import retention


def run(config: Config, *, older_hours: int, dry_run: bool, everything: bool, as_json: bool) -> int:
    """The exit code. Raises StorageUnavailable, CommandFailed."""
    try:
        cleared = _clear_up(config, timedelta(hours=older_hours), dry_run=dry_run, everything=everything)
        forgotten, garbage = asyncio.run(cleared)
    except NothingReferred as error:
        raise CommandFailed(str(error)) from error
    if as_json:
        figures = {
            "forgotten": {to_camel(what.replace(" ", "_")): number for what, number in forgotten.items()},
            "kept": garbage.kept,
            "condemned": garbage.condemned,
            "condemnedSize": garbage.condemned_size,
            "restored": garbage.restored,
            "destroyed": garbage.destroyed,
            "destroyedSize": garbage.destroyed_size,
            "dryRun": dry_run,
        }
        sys.stdout.write(json.dumps(figures) + "\n")
        return 0
    table = Table("", "number", "size", title="what would be done" if dry_run else None)
    for what, number in forgotten.items():
        table.add_row(f"{what} forgotten", str(number), "")
    table.add_row("files kept", str(garbage.kept), "")
    table.add_row("files moved aside: nothing refers to them", str(garbage.condemned), decimal(garbage.condemned_size))
    table.add_row("files taken back: something refers to them", str(garbage.restored), "")
    table.add_row(
        "files destroyed: aside since an earlier run", str(garbage.destroyed), decimal(garbage.destroyed_size)
    )
    Console().print(table)
    return 0


async def _clear_up(
    config: Config, grace: timedelta, *, dry_run: bool, everything: bool
) -> tuple[dict[str, int], Garbage]:
    """How many were forgotten of each kind, and what became of the files."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed}"), TimeElapsedColumn())
    container = make_server_container(config)
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
            forgotten: dict[str, int] = {}
            for use_case, what, kept in () if dry_run else retention(config):
                task = bar.add_task(f"{what} forgotten", total=None)
                async with container() as scope:
                    forget = await scope.get(use_case)
                    forgotten[what] = await forget(kept, _shown(bar, task))
            files = bar.add_task("files looked at", total=None)
            collect = await container.get(CollectGarbage)
            garbage = await collect(grace, dry_run=dry_run, everything=everything, progress=_shown(bar, files))
            return forgotten, garbage
    finally:
        await container.close()


def _shown(bar: Progress, task: TaskID) -> Callable[[int], None]:
    return lambda done: bar.update(task, completed=done)
