"""Blobs as files of a local directory: ``<root>/<first two digits>/<SHA-256>``, mode 0444.

Theory of operation: a content is written to ``<root>/incoming`` under a random name, flushed, renamed to its digest,
and the folder's names are flushed. A blob is therefore either whole or absent, whatever is killed when. Its name
proves its content; only a wrong size (a disk that lied) makes a stored one be written anew. Processes may share a root.
"""

import asyncio
import hashlib
import os
import stat
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from application.blobs import BlobMissing
from application.sandbox import Content
from domain.problems.files import BlobRef
from infrastructure.blobs.durability import flush_directories, flush_file, flush_files
from infrastructure.blobs.file_content import FileContent
from infrastructure.blobs.incoming_file import IncomingFile
from infrastructure.blobs.incoming_folder import IncomingFolder, full_disk_is_named
from infrastructure.blobs.local_inventory import CONDEMNED
from infrastructure.blobs.receiving import received
from infrastructure.threads import in_thread

_FRESH_SECONDS = 60.0
_REMEMBERED = 100_000
_YOUNG_SECONDS = 3600.0
"""Putting what is older makes it young again, so that nobody clears it up before its row is committed."""


class LocalBlobStorage:
    """``application.blobs.BlobStorage`` in ``root``, which is made when first needed."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._incoming = IncomingFolder(self._root / "incoming")
        self._durable: set[bytes] = set()

    async def put_many(self, contents: Sequence[bytes]) -> list[BlobRef]:
        """Raises StorageFull."""
        return await in_thread(self._put_many, contents) if contents else []

    async def put_stream(self, chunks: AsyncIterator[bytes], max_size: int) -> BlobRef:
        """Raises BlobTooLarge, StorageFull, and what ``chunks`` raises; then nothing is kept."""
        async with received(self._incoming, chunks, max_size) as incoming:
            return await in_thread(self._keep, incoming)

    async def open(self, ref: BlobRef) -> Content:
        """Raises BlobMissing."""
        path = self._path(ref.digest)
        # one stat of a local file is shorter than the way to a thread
        if _size_of(path) != ref.size and not (self._took_back(ref) and _size_of(path) == ref.size):
            raise BlobMissing(ref.digest)
        return FileContent(path, ref.size, ref.digest)

    async def read_head(self, ref: BlobRef, size: int) -> bytes:
        """Raises BlobMissing."""
        return await asyncio.to_thread(self._read_head, ref, size)

    def _read_head(self, ref: BlobRef, size: int) -> bytes:
        path = self._path(ref.digest)
        if not path.exists():
            self._took_back(ref)
        with FileContent(path, ref.size, ref.digest).open() as file:
            return file.read(size)

    def _put_many(self, contents: Sequence[bytes]) -> list[BlobRef]:
        refs = [BlobRef(hashlib.sha256(content).digest(), len(content)) for content in contents]
        unflushed: set[Path] = set()
        missing = {
            ref: content
            for ref, content in zip(refs, contents, strict=True)
            if not self._has(ref, unflushed)
        }  # fmt: skip
        written: dict[BlobRef, IncomingFile] = {}
        with full_disk_is_named(self._root):
            try:
                for ref, content in missing.items():
                    written[ref] = self._incoming.new_file()
                    written[ref].write(content)
                    written[ref].seal()
                if written:
                    flush_files([incoming.path for incoming in written.values()], self._root)
                for ref, incoming in written.items():
                    unflushed |= self._name(incoming, ref)
                self._flush_names(unflushed, refs)
            finally:
                for incoming in written.values():
                    incoming.discard()
        return refs

    def _keep(self, incoming: IncomingFile) -> BlobRef:
        ref = BlobRef(incoming.digest, incoming.size)
        unflushed: set[Path] = set()
        if not self._has(ref, unflushed):
            incoming.seal()
            flush_file(incoming.path)
            unflushed |= self._name(incoming, ref)
        self._flush_names(unflushed, [ref])
        return ref

    def _flush_names(self, folders: set[Path], refs: Sequence[BlobRef]) -> None:
        flush_directories(folders, self._root)
        if len(self._durable) > _REMEMBERED:
            self._durable.clear()
        self._durable.update(ref.digest for ref in refs)

    def _has(self, ref: BlobRef, unflushed: set[Path]) -> bool:
        """Whether it is stored. If somebody else did that a moment ago, its name may not be durable yet: then its
        folder is noted.
        """
        path = self._path(ref.digest)
        try:
            status = path.stat()
        except FileNotFoundError:
            if not self._took_back(ref):
                return False
            status = path.stat()
        if time.time() - status.st_mtime > _YOUNG_SECONDS:
            try:
                os.utime(path)
            except FileNotFoundError:  # moved aside at this very moment
                return self._has(ref, unflushed)
        if abs(time.time() - status.st_ctime) < _FRESH_SECONDS and ref.digest not in self._durable:
            unflushed.add(path.parent)
        return status.st_size == ref.size

    def _took_back(self, ref: BlobRef) -> bool:
        """Whether it had been moved aside as unreferred to, and is back."""
        aside = self._root / CONDEMNED / ref.digest.hex()
        try:
            os.utime(aside)
            aside.replace(self._path(ref.digest))
        except FileNotFoundError:
            return False
        return True

    def _name(self, incoming: IncomingFile, ref: BlobRef) -> set[Path]:
        """Give a flushed file its final name; the folders that have changed by it."""
        path = self._path(ref.digest)
        changed = {path.parent}
        if not path.parent.is_dir():
            path.parent.mkdir(exist_ok=True)
            changed.add(self._root)
        try:
            incoming.path.replace(path)
        except PermissionError:  # Windows: the old one is read-only, or somebody reads it
            if _size_of(path) == ref.size:
                return changed
            path.chmod(stat.S_IWRITE)
            incoming.path.replace(path)
        return changed

    def _path(self, digest: bytes) -> Path:
        name = digest.hex()
        return self._root / name[:2] / name


def _size_of(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
