"""Getting bytes and names onto the disk, as well as each system can."""

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

_SYNC_EACH_UP_TO = 16
"""So many files are flushed one by one; for more, one flush of the whole file system costs less."""


def flush_files(files: list[Path], directory: Path) -> None:
    """Return when the contents of ``files``, all on the file system of ``directory``, are durable. Raises OSError."""
    if len(files) > _SYNC_EACH_UP_TO and _sync_file_system(directory):
        return
    for file in files:
        flush_file(file)


def flush_file(file: Path) -> None:
    """Return when the content of ``file`` is durable. Raises OSError."""
    # Windows flushes only through a descriptor that may write
    descriptor = os.open(file, os.O_RDWR | getattr(os, "O_BINARY", 0) if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_directories(directories: Iterable[Path], root: Path) -> None:
    """Return when the names in ``directories`` are durable. Raises OSError. Windows has nothing of the kind."""
    if sys.platform == "win32":
        return
    wanted = list(directories)
    if len(wanted) > _SYNC_EACH_UP_TO and _sync_file_system(root):
        return
    for directory in wanted:
        flush_file(directory)


def _sync_file_system(directory: Path) -> bool:
    """Whether the system could flush the whole file system that holds ``directory``. Raises OSError when it failed."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        syncfs = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return False
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(directory))
    finally:
        os.close(descriptor)
    return True
