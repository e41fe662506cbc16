"""Unpacking a hostile zip into numbered files.

Everything that the central directory claims is checked before the first byte is unpacked; what is unpacked is counted
against the claim, and against the limits, as it comes.
"""

import errno
import hashlib
import os
import stat
import struct
import zlib
from collections.abc import Container, Iterator
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from application.problems.packages import PackageRejected
from domain.problems.entities import Complaint
from domain.runs.units import size_text
from infrastructure.packages.entry_names import BadName, entry_path, shown_name
from infrastructure.packages.links import MAX_TARGET, with_links
from infrastructure.packages.numbered_content import NumberedContent
from infrastructure.packages.package_folder import MAX_LEFT_OUT, PackageFolder, UnpackedFile
from infrastructure.packages.unpacking_limits import FILES, ONE_FILE, PACKED, UNPACKED, UnpackingLimits

_CHUNK_SIZE = 256 * 1024
_LOCAL_HEADER_SIZE = 30
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_PATCHED = 0x20
_DAMAGED = (BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, zlib.error, struct.error)
_JUNK = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})


class ZipUnpacker:
    """Unpacks into the folder with the descriptor ``directory``, which is of this process alone, into files numbered
    from ``first_number``.
    """

    def __init__(self, package: BinaryIO, directory: int, limits: UnpackingLimits, first_number: int = 0) -> None:
        self._package = package
        self._directory = directory
        self._limits = limits
        self._first_number = first_number
        self._left_out: list[Complaint] = []
        self._packed_size = package.seek(0, os.SEEK_END)

    def unpack(self) -> PackageFolder:
        """Raises PackageRejected."""
        if self._packed_size > self._limits.max_packed_size:
            raise _rejected(f"the package has more than {size_text(self._limits.max_packed_size)} ({PACKED})")
        try:
            with ZipFile(self._package) as archive:
                entries = self._checked(archive)
                links = {path: _target(archive, info, path) for path, info in entries.items() if _is_link(info)}
                files = {
                    path: self._extract(archive, info, path, number)
                    for number, (path, info) in enumerate(entries.items(), self._first_number)
                    if path not in links
                }
                all_files, warnings = with_links(files, links, self._limits.max_files)
                left_out = self._left_out[:MAX_LEFT_OUT]
                return PackageFolder(all_files, (*left_out, *warnings), limits=self._limits)
        except UnicodeDecodeError as error:
            raise _rejected("has a name that is not UTF-8", shown_name(bytes(error.object))) from None
        except OSError as error:
            if error.errno != errno.EINVAL:  # a place before the beginning of the file
                raise
            raise _rejected("the package is not a sound zip file: it names a place outside of itself") from None
        except (BadZipFile, NotImplementedError, ValueError, OverflowError, EOFError, struct.error) as error:
            raise _rejected(f"the package is not a sound zip file: {shown_name(str(error).encode())}") from None

    def _checked(self, archive: ZipFile) -> dict[str, ZipInfo]:
        """Files by path, in the order of their names. Raises PackageRejected."""
        infos = archive.infolist()
        if len(infos) > self._limits.max_files:
            raise _rejected(f"the package has {len(infos)} entries, more than {self._limits.max_files} ({FILES})")
        self._check_places(infos, archive.start_dir)
        entries: dict[str, ZipInfo] = {}
        for info in infos:
            path = self._path(info, entries)
            if path is None:
                continue
            self._check_entry(info, path)
            if path in entries:
                raise _rejected("is there twice", path)
            entries[path] = info
        _check_folders(entries)
        files = {path: info for path, info in sorted(entries.items()) if not path.endswith("/") and not _is_junk(path)}
        self._check_total(sum(info.file_size for info in files.values()))
        return files

    def _path(self, info: ZipInfo, taken: Container[str]) -> str | None:
        """None: its name is odd, and it is left out."""
        try:
            return entry_path(info)
        except BadName as error:
            if not error.odd:
                raise _rejected(error.reason, error.shown) from None
            if error.instead is not None and error.instead not in taken:
                self._left_out.append(error.renamed())
                return error.instead
            self._left_out.append(error.left_out())
            return None

    def _check_entry(self, info: ZipInfo, path: str) -> None:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind == stat.S_IFLNK and info.file_size > MAX_TARGET:
            raise _rejected(f"is a symbolic link to a name of more than {MAX_TARGET} bytes", path)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
            raise _rejected("is neither a file nor a folder", path)
        if path.endswith("/") and info.file_size:
            raise _rejected("is a folder, but has a content", path)
        if info.flag_bits & _ENCRYPTED:
            raise _rejected("is encrypted", path)
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or info.flag_bits & _PATCHED:
            raise _rejected(f"is packed by method {info.compress_type}: pack by 'deflate' or 'store'", path)
        if info.file_size > self._limits.max_file_size:
            limit = size_text(self._limits.max_file_size)
            raise _rejected(f"unpacks to {size_text(info.file_size)}, more than {limit} ({ONE_FILE})", path)

    def _check_total(self, total: int) -> None:
        limits = self._limits
        if total > limits.max_unpacked_size:
            limit = size_text(limits.max_unpacked_size)
            raise _rejected(f"the package unpacks to {size_text(total)}, more than {limit} ({UNPACKED})")
        if total > limits.ratio_free_size and total > limits.max_ratio * self._packed_size:
            raise _rejected(f"the package unpacks to more than {limits.max_ratio} times its size, as a zip bomb does")

    def _check_places(self, infos: list[ZipInfo], end: int) -> None:
        """No two entries may share bytes."""
        following = end
        for info in sorted(infos, key=lambda info: info.header_offset, reverse=True):
            name_size = len(info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437"))
            if info.header_offset + _LOCAL_HEADER_SIZE + name_size + info.compress_size > following:
                raise _rejected("overlaps with another entry", shown_name(info.filename.encode(errors="replace")))
            following = info.header_offset

    def _extract(self, archive: ZipFile, info: ZipInfo, path: str, number: int) -> UnpackedFile:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        size, digest = 0, hashlib.sha256()
        with os.fdopen(os.open(str(number), flags, 0o600, dir_fd=self._directory), "wb") as file:
            try:
                for chunk in _chunks(archive, info):
                    size += len(chunk)
                    if size > info.file_size:
                        break
                    file.write(chunk)
                    digest.update(chunk)
            except _DAMAGED as error:
                raise _rejected(f"is damaged: {shown_name(str(error).encode())}", path) from None
        if size != info.file_size:
            raise _rejected(f"is damaged: it claims to have {info.file_size} bytes, which is not so", path)
        return UnpackedFile(NumberedContent(self._directory, number, size), digest.digest())


def _is_link(info: ZipInfo) -> bool:
    return stat.S_IFMT(info.external_attr >> 16) == stat.S_IFLNK


def _target(archive: ZipFile, info: ZipInfo, path: str) -> str:
    """Where a link leads; the size has been checked."""
    try:
        return b"".join(_chunks(archive, info)).decode()
    except _DAMAGED as error:
        raise _rejected(f"is damaged: {shown_name(str(error).encode())}", path) from None


def _chunks(archive: ZipFile, info: ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as reader:
        while chunk := reader.read(_CHUNK_SIZE):
            yield chunk


def _check_folders(entries: dict[str, ZipInfo]) -> None:
    for path in entries:
        parts = path.removesuffix("/").split("/")
        for depth in range(1, len(parts) + path.endswith("/")):
            if "/".join(parts[:depth]) in entries:
                raise _rejected("is a file and a folder at once", "/".join(parts[:depth]))


def _is_junk(path: str) -> bool:
    """What file managers leave behind."""
    return not _JUNK.isdisjoint(path.split("/"))


def _rejected(message: str, file: str | None = None) -> PackageRejected:
    return PackageRejected(Complaint(message, file))
