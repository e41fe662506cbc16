import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO

from sqlalchemy.ext.asyncio import AsyncEngine

from application.blobs import BlobStorage
from application.retention.blob_inventory import BlobInventory
from domain.problems.files import BlobRef
from infrastructure.backup import archive
from infrastructure.backup.database_dump import Dump, dump, is_empty, load
from infrastructure.database.errors import storage_errors

Progress = Callable[[int, int], None]
"""Blobs that are done, and all of them (0: not known)."""


class NotEmpty(Exception):
    """The database has something in it already."""

    def __str__(self) -> str:
        return "the database is not empty; --replace puts the backup in place of everything that is in it"


class Backup:
    """Everything that cannot be made anew, into a file (beside a running service) and back (alone)."""

    def __init__(self, engine: AsyncEngine, blobs: BlobStorage, inventory: BlobInventory) -> None:
        self._engine = engine
        self._blobs = blobs
        self._inventory = inventory

    async def write(self, target: Path, progress: Progress = lambda _, __: None) -> archive.Manifest:
        """Whole, or not there. Raises OSError, ArchiveDamaged, BlobMissing, StorageUnavailable."""
        with tempfile.TemporaryDirectory(prefix=".proba-backup-", dir=target.parent) as work:
            directory, half = Path(work) / "tables", Path(work) / "archive"
            directory.mkdir()
            with storage_errors():
                async with self._engine.begin() as connection:
                    dumped = await dump(connection, directory)
            # blobs are never destroyed within a day of being named, and these were named a moment ago
            refs = await self._with_sizes(dumped.digests)
            with half.open("xb") as file:
                manifest = await asyncio.to_thread(
                    archive.write, file, directory, dumped.tables, self._readers(refs, progress), _describing(dumped)
                )
                file.flush()
                os.fsync(file.fileno())
            half.replace(target)
        return manifest

    async def restore(
        self, source: Path, *, replace: bool, progress: Progress = lambda _, __: None
    ) -> archive.Manifest:
        """Checked before anything is changed. Raises NotEmpty, ArchiveDamaged, OSError, StorageUnavailable."""
        with tempfile.TemporaryDirectory(prefix="proba-restore-") as work:
            with storage_errors():
                async with self._engine.connect() as connection:
                    if not replace and not await is_empty(connection):
                        raise NotEmpty
            with source.open("rb") as file:
                manifest = await asyncio.to_thread(archive.check, file, Path(work))
            with source.open("rb") as file:
                for number, (digest, size, content) in enumerate(archive.blobs_of(file)):
                    ref = await self._blobs.put_stream(_chunks(content), size)
                    if ref.digest != digest:
                        raise archive.ArchiveDamaged("it changes while it is read")
                    progress(number + 1, manifest.blobs)
            tables = {name: one["columns"] for name, one in manifest.tables.items()}
            with storage_errors():
                async with self._engine.begin() as connection:
                    await load(connection, Path(work), Dump(manifest.schema, tables, set()))
        return manifest

    async def _with_sizes(self, digests: set[bytes]) -> list[BlobRef]:
        sizes: dict[bytes, int] = {}
        for listing in (self._inventory.condemned(), self._inventory.kept()):
            async for blobs in listing:
                sizes.update({blob.digest: blob.size for blob in blobs if blob.digest in digests})
        return [BlobRef(digest, sizes.get(digest, -1)) for digest in sorted(digests)]

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


def _describing(dumped: Dump) -> Callable[[Mapping[str, Any], int], archive.Manifest]:
    created = datetime.now(UTC).isoformat()
    return lambda tables, blobs: archive.Manifest(dumped.schema, created, tables, blobs)


async def _chunks(content: IO[bytes]) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(content.read, archive.CHUNK):
        yield chunk
