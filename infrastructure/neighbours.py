import fcntl
import logging
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from uuid import UUID

from domain.workers.entities import WorkerId

log = logging.getLogger(__name__)

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class LockedNeighbours:
    """``application.workers.neighbours.Neighbours``: each worker holds a lock on a file of its own in a directory that
    those of one machine share. The kernel lets go of it when the process ends.

    Names begin with the id of the machine's boot: over a network file system another machine's locks may not be seen,
    and nobody must be taken for dead by that.
    """

    def __init__(self, directory: Path, worker_id: WorkerId, boot_id: str) -> None:
        self._directory = directory
        self._prefix = f"{boot_id}."
        self._own = f"{self._prefix}{worker_id}"
        self._held = ExitStack()

    def appear(self) -> None:
        """Without a place for its file a worker's jobs are given back when their lease runs out."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._directory / self._own, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
            self._held.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            log.warning("should this worker be killed, its jobs wait for their lease to run out: %s", error)

    def close(self) -> None:
        """A graceful end: nothing is left to be given back."""
        with suppress(OSError):
            (self._directory / self._own).unlink(missing_ok=True)
        self._held.close()

    @asynccontextmanager
    async def gone(self) -> AsyncIterator[Sequence[WorkerId]]:
        """Those whose lock can be had."""
        with ExitStack() as locks:
            found = self._unlocked(locks)
            yield tuple(found)
            for path in found.values():
                path.unlink(missing_ok=True)

    def _unlocked(self, locks: ExitStack) -> dict[WorkerId, Path]:
        found: dict[WorkerId, Path] = {}
        with suppress(OSError):
            for path in self._directory.glob(f"{self._prefix}*"):
                if path.name != self._own and _lock(path, locks):
                    with suppress(ValueError):
                        found[WorkerId(UUID(path.name.removeprefix(self._prefix)))] = path
        return found


def _lock(path: Path, locks: ExitStack) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return False
    locks.callback(os.close, descriptor)
    return True
