"""What is moved aside, taken back and destroyed, in a directory and in an object store."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from obstore.store import LocalStore

from application.blobs import BlobMissing, BlobStorage
from application.retention.blob_inventory import BlobInventory
from application.retention.collect_garbage import CollectGarbage, NothingReferred
from infrastructure.blobs.local_blob_storage import LocalBlobStorage
from infrastructure.blobs.local_inventory import LocalInventory
from infrastructure.blobs.object_blob_storage import ObjectBlobStorage
from infrastructure.blobs.object_inventory import ObjectInventory

GRACE = timedelta(hours=24)
Kind = tuple[BlobStorage, BlobInventory, Path]


def local(tmp_path: Path) -> Kind:
    root = tmp_path / "blobs"
    return LocalBlobStorage(root), LocalInventory(root), root


def objects(tmp_path: Path) -> Kind:
    store = LocalStore(tmp_path / "objects", mkdir=True)
    return ObjectBlobStorage(store, tmp_path / "spool"), ObjectInventory(store), tmp_path / "objects"


class References:
    def __init__(self) -> None:
        self.found: set[bytes] = set()

    async def digests(self) -> set[bytes]:
        return set(self.found)


@pytest.fixture(params=[local, objects], ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Kind:
    make: Callable[[Path], Kind] = request.param
    return make(tmp_path)


def age(root: Path, hours: float) -> None:
    """Everything that is stored now, aside or not, has lain there for so long."""
    then = time.time() - hours * 3600
    for path in root.rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))


async def test_what_nothing_refers_to_goes_in_two_steps(kind: Kind) -> None:
    storage, inventory, root = kind
    references = References()
    collect = CollectGarbage(inventory=inventory, references=references)
    used, unused = await storage.put_many([b"used", b"unused"])
    references.found = {used.digest}
    young = await collect(GRACE)
    assert (young.kept, young.condemned, young.destroyed) == (2, 0, 0)
    age(root, 25)
    rehearsed = await collect(GRACE, dry_run=True)
    assert (rehearsed.condemned, rehearsed.condemned_size) == (1, 6)
    first = await collect(GRACE)
    assert (first.kept, first.condemned, first.destroyed) == (1, 1, 0)
    if isinstance(storage, ObjectBlobStorage):
        age(root, 0)  # as copies in real object stores are; a LocalStore keeps the times
    assert (await collect(GRACE)).destroyed == 0, "aside for a moment only"
    age(root, 25)
    second = await collect(GRACE)
    assert (second.destroyed, second.destroyed_size, second.kept) == (1, 6, 1)
    with pytest.raises(BlobMissing):
        await storage.open(unused)
    assert await storage.read_head(used, 9) == b"used"


async def test_what_was_moved_aside_is_taken_back_by_whoever_needs_it(kind: Kind) -> None:
    storage, inventory, root = kind
    collect = CollectGarbage(inventory=inventory, references=References())
    opened, put, read, left = await storage.put_many([b"opened", b"put", b"read", b"left"])
    age(root, 25)
    with pytest.raises(NothingReferred):
        await collect(GRACE)
    assert (await collect(GRACE, everything=True)).condemned == 4
    (await storage.open(opened)).close()
    assert await storage.put_many([b"put"]) == [put]
    assert await storage.read_head(read, 9) == b"read"
    references = References()
    references.found = {left.digest}
    age(root, 0)
    found = await CollectGarbage(inventory=inventory, references=references)(GRACE)
    assert found.restored >= 1
    assert await storage.read_head(left, 9) == b"left"
    assert await storage.read_head(put, 9) == b"put"


async def test_putting_what_is_there_makes_it_young(kind: Kind) -> None:
    storage, inventory, root = kind
    collect = CollectGarbage(inventory=inventory, references=References())
    (blob,) = await storage.put_many([b"again"])
    age(root, 1000)
    assert await storage.put_many([b"again"]) == [blob]
    assert (await collect(GRACE)).condemned == 0
