"""Unpacking a hostile tar, compressed or not, into numbered files, as it streams by."""

import bz2
import gzip
import hashlib
import lzma
import os
import posixpath
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from application.problems.packages import PackageRejected
from domain.problems.entities import Complaint
from domain.runs.units import size_text
from infrastructure.packages.entry_names import BadName, check_name, shown_name
from infrastructure.packages.links import MAX_TARGET, with_links
from infrastructure.packages.numbered_content import NumberedContent
from infrastructure.packages.package_folder import MAX_LEFT_OUT, PackageFolder, UnpackedFile
from infrastructure.packages.unpacking_limits import FILES, ONE_FILE, PACKED, UNPACKED, UnpackingLimits

_CHUNK_SIZE = 256 * 1024
_BLOCK = 512
_DAMAGED = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, ValueError, OverflowError)
_COMPRESSIONS = {b"\x1f\x8b": "gz", b"BZh": "bz2", b"\xfd7zXZ\0": "xz"}


def is_tar(package: BinaryIO) -> bool:
    """By its first bytes: one of the compressions, or a header in the first block."""
    package.seek(0)
    head = package.read(_BLOCK)
    package.seek(0)
    return any(head.startswith(magic) for magic in _COMPRESSIONS) or head[257:262] == b"ustar"


class TarUnpacker:
    """Unpacks into the folder with the descriptor ``directory``, which is empty and of this process alone."""

    def __init__(self, package: BinaryIO, directory: int, limits: UnpackingLimits) -> None:
        self._package = package
        self._directory = directory
        self._limits = limits
        self._packed_size = package.seek(0, os.SEEK_END)
        self._total = 0
        self._files: dict[str, UnpackedFile] = {}
        self._links: dict[str, str] = {}
        self._folders: set[str] = set()
        self._left_out: list[Complaint] = []

    def unpack(self) -> PackageFolder:
        """Raises PackageRejected."""
        if self._packed_size > self._limits.max_packed_size:
            raise _rejected(f"the package has more than {size_text(self._limits.max_packed_size)} ({PACKED})")
        self._package.seek(0)
        try:
            with _plain(self._package) as stream, tarfile.open(fileobj=stream, mode="r|", errorlevel=2) as archive:
                for count, info in enumerate(archive, 1):
                    if count > self._limits.max_files:
                        raise _rejected(f"the package has more than {self._limits.max_files} entries ({FILES})")
                    self._take(archive, info)
        except OSError as error:
            if error.errno is not None:  # the system's; what decompresses has none
                raise
            raise _damaged(error) from None
        except _DAMAGED as error:
            raise _damaged(error) from None
        files, warnings = with_links(dict(sorted(self._files.items())), self._links, self._limits.max_files)
        return PackageFolder(files, (*self._left_out[:MAX_LEFT_OUT], *warnings), limits=self._limits)

    def _take(self, archive: tarfile.TarFile, info: tarfile.TarInfo) -> None:
        try:
            path = _path(info)
        except BadName as error:
            if not error.odd:
                raise _rejected(error.reason, error.shown) from None
            path = error.instead
            if path is None or path in self._files or path in self._links:
                self._left_out.append(error.left_out())
                return
            self._left_out.append(error.renamed())
        if path is None:
            return
        if info.isdir():
            self._folders.add(path)
            self._check_path(path)
        elif info.issym() or info.islnk():
            if len(info.linkname) > MAX_TARGET:
                raise _rejected(f"is a link to a name of more than {MAX_TARGET} bytes", path)
            self._check_path(path)
            # a hard link's target is told from the top of the archive
            target = info.linkname if info.issym() else posixpath.relpath(info.linkname, posixpath.dirname(path) or ".")
            self._links[path] = target
        elif info.isreg():
            self._check_path(path)
            self._files[path] = self._extract(archive, info, path)
        else:
            raise _rejected("is neither a file nor a folder", path)

    def _check_path(self, path: str) -> None:
        parts = path.split("/")
        above = {"/".join(parts[:depth]) for depth in range(1, len(parts))}
        if path in self._files or path in self._links:
            raise _rejected("is there twice", path)
        if above & self._files.keys() or above & self._links.keys():
            raise _rejected("lies in what is a file", path)
        self._folders |= above

    def _extract(self, archive: tarfile.TarFile, info: tarfile.TarInfo, path: str) -> UnpackedFile:
        if path in self._folders:
            raise _rejected("is a file and a folder at once", path)
        if info.size > self._limits.max_file_size:
            limit = size_text(self._limits.max_file_size)
            raise _rejected(f"unpacks to {size_text(info.size)}, more than {limit} ({ONE_FILE})", path)
        self._total += info.size
        self._check_total()
        number, size, digest = len(self._files), 0, hashlib.sha256()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(str(number), flags, 0o600, dir_fd=self._directory), "wb") as file:
            for chunk in _chunks(archive, info):
                size += len(chunk)
                file.write(chunk)
                digest.update(chunk)
        if size != info.size:
            raise _rejected(f"is damaged: it claims to have {info.size} bytes, which is not so", path)
        return UnpackedFile(NumberedContent(self._directory, number, size), digest.digest())

    def _check_total(self) -> None:
        limits = self._limits
        if self._total > limits.max_unpacked_size:
            raise _rejected(f"the package unpacks to more than {size_text(limits.max_unpacked_size)} ({UNPACKED})")
        if self._total > limits.ratio_free_size and self._total > limits.max_ratio * self._packed_size:
            raise _rejected(f"the package unpacks to more than {limits.max_ratio} times its size, as a bomb does")


@contextmanager
def _plain(package: BinaryIO) -> Iterator[BinaryIO]:
    """The tar without its compression, as a stream."""
    head = package.read(8)
    package.seek(0)
    if head.startswith(b"\x1f\x8b"):
        with gzip.open(package) as stream:
            yield cast("BinaryIO", stream)
    elif head.startswith(b"BZh"):
        with bz2.open(package) as stream:
            yield cast("BinaryIO", stream)
    elif head.startswith(b"\xfd7zXZ"):
        with lzma.open(package) as stream:
            yield cast("BinaryIO", stream)
    else:
        yield package


def _path(info: tarfile.TarInfo) -> str | None:
    """Without the "./" that tar puts before names; None: the top itself. Raises BadName."""
    name = info.name
    while name.startswith("./"):
        name = name[2:].lstrip("/")
    name = name.removesuffix("/")
    if name in ("", "."):
        return None
    check_name(name)
    return name


def _chunks(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Iterator[bytes]:
    reader = archive.extractfile(info)
    assert reader is not None
    while chunk := reader.read(_CHUNK_SIZE):
        yield chunk


def _damaged(error: Exception) -> PackageRejected:
    return _rejected(f"the package is not a sound tar file: {shown_name(str(error).encode())}")


def _rejected(message: str, file: str | None = None) -> PackageRejected:
    return PackageRejected(Complaint(message, file))
