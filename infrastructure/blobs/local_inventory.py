import os
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from application.retention.blob_inventory import StoredBlob
from infrastructure.threads import in_thread

CONDEMNED = "condemned"
"""The folder beside those of the blobs."""


class LocalInventory:
    """``application.retention.blob_inventory.BlobInventory`` of a local or shared directory."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    async def kept(self) -> AsyncIterator[Sequence[StoredBlob]]:
        """A folder at a time."""
        for number in range(256):
            yield await in_thread(self._look, self._root / f"{number:02x}")

    async def condemned(self) -> AsyncIterator[Sequence[StoredBlob]]:
        """All at once: there are few."""
        yield await in_thread(self._look, self._root / CONDEMNED)

    async def condemn(self, digests: Collection[bytes]) -> None:
        """Touched first: its age is then that of its condemnation."""
        await in_thread(self._each, digests, self._condemn)

    async def restore(self, digests: Collection[bytes]) -> None:
        """Young again."""
        await in_thread(self._each, digests, self._restore)

    async def destroy(self, digests: Collection[bytes]) -> None:
        """Of condemned ones alone."""
        await in_thread(self._each, digests, self._destroy)

    def _look(self, folder: Path) -> list[StoredBlob]:
        with suppress(FileNotFoundError), os.scandir(folder) as entries:
            return list(_blobs(entries))
        return []

    def _each(self, digests: Collection[bytes], act: Callable[[Path, Path], None]) -> None:
        (self._root / CONDEMNED).mkdir(exist_ok=True, parents=True)
        for digest in digests:
            name = digest.hex()
            with suppress(FileNotFoundError):
                act(self._root / name[:2] / name, self._root / CONDEMNED / name)

    @staticmethod
    def _condemn(place: Path, aside: Path) -> None:
        os.utime(place)
        place.replace(aside)

    @staticmethod
    def _restore(place: Path, aside: Path) -> None:
        os.utime(aside)
        aside.replace(place)

    @staticmethod
    def _destroy(place: Path, aside: Path) -> None:  # noqa: ARG004  # as the others
        aside.unlink()


def _blobs(entries: Iterator["os.DirEntry[str]"]) -> Iterator[StoredBlob]:
    now = time.time()
    for entry in entries:
        with suppress(FileNotFoundError, ValueError):
            digest = bytes.fromhex(entry.name)
            status = entry.stat(follow_symlinks=False)
            yield StoredBlob(digest, status.st_size, timedelta(seconds=max(now - status.st_mtime, 0)))
