import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from infrastructure.embedded.directory_lock import DirectoryLock, is_locked

LEFT_SECONDS = 24 * 3600.0
"""Over a network file system another machine's lock may not be seen: what is younger may be in use."""


@contextmanager
def workplace(parent: Path, prefix: str) -> Iterator[Path]:
    """A directory for what is half done, gone at the end of the block. Those of processes that were killed are removed
    first, when a day has gone by.
    """
    for path in parent.glob(f"{prefix}*"):
        if _is_left(path):
            shutil.rmtree(path, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=parent) as name, DirectoryLock(Path(name)):
        yield Path(name)


def _is_left(path: Path) -> bool:
    with suppress(OSError):
        found = path.lstat()
        old = found.st_mtime < time.time() - LEFT_SECONDS
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and old and not is_locked(path)
    return False
