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

PARENTS = (Path("/run"), Path("/dev/shm"))  # noqa: S108  # what is made in them is root's alone, or refused
"""The second is for containers in which nothing else can be written to."""
STEP = "taking a user id"
CURE = "mount -t tmpfs tmpfs /dev/shm (or a /run that root may write to), and nothing there of another user"
_TRIES = 1000


def directories(parents: tuple[Path, ...] = PARENTS) -> tuple[Path, ...]:
    """Where the locks of whoever is root here can be.

    Who is root of a user namespace only has a directory of its own, named by the user that it is outside: the ids are
    others than those of the machine's root, and /dev/shm may be the one that all of them see.
    """
    return tuple(parent / f"proba-slot-users{_whose()}" for parent in parents)


def _whose() -> str:
    """Empty for the machine's root. The map's line: first id here, first id outside, how many (user_namespaces(7))."""
    with suppress(OSError):
        for line in Path("/proc/self/uid_map").read_text().splitlines():
            here, outside, _ = line.split()
            if here == "0" and outside != "0":
                return f"-{outside}"
    return ""


class SlotUser:
    """One id, held until closed. An ordinary user needs none: there a user namespace takes its place."""

    def __init__(self, base: int, places: tuple[Path, ...] | None = None) -> None:
        """Take the first free id from ``base`` on. Raises LauncherFailed when a thousand of them are taken."""
        self.uid = base
        self._lock: int | None = None
        if os.geteuid():
            return
        place = _open_first(directories() if places is None else places)
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
        raise LauncherFailed(STEP, errno.EBUSY, f"{base} to {base + _TRIES - 1}")

    def close(self) -> None:
        """Give it back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _open_first(places: tuple[Path, ...]) -> int:
    for place in places[:-1]:
        with suppress(LauncherFailed):
            return _open_directory(place)
    return _open_directory(places[-1])


def _open_directory(directory: Path) -> int:
    """Raises LauncherFailed when it cannot be made, or others than root could put locks there."""
    try:
        with suppress(FileExistsError):
            directory.mkdir(mode=0o700)
        place = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise LauncherFailed(STEP, error.errno or 0, str(directory)) from error
    found = os.fstat(place)
    if found.st_uid or found.st_mode & 0o022:
        os.close(place)
        raise LauncherFailed(STEP, errno.EPERM, f"{directory} is not root's alone")
    return place
