import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from infrastructure.embedded.directory_lock import DirectoryLock, is_locked
from infrastructure.embedded.exceptions import DirectoryInUse

PRIVATE = 0o700
LEFT_SECONDS = 24 * 3600.0
"""Over a network file system another machine's lock may not be seen: what is younger may be in use."""


@contextmanager
def workplace(parent: Path, prefix: str) -> Iterator[Path]:
    """A directory for what is half done, gone at the end of the block. Those of processes that were killed are removed
    first, when a day has gone by.
    """
    names_of_ours = re.compile(re.escape(prefix) + "[a-z0-9_]{8}")  # as tempfile makes them
    with suppress(OSError):
        for path in parent.iterdir():
            if names_of_ours.fullmatch(path.name) and _is_left(path):
                shutil.rmtree(path, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=parent) as name, ExitStack() as held:
        with suppress(DirectoryInUse):  # nobody else knows of it: there are no locks on this file system
            held.enter_context(DirectoryLock(Path(name)))
        yield Path(name)


def _is_left(path: Path) -> bool:
    with suppress(OSError):
        found = path.lstat()
        ours = found.st_mode == stat.S_IFDIR | PRIVATE and found.st_uid == os.geteuid()
        return ours and found.st_mtime < time.time() - LEFT_SECONDS and not is_locked(path)
    return False
