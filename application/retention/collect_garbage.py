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


class NothingReferred(Exception):
    """No row names any of the stored blobs: rather a wrong database, or a wrong place, than that much garbage."""

    def __init__(self, kept: int) -> None:
        super().__init__(kept)
        self.kept = kept

    def __str__(self) -> str:
        return (
            f"no row of the database names any of the {self.kept} stored files: do they belong to another database "
            "(PROBA_DATABASE_URL, PROBA_DATA_DIR, PROBA_BLOBS_URL)? Nothing was done; --everything does it all the same"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectGarbage:
    """Blobs that no row refers to: condemned at first, destroyed by a run that comes ``grace`` later."""

    inventory: BlobInventory
    references: BlobReferences

    async def __call__(
        self,
        grace: timedelta,
        *,
        dry_run: bool = False,
        everything: bool = False,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Garbage:
        """``grace``: longer than any import or request takes from its first blob to its commit. ``progress`` hears how
        many blobs have been looked at. Raises StorageUnavailable; NothingReferred, unless ``everything`` may go.
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
        if unwanted and len(unwanted) == garbage.kept and not wanted and not everything:
            raise NothingReferred(garbage.kept)
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
