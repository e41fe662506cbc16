import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO

from sqlalchemy.ext.asyncio import AsyncEngine

from application.blobs import BlobMissing, BlobStorage
from application.retention.blob_inventory import BlobInventory
from domain.problems.files import BlobRef
from infrastructure.backup import archive
from infrastructure.backup.database_dump import Dump, dump, foreign_tables, is_empty, is_known, load
from infrastructure.backup.workplace import workplace
from infrastructure.blobs.durability import flush_directories
from infrastructure.database.errors import storage_errors

PRIVATE = 0o600
Progress = Callable[[int, int], None]
"""Blobs that are done, and all of them (0: not known)."""


class NotEmpty(Exception):
    """The database has something in it already."""

    def __str__(self) -> str:
        return "the database is not empty; --replace puts the backup in place of everything that is in it"


class ForeignTables(Exception):
    """The database is not Proba's alone."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(names)
        self.names = names

    def __str__(self) -> str:
        shown = ", ".join(self.names[:5]) + (" …" if len(self.names) > 5 else "")
        return (
            f"the database has tables that this version of Proba does not know ({shown}); a restore removes "
            "every table: give Proba a database of its own, or restore with the version that made them"
        )


class NewerSchema(Exception):
    """It was written by a version that came after this one."""

    def __init__(self, schema: str) -> None:
        super().__init__(schema)
        self.schema = schema

    def __str__(self) -> str:
        return f"its schema {self.schema[:40]!r} is not known to this version of Proba: restore it with a newer one"


class Backup:
    """Everything that cannot be made anew, into a file (beside a running service) and back (alone)."""

    def __init__(self, engine: AsyncEngine, blobs: BlobStorage, inventory: BlobInventory) -> None:
        self._engine = engine
        self._blobs = blobs
        self._inventory = inventory

    async def write(
        self, target: Path, progress: Progress = lambda _, __: None, *, without_missing: bool = False
    ) -> archive.Manifest:
        """Whole, or not there. Raises OSError, BlobDamaged, BlobMissing (unless ``without_missing``: then the manifest
        names them), StorageUnavailable.
        """
        with workplace(target.parent, ".proba-backup-") as work:
            directory, half = work / "tables", work / "archive"
            directory.mkdir()
            with storage_errors():
                async with self._engine.begin() as connection:
                    dumped = await dump(connection, directory)
            # blobs are never destroyed within a day of being named, and these were named a moment ago
            refs = await self._with_sizes(dumped.digests)
            missing = sorted(dumped.digests - {ref.digest for ref in refs})
            if missing and not without_missing:
                raise BlobMissing(missing[0])
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as file:
                manifest = await asyncio.to_thread(
                    archive.write,
                    file,
                    directory,
                    dumped.tables,
                    self._readers(refs, progress),
                    _describing(dumped, missing),
                )
                file.flush()
                os.fsync(file.fileno())
            half.replace(target)
            flush_directories([target.parent], target.parent)
        return manifest

    async def restore(
        self, source: Path, *, replace: bool, progress: Progress = lambda _, __: None
    ) -> archive.Manifest:
        """Checked before anything is changed. Raises NotEmpty, ForeignTables, NewerSchema, ArchiveDamaged, NoRoom,
        OSError, StorageUnavailable.
        """
        with workplace(Path(tempfile.gettempdir()), "proba-restore-") as work:
            with storage_errors():
                async with self._engine.connect() as connection:
                    if foreign := await foreign_tables(connection):
                        raise ForeignTables(foreign)
                    if not replace and not await is_empty(connection):
                        raise NotEmpty
            with source.open("rb") as file:
                manifest = await asyncio.to_thread(archive.check, file, work)
            if not await asyncio.to_thread(is_known, manifest.schema):
                raise NewerSchema(str(manifest.schema))
            with source.open("rb") as file:
                for number, (digest, size, content) in enumerate(archive.blobs_of(file)):
                    ref = await self._blobs.put_stream(_chunks(content), size)
                    if ref.digest != digest:
                        raise archive.ArchiveDamaged("it changes while it is read")
                    progress(number + 1, manifest.blobs)
            tables = {name: one["columns"] for name, one in manifest.tables.items()}
            with storage_errors():
                async with self._engine.begin() as connection:
                    await load(connection, work, Dump(manifest.schema, tables, set()))
        return manifest

    async def _with_sizes(self, digests: set[bytes]) -> list[BlobRef]:
        sizes: dict[bytes, int] = {}
        # what is moved aside or back while it is listed is met in one of the three
        for listing in (self._inventory.condemned(), self._inventory.kept(), self._inventory.condemned()):
            async for blobs in listing:
                sizes.update({blob.digest: blob.size for blob in blobs if blob.digest in digests})
        return [BlobRef(digest, size) for digest, size in sorted(sizes.items())]

    def _readers(self, refs: list[BlobRef], progress: Progress) -> Iterator[tuple[bytes, int, Callable[[], BinaryIO]]]:
        loop = asyncio.get_running_loop()

        def read() -> Iterator[tuple[bytes, int, Callable[[], BinaryIO]]]:
            for number, ref in enumerate(refs):
                content = asyncio.run_coroutine_threadsafe(self._blobs.open(ref), loop).result()
                try:
                    yield ref.digest, ref.size, content.open
                finally:
                    content.close()
                progress(number + 1, len(refs))

        return read()


def _describing(dumped: Dump, missing: Sequence[bytes]) -> Callable[[Mapping[str, Any], int], archive.Manifest]:
    created, names = datetime.now(UTC).isoformat(), tuple(digest.hex() for digest in missing)
    return lambda tables, blobs: archive.Manifest(dumped.schema, created, tables, blobs, names)


async def _chunks(content: IO[bytes]) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(content.read, archive.CHUNK):
        yield chunk
