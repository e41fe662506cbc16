"""User ids for the slots, so that two workers of one machine never share one.

A shared id would make RLIMIT_NPROC count the neighbours' processes, and where there are no PID namespaces one slot's
end would be its neighbour's. An id is held by a lock on a file in a directory of root's own, that nobody else takes;
the kernel gives it back however that process ends.
"""

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path

from infrastructure.sandbox.launcher_process import LauncherFailed

DIRECTORIES = (Path("/run/proba-slot-users"), Path("/dev/shm/proba-slot-users"))  # noqa: S108  # root's alone, or refused
"""The second is for containers in which nothing else can be written to."""
_TRIES = 1000


class SlotUser:
    """One id, held until closed. An ordinary user needs none: there a user namespace takes its place."""

    def __init__(self, base: int, directories: tuple[Path, ...] = DIRECTORIES) -> None:
        """Take the first free id from ``base`` on. Raises LauncherFailed when a thousand of them are taken."""
        self.uid = base
        self._lock: int | None = None
        if os.geteuid():
            return
        place = _open_first(directories)
        try:
            for uid in range(base, base + _TRIES):
                lock = os.open(str(uid), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=place)
                with suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self.uid, self._lock = uid, lock
                    return
                os.close(lock)
        finally:
            os.close(place)
        raise LauncherFailed("taking a user id", errno.EBUSY, f"{base} to {base + _TRIES - 1}")

    def close(self) -> None:
        """Give it back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _open_first(directories: tuple[Path, ...]) -> int:
    for directory in directories[:-1]:
        with suppress(LauncherFailed):
            return _open_directory(directory)
    return _open_directory(directories[-1])


def _open_directory(directory: Path) -> int:
    """Raises LauncherFailed when it cannot be made, or others than root could put locks there."""
    try:
        with suppress(FileExistsError):
            directory.mkdir(mode=0o700)
        place = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise LauncherFailed("taking a user id", error.errno or 0, str(directory)) from error
    found = os.fstat(place)
    if found.st_uid or found.st_mode & 0o022:
        os.close(place)
        raise LauncherFailed("taking a user id", errno.EPERM, f"{directory} is not root's alone")
    return place
