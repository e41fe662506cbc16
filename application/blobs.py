"""Gateway to content-addressed files: tests, answers, uploaded packages."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from application.sandbox import Content
from domain.problems.files import BlobRef


class BlobMissing(Exception):
    """A blob that the database names is not in the storage: our fault."""

    def __init__(self, digest: bytes) -> None:
        super().__init__(digest)
        self.digest = digest

    def __str__(self) -> str:
        return f"the blob {self.digest.hex()} is missing from the storage"


class BlobDamaged(Exception):
    """A blob that came from the storage has other bytes than its digest says: our fault."""

    def __init__(self, digest: bytes) -> None:
        super().__init__(digest)
        self.digest = digest

    def __str__(self) -> str:
        return f"the blob {self.digest.hex()} came damaged from the storage"


class BlobTooLarge(Exception):
    """A stream gave more than it was allowed to."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class BlobStorage(Protocol):
    """Equal bytes are stored once. What was put is durable when the call returns; nothing half-written is ever seen."""

    async def put_many(self, contents: Sequence[bytes]) -> list[BlobRef]:
        """Store small contents; one flush to disk for all."""

    async def put_stream(self, chunks: AsyncIterator[bytes], max_size: int) -> BlobRef:
        """Store a stream in constant memory. Raises BlobTooLarge (then nothing is kept)."""

    async def open(self, ref: BlobRef) -> Content:
        """Its bytes. Raises BlobMissing; a storage that is not on this machine also StorageUnavailable, BlobDamaged."""

    async def read_head(self, ref: BlobRef, size: int) -> bytes:
        """The first ``size`` bytes. Raises BlobMissing."""
