"""A folder of this machine as a tar, which is how readers take packages.

Links stay links, so that the reader follows them only within the package; nothing is opened through one.
"""

import gzip
import os
import stat
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

from application.problems.packages import PackageRejected
from domain.problems.entities import Complaint
from domain.runs.units import size_text

LEFT_OUT = frozenset({".git", ".hg", ".svn", "__pycache__"})
"""Folders that are never part of a problem, and may be larger than it."""
_BLOCK = 512
Compression = Literal["", "gz"]
_LEVEL = 1
"""Quick; and even zeros stay far from the ratio by which a bomb is told."""


def pack_folder(
    folder: Path, file: BinaryIO, max_size: int, max_files: int, compression: Compression = "", top: str = ""
) -> None:
    """Write the tar of ``folder``, in constant memory; all of it in a folder ``top``, if that is not "".

    Raises PackageRejected when it has more than ``max_size`` bytes or ``max_files`` entries, or cannot be read.
    """
    size = count = 0
    with _opened(file, compression) as archive:
        for path, name, directory in _entries(folder.resolve()):  # the user's own link is followed
            status = os.stat(name, dir_fd=directory, follow_symlinks=False)
            count += 1
            size += status.st_size if stat.S_ISREG(status.st_mode) else 0
            if count > max_files:
                raise PackageRejected(
                    Complaint(f"the folder has more than {max_files} files (PROBA_MAX_PACKAGE_FILES)")
                )
            if size > max_size:
                limit = f"{size_text(max_size)} (PROBA_MAX_PACKAGE_UNPACKED_SIZE)"
                raise PackageRejected(Complaint(f"the files of the folder have more than {limit}"))
            try:
                _add(archive, f"{top}/{path}" if top else path, name, directory, status)
            except OSError as error:
                if error.filename is None:  # the tar cannot be written: not the package's fault
                    raise
                raise PackageRejected(Complaint(f"cannot be read: {error.strerror}", path)) from None
    if count == 0:
        raise PackageRejected(Complaint("the folder is empty"))


@contextmanager
def _opened(file: BinaryIO, compression: Compression) -> Iterator[tarfile.TarFile]:
    """The same files give the same bytes."""
    if compression == "":
        with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive:
            yield archive
        return
    with (
        gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=_LEVEL, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        yield archive


def packed_bound(max_size: int, max_files: int) -> int:
    """The most bytes that an uncompressed tar of so much has."""
    return max_size + max_files * 8 * _BLOCK + 1024 * 1024


def _entries(folder: Path) -> Iterator[tuple[str, str, int]]:
    """(path in the package, name, descriptor of its folder), in order; folders alone are nothing."""

    def fail(error: OSError) -> None:
        raise PackageRejected(Complaint(f"cannot be read: {error.strerror}", str(error.filename))) from None

    for parent, folders, files, directory in os.fwalk(folder, onerror=fail):
        links = [name for name in folders if stat.S_ISLNK(os.lstat(name, dir_fd=directory).st_mode)]
        folders[:] = sorted(set(folders) - LEFT_OUT)
        inside = os.path.relpath(parent, folder)
        for name in sorted([*files, *links]):
            yield (name if inside == "." else f"{inside}/{name}"), name, directory


def _add(archive: tarfile.TarFile, path: str, name: str, directory: int, status: os.stat_result) -> None:
    info = tarfile.TarInfo(path)
    info.mode = stat.S_IMODE(status.st_mode)
    if stat.S_ISLNK(status.st_mode):
        info.type, info.linkname = tarfile.SYMTYPE, os.readlink(name, dir_fd=directory)
        archive.addfile(info)
    elif stat.S_ISREG(status.st_mode):
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
        with os.fdopen(descriptor, "rb") as content:
            opened = os.fstat(descriptor)
            if not stat.S_ISREG(opened.st_mode):
                raise PackageRejected(Complaint("has changed while it was read", path))
            info.size = opened.st_size
            try:
                archive.addfile(info, content)
            except OSError as error:
                if error.errno is not None:
                    raise
                raise PackageRejected(Complaint("has changed while it was read", path)) from None
    else:
        raise PackageRejected(Complaint("is neither a file, nor a folder, nor a link", path))
