from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from application.retention.blob_inventory import BlobInventory, BlobReferences, StoredBlob


@dataclass(slots=True)
class Garbage:
    """Files and bytes of one run. ``condemned`` are destroyed by a later one."""

    kept: int = 0
    condemned: int = 0
    condemned_size: int = 0
    restored: int = 0
    destroyed: int = 0
    destroyed_size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectGarbage:
    """Blobs that no row refers to: condemned at first, destroyed by a run that comes ``grace`` later."""

    inventory: BlobInventory
    references: BlobReferences

    async def __call__(
        self, grace: timedelta, *, dry_run: bool = False, progress: Callable[[int], None] = lambda _: None
    ) -> Garbage:
        """``grace``: longer than any import or request takes from its first blob to its commit. ``progress`` hears how
        many blobs have been looked at. Raises StorageUnavailable.
        """
        garbage = Garbage()
        # first the list, then the rows: what was put after the list is none of its
        old = [blob async for blob in _flat(self.inventory.condemned())]
        candidates: list[StoredBlob] = []
        async for blobs in self.inventory.kept():
            garbage.kept += len(blobs)
            candidates += [blob for blob in blobs if blob.age > grace]
            progress(garbage.kept)
        referred = await self.references.digests()
        wanted = [blob for blob in old if blob.digest in referred]
        over = [blob for blob in old if blob.digest not in referred and blob.age > grace]
        unwanted = [blob for blob in candidates if blob.digest not in referred]
        garbage.restored = len(wanted)
        garbage.destroyed, garbage.destroyed_size = len(over), sum(blob.size for blob in over)
        garbage.condemned, garbage.condemned_size = len(unwanted), sum(blob.size for blob in unwanted)
        garbage.kept += garbage.restored - garbage.condemned
        if not dry_run:
            await self.inventory.restore([blob.digest for blob in wanted])
            await self.inventory.destroy([blob.digest for blob in over])
            await self.inventory.condemn([blob.digest for blob in unwanted])
        return garbage


async def _flat(parts: AsyncIterator[Sequence[StoredBlob]]) -> AsyncIterator[StoredBlob]:
    async for part in parts:
        for blob in part:
            yield blob
