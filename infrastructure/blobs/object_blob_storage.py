"""Blobs as objects of a store: ``<first two digits>/<SHA-256>``, the same names as in a local directory.

Theory of operation: an object's name is known when all of it has been seen, so a stream is written to ``spool`` first,
and sent from there, in parts of 8 MiB, if the store does not have it. A store shows an object when all of it is there,
and acknowledges it when it is durable.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from obstore.store import ObjectStore

from application.blobs import BlobMissing
from application.exceptions import StorageUnavailable
from application.sandbox import Content
from domain.problems.files import BlobRef
from infrastructure.blobs.incoming_folder import IncomingFolder
from infrastructure.blobs.local_inventory import CONDEMNED
from infrastructure.blobs.object_content import ObjectContent
from infrastructure.blobs.object_store import NO_BUCKET, store_errors_are_named
from infrastructure.blobs.receiving import received

if TYPE_CHECKING:
    from obstore import ObjectMeta

_PART_SIZE = 8 * 1024 * 1024
_PARTS_AT_ONCE = 2
_REQUESTS_AT_ONCE = 16
_YOUNG = timedelta(hours=1)


class ObjectBlobStorage:
    """``application.blobs.BlobStorage`` in ``store``; ``spool`` is a directory on a local disk."""

    def __init__(self, store: ObjectStore, spool: Path) -> None:
        self._store = store
        self._incoming = IncomingFolder(spool.absolute())
        self._requests = asyncio.Semaphore(_REQUESTS_AT_ONCE)

    async def put_many(self, contents: Sequence[bytes]) -> list[BlobRef]:
        """Raises StorageUnavailable, StorageFull."""
        refs = [BlobRef(hashlib.sha256(content).digest(), len(content)) for content in contents]
        try:
            async with asyncio.TaskGroup() as group:
                for ref, content in dict(zip(refs, contents, strict=True)).items():
                    group.create_task(self._put_if_missing(ref, content))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return refs

    async def put_stream(self, chunks: AsyncIterator[bytes], max_size: int) -> BlobRef:
        """Raises BlobTooLarge, StorageUnavailable, StorageFull (of the spool, too), and what ``chunks`` raises."""
        async with received(self._incoming, chunks, max_size) as incoming:
            ref = BlobRef(incoming.digest, incoming.size)
            await self._put_if_missing(ref, incoming.path)
        return ref

    async def open(self, ref: BlobRef) -> Content:
        """Raises BlobMissing, StorageUnavailable."""
        if not await self._has(ref):
            raise BlobMissing(ref.digest)
        return ObjectContent(self._store, _key(ref.digest), ref.size, ref.digest)

    async def read_head(self, ref: BlobRef, size: int) -> bytes:
        """Raises BlobMissing, StorageUnavailable."""
        if min(size, ref.size) == 0:
            await self.open(ref)
            return b""
        try:
            return await self._range(ref, size)
        except FileNotFoundError:
            await self.open(ref)  # it may have been moved aside
        return await self._range(ref, size)

    async def _range(self, ref: BlobRef, size: int) -> bytes:
        with store_errors_are_named():
            return bytes(await self._store.get_range_async(_key(ref.digest), start=0, length=min(size, ref.size)))

    async def _put_if_missing(self, ref: BlobRef, content: bytes | Path) -> None:
        async with self._requests:
            if await self._has(ref, young=True):
                return
            try:
                with store_errors_are_named():
                    await self._store.put_async(
                        _key(ref.digest), content, chunk_size=_PART_SIZE, max_concurrency=_PARTS_AT_ONCE
                    )
            except FileNotFoundError as error:
                raise StorageUnavailable(NO_BUCKET) from error

    async def _has(self, ref: BlobRef, *, young: bool = False) -> bool:
        """Whether it is there, in the right size. ``young``: and was put a short while ago, so that nobody takes it for
        garbage before its row is committed; what is older is put again.
        """
        try:
            with store_errors_are_named():
                found = await self._head(ref)
        except FileNotFoundError:
            return False
        return found["size"] == ref.size and not (young and datetime.now(UTC) - found["last_modified"] > _YOUNG)

    async def _head(self, ref: BlobRef) -> "ObjectMeta":
        key = _key(ref.digest)
        try:
            return await self._store.head_async(key)
        except FileNotFoundError:
            await self._store.copy_async(f"{CONDEMNED}/{ref.digest.hex()}", key)  # moved aside as unreferred to
        return await self._store.head_async(key)


def _key(digest: bytes) -> str:
    name = digest.hex()
    return f"{name[:2]}/{name}"
