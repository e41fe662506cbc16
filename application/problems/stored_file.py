import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from application.blobs import BlobStorage
from application.sandbox import Content
from domain.problems.files import BlobRef

CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a revision, to be read in constant memory. ``format``: a statement's, when it is the text itself."""

    name: str
    ref: BlobRef
    blobs: BlobStorage = field(repr=False)
    format: str = ""

    async def open(self) -> AsyncIterator[bytes]:
        """Its bytes in parts, once. Raises BlobMissing now, not with the first part."""
        return _chunks(await self.blobs.open(self.ref))


async def _chunks(content: Content) -> AsyncIterator[bytes]:
    try:
        with await asyncio.to_thread(content.open) as reader:
            while chunk := await asyncio.to_thread(reader.read, CHUNK):
                yield chunk
    finally:
        content.close()
