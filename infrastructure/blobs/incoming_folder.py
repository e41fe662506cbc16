import errno
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from application.exceptions import StorageFull
from infrastructure.blobs.incoming_file import IncomingFile

_LEFTOVER_AGE_SECONDS = 24 * 3600.0
"""What lies there for so long was left by a process that died; no upload takes so long."""
FULL = (errno.ENOSPC, errno.EDQUOT) if sys.platform != "win32" else (errno.ENOSPC,)


class IncomingFolder:
    """Where files lie that are not whole yet; made, and swept, when first needed. Processes may share it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ready = False
        self._preparing = Lock()

    def new_file(self) -> IncomingFile:
        """An empty one under a random name. Raises OSError."""
        if not self._ready:
            self._prepare()
        return IncomingFile(self.path / secrets.token_hex(16))

    def _prepare(self) -> None:
        with self._preparing:
            self.path.mkdir(parents=True, exist_ok=True)
            oldest = time.time() - _LEFTOVER_AGE_SECONDS
            with os.scandir(self.path) as entries:
                for entry in entries:
                    with suppress(OSError):  # another process may clean up, too
                        if entry.stat(follow_symlinks=False).st_mtime < oldest:
                            Path(entry.path).unlink()
            self._ready = True


@contextmanager
def full_disk_is_named(place: Path) -> Iterator[None]:
    """Raises StorageFull in place of the system's error."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull(f"no room left in {place}") from error
        raise
