import asyncio
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pytest

from application.blobs import BlobDamaged, BlobTooLarge
from application.contents import BytesContent
from application.exceptions import StorageFull, StorageUnavailable
from application.sandbox import Content
from domain.problems.files import BlobRef
from infrastructure.blobs.cached_blob_storage import CachedBlobStorage
from tests.fakes.in_memory_blob_storage import InMemoryBlobStorage

KIB = 1024


class Gate(BytesContent):
    """Bytes that come when they are let through."""

    passing = threading.Event()

    def open(self) -> BinaryIO:
        assert self.passing.wait(10)
        return super().open()


class FarStorage(InMemoryBlobStorage):
    """Counts what is fetched, and can be slow, damaged or gone."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[BlobRef] = []
        self.damaged = 0
        self.gate: threading.Event | None = None

    async def open(self, ref: BlobRef) -> Content:
        self.opened.append(ref)
        content = await super().open(ref)
        assert isinstance(content, BytesContent)
        if self.damaged > 0:
            self.damaged -= 1
            return BytesContent(bytes(content.size))
        if self.gate is not None:
            Gate.passing = self.gate
            return Gate(content.data)
        return content


@pytest.fixture
def far() -> FarStorage:
    return FarStorage()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "cache"


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def kept(root: Path) -> set[str]:
    return {path.name for path in root.rglob("*") if path.is_file()}


def names(refs: Sequence[BlobRef]) -> set[str]:
    return {ref.digest.hex() for ref in refs}


async def read(storage: CachedBlobStorage, ref: BlobRef) -> bytes:
    content = await storage.open(ref)
    with content.open() as file:
        data = file.read()
    content.close()
    return data


def used(root: Path, ref: BlobRef, seconds_ago: float) -> None:
    (path,) = root.rglob(ref.digest.hex())
    os.utime(path, (time.time() - seconds_ago,) * 2)


async def test_what_was_fetched_is_not_fetched_again_by_this_process_or_the_next(far: FarStorage, root: Path) -> None:
    refs = await far.put_many([b"one", b"two", b""])
    storage, another = (CachedBlobStorage(far, root, 1000 * KIB) for _ in range(2))
    for one in (storage, another):
        assert [await read(one, ref) for ref in refs] == [b"one", b"two", b""]
    assert far.opened == refs
    far.stored.clear()
    assert await storage.read_head(refs[0], 2) == b"on"


async def test_what_is_put_through_it_need_not_be_fetched(far: FarStorage, root: Path) -> None:
    storage = CachedBlobStorage(far, root, 1000 * KIB)
    large = os.urandom(300 * KIB)
    refs = [*await storage.put_many([b"one", b"two", b"one", b""]), await storage.put_stream(stream(large), 1000 * KIB)]
    assert [await read(storage, ref) for ref in refs] == [b"one", b"two", b"one", b"", large]
    assert far.opened == []
    assert kept(root) == names(refs)
    with pytest.raises(BlobTooLarge):
        await storage.put_stream(stream(b"much", b"too much"), 5)
    assert kept(root) == names(refs)


async def test_what_is_too_large_for_it_is_put_all_the_same(far: FarStorage, root: Path) -> None:
    storage = CachedBlobStorage(far, root, 100 * KIB)
    large = os.urandom(300 * KIB)
    ref = await storage.put_stream(stream(large[:1000], large[1000:]), 1000 * KIB)
    assert [ref] == await storage.put_many([large])
    assert far.stored[ref] == large
    assert kept(root) == set()


async def test_what_was_used_longest_ago_goes_first(far: FarStorage, root: Path) -> None:
    refs = await far.put_many([bytes([n]) * 64 * KIB for n in range(5)])
    storage = CachedBlobStorage(far, root, 256 * KIB)
    for age, ref in enumerate(refs[:4]):
        await read(storage, ref)
        used(root, ref, 1000 - age)
    await read(storage, refs[0])  # used now, so that the second is the oldest
    await read(storage, refs[4])
    assert kept(root) == names([refs[0], *refs[2:]])
    await read(storage, refs[1])
    assert kept(root) == names([refs[0], refs[1], *refs[3:]])
    assert far.opened == [*refs, refs[1]]


async def test_it_stays_within_its_limit_with_others_in_the_same_place(far: FarStorage, root: Path) -> None:
    refs = await far.put_many([os.urandom(10_000) for _ in range(60)])
    storages = [CachedBlobStorage(far, root, 320 * KIB) for _ in range(2)]
    for n, ref in enumerate(refs):
        await read(storages[n % 2], ref)
        assert sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) <= 320 * KIB * 17 // 16
    assert len(kept(root)) > 15


async def test_readers_survive_eviction(far: FarStorage, root: Path) -> None:
    first, second = await far.put_many([os.urandom(60 * KIB), os.urandom(60 * KIB)])
    storage = CachedBlobStorage(far, root, 64 * KIB)
    content = await storage.open(first)
    reader = content.open()
    assert len(reader.read(KIB)) == KIB
    assert await read(storage, second) == far.stored[second]
    assert kept(root) == names([second])
    assert len(reader.read()) == 59 * KIB
    reader.close()
    with content.open() as again:
        assert again.read() == far.stored[first]
    content.close()
    with pytest.raises(ValueError, match="closed"):
        content.open()


async def test_many_who_want_the_same_wait_for_one_download(far: FarStorage, root: Path) -> None:
    (ref,) = await far.put_many([os.urandom(100 * KIB)])
    far.gate = threading.Event()
    storage = CachedBlobStorage(far, root, 1000 * KIB)
    tasks = [asyncio.create_task(read(storage, ref)) for _ in range(20)]
    while not far.opened:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    for task in tasks[:10]:  # the first of them is who asked first
        task.cancel()
    await asyncio.sleep(0.01)
    far.gate.set()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ends[:10])
    assert ends[10:] == [far.stored[ref]] * 10
    assert far.opened == [ref]


async def test_what_comes_damaged_is_fetched_again_and_never_kept(far: FarStorage, root: Path) -> None:
    (ref,) = await far.put_many([b"content"])
    storage = CachedBlobStorage(far, root, 1000 * KIB)
    far.damaged = 10
    with pytest.raises(BlobDamaged, match=ref.digest.hex()):
        await read(storage, ref)
    assert kept(root) == set()
    far.damaged = 0
    assert await read(storage, ref) == b"content"


async def test_a_store_that_is_gone_is_named_and_tried_again_by_the_next(
    far: FarStorage, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ref,) = await far.put_many([b"content"])
    storage = CachedBlobStorage(far, root, 1000 * KIB)

    class Broken(BytesContent):
        def open(self) -> BinaryIO:
            raise StorageUnavailable("gone")

    async def gone(_: BlobRef) -> Content:
        return Broken(b"")

    with monkeypatch.context() as patch:
        patch.setattr(far, "open", gone)
        with pytest.raises(StorageUnavailable):
            await read(storage, ref)
    assert await read(storage, ref) == b"content"


async def test_a_file_of_the_wrong_size_is_fetched_again(far: FarStorage, root: Path) -> None:
    (ref,) = await far.put_many([b"content"])
    storage = CachedBlobStorage(far, root, 1000 * KIB)
    await read(storage, ref)
    (path,) = root.rglob(ref.digest.hex())
    path.chmod(0o600)
    path.write_bytes(b"con")
    assert await read(storage, ref) == b"content"
    assert path.read_bytes() == b"content"


async def test_a_blob_larger_than_the_cache_is_read_and_not_kept(far: FarStorage, root: Path) -> None:
    large, small = await far.put_many([os.urandom(300 * KIB), b"small"])
    storage = CachedBlobStorage(far, root, 200 * KIB)
    await read(storage, small)
    content = await storage.open(large)
    for _ in range(2):
        with content.open() as file:
            assert hashlib.sha256(file.read()).digest() == large.digest
    content.close()
    assert kept(root) == names([small])


async def test_files_of_another_boot_are_thrown_away(far: FarStorage, root: Path) -> None:
    before = root / "another-boot" / "ab" / "abcd"
    before.parent.mkdir(parents=True)
    before.write_bytes(b"half of it")
    (ref,) = await far.put_many([b"content"])
    await read(CachedBlobStorage(far, root, 1000 * KIB), ref)
    assert kept(root) == names([ref])


@pytest.mark.skipif(os.name != "posix", reason="mounts")
def test_a_really_full_disk_takes_from_the_cache_first(far: FarStorage, root: Path) -> None:
    """A small tmpfs, where the tests may mount one."""
    root.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(root)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("may not mount")

    async def fill() -> None:
        refs = await far.put_many([os.urandom(200 * KIB) for _ in range(8)])
        (huge,) = await far.put_many([os.urandom(2000 * KIB)])
        storage = CachedBlobStorage(far, root, 100_000 * KIB)
        for ref in refs:
            assert await read(storage, ref) == far.stored[ref]
        with pytest.raises(StorageFull, match=str(root)):
            await read(storage, huge)
        assert await storage.put_stream(stream(far.stored[huge]), huge.size) == huge
        assert await storage.put_many([far.stored[huge]]) == [huge]
        assert await read(storage, refs[0]) == far.stored[refs[0]]

    try:
        asyncio.run(fill())
    finally:
        subprocess.run(["umount", str(root)], check=True)  # fails if a file is still held


FETCH_FOREVER = """
import asyncio, hashlib, sys
from pathlib import Path
from infrastructure.blobs.cached_blob_storage import CachedBlobStorage
from infrastructure.blobs.local_blob_storage import LocalBlobStorage

async def main():
    inner = LocalBlobStorage(Path(sys.argv[1]))
    refs = await inner.put_many([b"%d" % n * 100_000 for n in range(30)])
    storage = CachedBlobStorage(inner, Path(sys.argv[2]), 2_000_000)
    for n in range(10**9):
        (await storage.open(refs[n % 30])).close()
        print(n, flush=True)

asyncio.run(main())
"""


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_what_is_kept_is_whole_after_a_kill(root: Path, tmp_path: Path) -> None:
    for rounds in range(5):
        command = [sys.executable, "-c", FETCH_FOREVER, str(tmp_path / "inner"), str(root)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(20 + rounds):
                process.stdout.readline()
            process.kill()
        whole = [path for path in root.rglob("*") if path.is_file() and path.parent.name != "incoming"]
        assert whole
        assert all(hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in whole)


async def test_nothing_is_left_of_a_fetch_that_nobody_waits_for_at_the_end(far: FarStorage, root: Path) -> None:
    (ref,) = await far.put_many([os.urandom(100 * KIB)])
    far.gate = threading.Event()
    storage = CachedBlobStorage(far, root, 1000 * KIB)

    async def process() -> None:
        task = asyncio.create_task(read(storage, ref))
        while not far.opened:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        task.cancel()

    thread = threading.Thread(target=lambda: asyncio.run(process()))
    thread.start()
    await asyncio.sleep(0.1)
    far.gate.set()
    await asyncio.to_thread(thread.join, 10)
    assert not thread.is_alive()
    assert kept(root) <= names([ref])
