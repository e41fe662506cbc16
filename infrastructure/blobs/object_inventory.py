import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from obstore.store import ObjectStore

from application.retention.blob_inventory import StoredBlob
from infrastructure.blobs.local_inventory import CONDEMNED
from infrastructure.blobs.object_store import store_errors_are_named

_REQUESTS_AT_ONCE = 16
_LISTED_AT_ONCE = 1000


class ObjectInventory:
    """``application.retention.blob_inventory.BlobInventory`` of an object store: what is condemned is copied to a
    prefix of its own.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._requests = asyncio.Semaphore(_REQUESTS_AT_ONCE)

    async def kept(self) -> AsyncIterator[Sequence[StoredBlob]]:
        """As the store lists them."""
        async for blobs in self._list(None):
            yield blobs

    async def condemned(self) -> AsyncIterator[Sequence[StoredBlob]]:
        """As the store lists them."""
        async for blobs in self._list(CONDEMNED):
            yield blobs

    async def condemn(self, digests: Collection[bytes]) -> None:
        """The copy is young."""
        await self._each(digests, lambda name: self._move(f"{name[:2]}/{name}", f"{CONDEMNED}/{name}"))

    async def restore(self, digests: Collection[bytes]) -> None:
        """Young again."""
        await self._each(digests, lambda name: self._move(f"{CONDEMNED}/{name}", f"{name[:2]}/{name}"))

    async def destroy(self, digests: Collection[bytes]) -> None:
        """Of condemned ones alone."""
        await self._each(digests, lambda name: self._store.delete_async(f"{CONDEMNED}/{name}"))

    async def _list(self, prefix: str | None) -> AsyncIterator[Sequence[StoredBlob]]:
        now = datetime.now(UTC)
        with store_errors_are_named():
            async for objects in self._store.list(prefix, chunk_size=_LISTED_AT_ONCE):
                found = []
                for one in objects:
                    folder, _, name = one["path"].rpartition("/")
                    with suppress(ValueError):
                        if (folder == CONDEMNED) == (prefix == CONDEMNED):
                            age = max(now - one["last_modified"], timedelta(0))
                            found.append(StoredBlob(bytes.fromhex(name), one["size"], age))
                yield found

    async def _each(self, digests: Collection[bytes], act: Callable[[str], Awaitable[object]]) -> None:
        async def one(digest: bytes) -> None:
            async with self._requests:
                with suppress(FileNotFoundError), store_errors_are_named():
                    await act(digest.hex())

        await asyncio.gather(*(one(digest) for digest in digests))

    async def _move(self, source: str, target: str) -> None:
        await self._store.copy_async(source, target)
        await self._store.delete_async(source)
