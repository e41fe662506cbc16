"""Gateway to the stored blobs as a whole, for whoever clears up.

Theory of operation. A blob is put before the row that refers to it is committed, and may be one that has lain there
for years: so nothing is destroyed at once. What is old and unreferred to is condemned: moved aside, from where whoever
opens or puts it takes it back. Only what has been condemned for longer than any transaction lasts, and still is not
referred to, is destroyed. Putting a blob that is there makes it young again.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """``age``: since it was put last, or condemned."""

    digest: bytes
    size: int
    age: timedelta


class BlobInventory(Protocol):
    """All of it may run beside puts and opens. Raises StorageUnavailable where the store is a server."""

    def kept(self) -> AsyncIterator[Sequence[StoredBlob]]:
        """All that are stored, some at a time, in no order."""

    def condemned(self) -> AsyncIterator[Sequence[StoredBlob]]:
        """All that were moved aside."""

    async def condemn(self, digests: Collection[bytes]) -> None:
        """Move aside; silent for what is not there."""

    async def restore(self, digests: Collection[bytes]) -> None:
        """Move back."""

    async def destroy(self, digests: Collection[bytes]) -> None:
        """For ever, of what was condemned."""


class BlobReferences(Protocol):
    """What the database refers to."""

    async def digests(self) -> set[bytes]:
        """Of every blob that some row names, as of now."""
