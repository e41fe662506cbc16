"""What every storage promises, held against each of them."""

import asyncio
import hashlib
import os
import tracemalloc
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from obstore.store import LocalStore

from application.blobs import BlobMissing, BlobStorage, BlobTooLarge
from application.sandbox import Content
from domain.problems.files import BlobRef
from infrastructure.blobs.cached_blob_storage import CachedBlobStorage
from infrastructure.blobs.local_blob_storage import LocalBlobStorage
from infrastructure.blobs.object_blob_storage import ObjectBlobStorage
from infrastructure.blobs.object_store import open_object_store

MIB = 1024 * 1024


def local(tmp_path: Path) -> BlobStorage:
    return LocalBlobStorage(tmp_path / "blobs")


def objects(tmp_path: Path) -> BlobStorage:
    return ObjectBlobStorage(LocalStore(tmp_path / "objects", mkdir=True), tmp_path / "spool")


def s3(tmp_path: Path) -> BlobStorage:
    return ObjectBlobStorage(open_object_store(f"s3://tests/{uuid4().hex}"), tmp_path / "spool")


def cached_local(tmp_path: Path) -> BlobStorage:
    return CachedBlobStorage(local(tmp_path), tmp_path / "cache", 100 * MIB)


def cached_s3(tmp_path: Path) -> BlobStorage:
    return CachedBlobStorage(s3(tmp_path), tmp_path / "cache", 100 * MIB)


def nearly_no_cache(tmp_path: Path) -> BlobStorage:
    return CachedBlobStorage(objects(tmp_path), tmp_path / "cache", 1)


KINDS: list[Callable[[Path], BlobStorage]] = [local, objects, s3, cached_local, cached_s3, nearly_no_cache]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def storage(request: pytest.FixtureRequest, tmp_path: Path, s3_url: str) -> BlobStorage:
    made: BlobStorage = request.param(tmp_path)
    return made


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def ref(content: bytes) -> BlobRef:
    return BlobRef(hashlib.sha256(content).digest(), len(content))


def read(content: Content) -> bytes:
    with content.open() as file:
        return file.read()


def left_over(root: Path) -> list[Path]:
    """Files that are not whole yet, or are nobody's any more."""
    inside = {"incoming", "spool"}
    return [path for path in root.rglob("*") if path.is_file() and inside & set(path.parts)]


async def test_what_was_put_is_read_and_read_again(storage: BlobStorage, tmp_path: Path) -> None:
    contents = [b"", b"a", os.urandom(300_000), b"a"]
    refs = await storage.put_many(contents)
    assert refs == [ref(content) for content in contents]
    for _ in range(2):
        for one, content in zip(refs, contents, strict=True):
            opened = await storage.open(one)
            assert opened.size == len(content)
            for _ in range(2):
                assert await asyncio.to_thread(read, opened) == content
            opened.close()
            opened.close()
            assert await storage.read_head(one, 10) == content[:10]
            assert await storage.read_head(one, 10**9) == content
            assert await storage.read_head(one, 0) == b""
    assert await storage.put_many([]) == []
    assert left_over(tmp_path) == []


async def test_a_stream_of_odd_chunks(storage: BlobStorage, tmp_path: Path) -> None:
    content = os.urandom(9 * MIB + 1)  # an object of two parts
    chunks = [content[:1], b"", content[1:2_500_000], content[2_500_000:]]
    for _ in range(2):
        assert await storage.put_stream(stream(*chunks), len(content)) == ref(content)
    assert await storage.put_stream(stream(), 0) == ref(b"")
    assert await storage.put_many([content]) == [ref(content)]
    opened = await storage.open(ref(content))
    assert await asyncio.to_thread(read, opened) == content
    opened.close()
    assert left_over(tmp_path) == []


async def test_readers_have_positions_of_their_own(storage: BlobStorage) -> None:
    (one,) = await storage.put_many([b"0123456789" * 1000])
    opened = await storage.open(one)
    first, second = await asyncio.to_thread(opened.open), await asyncio.to_thread(opened.open)
    assert await asyncio.to_thread(first.read, 3) == b"012"
    assert await asyncio.to_thread(second.read, 4) == b"0123"
    assert await asyncio.to_thread(first.read, 3) == b"345"
    opened.close()
    assert await asyncio.to_thread(second.read, 2) == b"45"
    first.close()
    second.close()


async def test_nothing_is_kept_of_a_stream_that_is_too_large_or_breaks(storage: BlobStorage, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * 2_000_000
        raise ConnectionError

    with pytest.raises(BlobTooLarge) as caught:
        await storage.put_stream(stream(b"x" * 10, b"y"), 10)
    assert caught.value.limit == 10
    with pytest.raises(ConnectionError):
        await storage.put_stream(broken(), 10_000_000)
    for content in (b"x" * 10, b"x" * 10 + b"y", b"x" * 2_000_000):
        with pytest.raises(BlobMissing):
            await storage.open(ref(content))
    assert left_over(tmp_path) == []


async def test_what_is_not_there_is_missing(storage: BlobStorage) -> None:
    (there,) = await storage.put_many([b"there"])
    for absent in (ref(b"nowhere"), BlobRef(there.digest, there.size + 1)):
        with pytest.raises(BlobMissing) as caught:
            await storage.open(absent)
        assert caught.value.digest == absent.digest
    for size in (0, 5):
        with pytest.raises(BlobMissing):
            await storage.read_head(ref(b"nowhere"), size)


async def test_many_put_and_open_the_same_at_once(storage: BlobStorage, tmp_path: Path) -> None:
    contents = [b"%d" % n for n in range(20)]
    answers = await asyncio.gather(*(storage.put_many(contents) for _ in range(4)))
    assert all(refs == [ref(content) for content in contents] for refs in answers)
    opened = await asyncio.gather(*(storage.open(one) for one in answers[0] * 4))
    assert [await asyncio.to_thread(read, content) for content in opened] == contents * 4
    for content in opened:
        content.close()
    assert left_over(tmp_path) == []


async def test_memory_does_not_grow_with_the_blob(storage: BlobStorage) -> None:
    block = os.urandom(MIB)

    async def blocks() -> AsyncIterator[bytes]:
        for _ in range(48):
            yield block

    def size_of(content: Content) -> int:
        with content.open() as file:
            return sum(len(chunk) for chunk in iter(lambda: file.read(MIB), b""))

    tracemalloc.start()
    try:
        one = await storage.put_stream(blocks(), 48 * MIB)
        opened = await storage.open(one)
        assert await asyncio.to_thread(size_of, opened) == 48 * MIB
        opened.close()
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()
