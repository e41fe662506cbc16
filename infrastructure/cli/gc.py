"""``gc``: retention and garbage collection from the command line."""

import asyncio
import json
import sys
from datetime import timedelta

from rich.console import Console
from rich.filesize import decimal
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from application.retention.collect_garbage import CollectGarbage, Garbage, NothingReferred
from application.retention.forget_audit_entries import ForgetAuditEntries
from application.retention.forget_imports import ForgetImports
from application.retention.forget_submissions import ForgetSubmissions
from infrastructure.cli.exceptions import CommandFailed
from infrastructure.config import Config
from infrastructure.providers.container import make_server_container


def run(config: Config, *, older_hours: int, dry_run: bool, everything: bool, as_json: bool) -> int:
    """The exit code. Raises StorageUnavailable, CommandFailed."""
    try:
        cleared = _clear_up(config, timedelta(hours=older_hours), dry_run=dry_run, everything=everything)
        forgotten, garbage = asyncio.run(cleared)
    except NothingReferred as error:
        raise CommandFailed(str(error)) from error
    if as_json:
        figures = {
            "forgotten": forgotten,
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
    table = Table("", "files", "size", title="what would be done" if dry_run else None)
    table.add_row("submissions forgotten", "" if forgotten is None else str(forgotten), "")
    table.add_row("kept", str(garbage.kept), "")
    table.add_row("moved aside: nothing refers to them", str(garbage.condemned), decimal(garbage.condemned_size))
    table.add_row("taken back: something refers to them", str(garbage.restored), "")
    table.add_row("destroyed: aside since an earlier run", str(garbage.destroyed), decimal(garbage.destroyed_size))
    Console().print(table)
    return 0


async def _clear_up(config: Config, grace: timedelta, *, dry_run: bool, everything: bool) -> tuple[int | None, Garbage]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed}"), TimeElapsedColumn())
    container = make_server_container(config)
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
            forgotten = None
            if config.retention_days and not dry_run:
                task = bar.add_task("submissions forgotten", total=None)
                async with container() as scope:
                    forget = await scope.get(ForgetSubmissions)
                    kept = timedelta(days=config.retention_days)
                    forgotten = await forget(kept, lambda done: bar.update(task, completed=done))
            others: tuple[tuple[type[ForgetAuditEntries | ForgetImports], int], ...] = (
                (ForgetAuditEntries, config.audit_retention_days),
                (ForgetImports, config.import_retention_days),
            )
            for use_case, days in others:
                if days and not dry_run:
                    async with container() as scope:
                        await (await scope.get(use_case))(timedelta(days=days))
            files = bar.add_task("files looked at", total=None)
            collect = await container.get(CollectGarbage)
            garbage = await collect(
                grace, dry_run=dry_run, everything=everything, progress=lambda done: bar.update(files, completed=done)
            )
            return forgotten, garbage
    finally:
        await container.close()
