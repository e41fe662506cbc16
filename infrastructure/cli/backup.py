"""``backup`` and ``restore`` from the command line."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from application.blobs import BlobDamaged, BlobMissing, BlobStorage
from application.retention.blob_inventory import BlobInventory
from infrastructure.backup.archive import ArchiveDamaged, Manifest, NoRoom
from infrastructure.backup.backup import Backup, ForeignTables, NewerSchema, NotEmpty, Progress
from infrastructure.cli.exceptions import CommandFailed
from infrastructure.config import Config
from infrastructure.providers.container import make_server_container


def back_up(config: Config, target: Path, *, without_missing: bool) -> int:
    """The exit code. Raises CommandFailed, StorageUnavailable."""
    manifest = asyncio.run(
        _with_backup(
            config,
            "blobs written",
            lambda backup, told: backup.write(target, told, without_missing=without_missing),
        )
    )
    size = decimal(target.stat().st_size)
    Console(stderr=True, markup=False).print(f"{target}: {size}, {manifest.blobs} blobs, schema {manifest.schema}")
    _name_missing(manifest)
    return 0


def restore(config: Config, source: Path, *, replace: bool) -> int:
    """The exit code. Raises CommandFailed, StorageUnavailable."""
    manifest = asyncio.run(
        _with_backup(
            config, "blobs stored", lambda backup, told: backup.restore(source, replace=replace, progress=told)
        )
    )
    words = (
        f"{source}: everything of {manifest.created} is back, {manifest.blobs} blobs; server and worker may be started"
    )
    Console(stderr=True, markup=False).print(words)
    _name_missing(manifest)
    return 0


def _name_missing(manifest: Manifest) -> None:
    if manifest.missing:
        console = Console(stderr=True, markup=False, soft_wrap=True)
        console.print(
            f"without {len(manifest.missing)} blobs that the storage did not have: import their problems again"
        )
        for digest in manifest.missing:
            console.print(f"  {digest}")


async def _with_backup(config: Config, what: str, act: Callable[[Backup, Progress], Awaitable[Manifest]]) -> Manifest:
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    container = make_server_container(config)
    engine = create_async_engine(config.database_url or "", poolclass=NullPool)  # without the time limits of requests
    try:
        backup = Backup(engine, await container.get(BlobStorage), await container.get(BlobInventory))
        with Bar(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task(what, total=None)
            return await act(backup, lambda done, total: bar.update(task, completed=done, total=total or None))
    except ArchiveDamaged as error:
        raise CommandFailed(f"the backup is damaged, and nothing was changed: {error}") from error
    except BlobMissing as error:
        raise CommandFailed(f"{error}; --without-missing writes a backup of what is there") from error
    except (BlobDamaged, ForeignTables, NewerSchema, NoRoom, NotEmpty, OSError) as error:
        raise CommandFailed(str(error)) from error
    finally:
        await engine.dispose()
        await container.close()
