"""The file: a tar, gzipped, of ``tables/NAME``, ``blobs/DIGEST`` and, last, ``manifest.json`` with the tables' sums.

A blob proves itself by its name. What is read from an archive is checked whole before anything is changed.
"""

import gzip
import hashlib
import io
import json
import re
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, BinaryIO, Self

from application.blobs import BlobDamaged

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1024 * 1024
LEVEL = 1
MOST_MANIFEST = 64 * CHUNK
MOST_HEADER = 64 * 1024
ROOM_LEFT = 256 * CHUNK
"""What the disk keeps while tables are unpacked."""


class ArchiveDamaged(Exception):
    """No backup of ours, or not as it was written."""


class NoRoom(Exception):
    """Nothing was changed."""

    def __init__(self, directory: Path, size: int, free: int) -> None:
        super().__init__(directory, size, free)
        self.directory, self.size, self.free = directory, size, free

    def __str__(self) -> str:
        return (
            f"a table of {self.size} bytes is to be unpacked in {self.directory}, where {self.free} bytes are free, of "
            f"which {ROOM_LEFT} are left alone; TMPDIR names a directory elsewhere"
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """``tables``: name → columns and SHA-256; ``blobs``: how many; ``missing``: digests of those that the database
    named and the storage did not have.
    """

    schema: str
    created: str
    tables: Mapping[str, Mapping[str, Any]]
    blobs: int
    missing: Sequence[str] = ()


def write(
    target: BinaryIO,
    directory: Path,
    tables: Mapping[str, Any],
    blobs: Iterator[tuple[bytes, int, Callable[[], BinaryIO]]],
    describe: Callable[[Mapping[str, Any], int], Manifest],
) -> Manifest:
    """Tables from ``directory``; blobs as digest, size and reader. Raises BlobDamaged."""
    described: dict[str, Any] = {}
    count = 0
    with gzip.open(target, "wb", LEVEL) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
        for name, columns in tables.items():
            path = directory / name
            with path.open("rb") as file:
                summed = Summing(file)
                _add(tar, f"tables/{name}", path.stat().st_size, summed)
            described[name] = {"columns": list(columns), "sha256": summed.hexdigest()}
        for digest, size, read in blobs:
            with closing(read()) as content:
                summed = Summing(content)
                _add(tar, f"blobs/{digest.hex()}", size, summed)
            if summed.digest() != digest:
                raise BlobDamaged(digest)
            count += 1
        manifest = describe(described, count)
        told = asdict(manifest)
        if not manifest.missing:
            del told["missing"]  # earlier versions do not know it
        body = json.dumps({"format": FORMAT, **told}, indent=1).encode()
        _add(tar, MANIFEST, len(body), io.BytesIO(body))
    return manifest


def check(source: BinaryIO, directory: Path) -> Manifest:
    """Everything is as it was written; the tables lie in ``directory`` then. Raises ArchiveDamaged."""
    sums: dict[str, str] = {}
    blobs = 0
    for name, size, file in _members(source):
        folder, _, last = name.partition("/")
        if folder == "tables" and last.isidentifier():
            if last in sums:
                raise ArchiveDamaged(f"{name} is in it twice")
            _check_room(directory, size)
            with (directory / last).open("xb") as target:
                sums[last] = _copy(file, target)
        elif folder == "blobs":
            if _copy(file, None) != last:
                raise ArchiveDamaged(f"{name} is damaged")
            blobs += 1
        elif name == MANIFEST and size <= MOST_MANIFEST:
            manifest = _manifest(file.read())
            if {table: one["sha256"] for table, one in manifest.tables.items()} != sums or manifest.blobs != blobs:
                raise ArchiveDamaged("tables or blobs are missing or damaged")
            return manifest
        else:
            raise ArchiveDamaged(f"{name[:200]!r} does not belong into a backup")
    raise ArchiveDamaged(f"it ends before its {MANIFEST}: it was not written to its end")


def blobs_of(source: BinaryIO) -> Iterator[tuple[bytes, int, IO[bytes]]]:
    """Digest, size and bytes of each; to be read before the next."""
    for name, size, file in _members(source):
        if name.startswith("blobs/"):
            yield bytes.fromhex(name.removeprefix("blobs/")), size, file


class Summing:
    """A file that knows the SHA-256 of what was read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """As a file."""
        found = self._file.read(size)
        self._sum.update(found)
        return found

    def digest(self) -> bytes:
        """Of all so far."""
        return self._sum.digest()

    def hexdigest(self) -> str:
        """Of all so far."""
        return self._sum.hexdigest()


class _Member(tarfile.TarInfo):
    """Plain files, and the headers of sizes beyond 8 GiB: tarfile would read any other header into memory, whole."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        member = super().frombuf(buf, encoding, errors)
        long_header = member.type == tarfile.XHDTYPE and member.size <= MOST_HEADER
        if not long_header and member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
            raise ArchiveDamaged(f"{member.name[:200]!r} is no file")
        return member


def _add(tar: tarfile.TarFile, name: str, size: int, file: Any) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    tar.addfile(member, file)
    _forget_members(tar)


def _forget_members(tar: tarfile.TarFile) -> None:
    """Else it remembers every one: a million blobs would be a gigabyte."""
    tar.members.clear()  # type: ignore[attr-defined]  # documented nowhere, used everywhere


def _check_room(directory: Path, size: int) -> None:
    free = shutil.disk_usage(directory).free
    if size > free - ROOM_LEFT:
        raise NoRoom(directory, size, free)


def _members(source: BinaryIO) -> Iterator[tuple[str, int, IO[bytes]]]:
    try:
        with tarfile.open(fileobj=source, mode="r|gz", tarinfo=_Member) as tar:
            while (member := tar.next()) is not None:
                _forget_members(tar)
                file = tar.extractfile(member) if member.isreg() else None
                if file is None:
                    raise ArchiveDamaged(f"{member.name[:200]!r} is no file")
                yield member.name, member.size, file
    except (tarfile.TarError, EOFError, OSError, UnicodeError, zlib.error) as error:
        raise ArchiveDamaged(str(error) or "it is cut off") from error


def _copy(file: IO[bytes], target: BinaryIO | None) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        if target is not None:
            target.write(chunk)
    return digest.hexdigest()


def _manifest(body: bytes) -> Manifest:
    try:
        found = json.loads(body)
        if found.pop("format") != FORMAT:
            raise ArchiveDamaged("it was written by another version of Proba: restore it with that one")
        manifest = Manifest(**found)
        datetime.fromisoformat(manifest.created)
        if not all(isinstance(one, dict) and isinstance(one["columns"], list) for one in manifest.tables.values()):
            raise ArchiveDamaged(f"{MANIFEST}: a table without columns")
        if not all(re.fullmatch("[0-9a-f]{64}", name) for name in manifest.missing):
            raise ArchiveDamaged(f"{MANIFEST}: missing blobs that cannot be")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveDamaged(f"{MANIFEST}: {error}") from error
    return manifest
