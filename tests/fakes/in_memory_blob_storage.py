import hashlib
from collections.abc import AsyncIterator, Sequence

from application.blobs import BlobMissing, BlobTooLarge
from application.contents import BytesContent
from application.sandbox import Content
from domain.problems.files import BlobRef


class InMemoryBlobStorage:
    """A dictionary; ``batches`` and ``streams`` say how contents came."""

    def __init__(self) -> None:
        self.stored: dict[BlobRef, bytes] = {}
        self.batches: list[int] = []
        self.streams = 0

    async def put_many(self, contents: Sequence[bytes]) -> list[BlobRef]:
        self.batches.append(len(contents))
        return [self._put(content) for content in contents]

    async def put_stream(self, chunks: AsyncIterator[bytes], max_size: int) -> BlobRef:
        self.streams += 1
        content = b"".join([chunk async for chunk in chunks])
        if len(content) > max_size:
            raise BlobTooLarge(max_size)
        return self._put(content)

    async def open(self, ref: BlobRef) -> Content:
        if ref not in self.stored:
            raise BlobMissing(ref.digest)
        return BytesContent(self.stored[ref])

    async def read_head(self, ref: BlobRef, size: int) -> bytes:
        if ref not in self.stored:
            raise BlobMissing(ref.digest)
        return self.stored[ref][:size]

    def _put(self, content: bytes) -> BlobRef:
        ref = BlobRef(hashlib.sha256(content).digest(), len(content))
        self.stored[ref] = content
        return ref
