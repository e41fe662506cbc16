import asyncio
import errno
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from application.blobs import BlobMissing, BlobTooLarge
from application.exceptions import StorageFull
from domain.problems.files import BlobRef
from infrastructure.blobs.incoming_file import IncomingFile
from infrastructure.blobs.local_blob_storage import LocalBlobStorage


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def ref(content: bytes) -> BlobRef:
    return BlobRef(hashlib.sha256(content).digest(), len(content))


def files(root: Path) -> list[Path]:
    return sorted(p for p in root.rglob("*") if p.is_file())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


async def test_what_was_put_is_read(root: Path) -> None:
    storage = LocalBlobStorage(root)
    contents = [b"", b"a", b"x" * 100_000, b"a"]
    refs = await storage.put_many(contents)
    assert refs == [ref(c) for c in contents]
    for one, content in zip(refs, contents, strict=True):
        opened = await storage.open(one)
        assert opened.size == len(content)
        for _ in range(2):
            with opened.open() as file:
                assert file.read() == content
        opened.close()
        assert await storage.read_head(one, 10) == content[:10]
    assert len(files(root)) == 3
    assert {p.stat().st_mode & 0o777 for p in files(root)} == {0o444}
    assert await storage.put_many([]) == []


async def test_many_at_once_need_one_flush(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    await LocalBlobStorage(root).put_many([b"%d" % n for n in range(300)])
    assert len(files(root)) == 300
    if sys.platform.startswith("linux"):
        assert flushed == []


async def test_a_stream_of_odd_chunks(root: Path) -> None:
    storage = LocalBlobStorage(root)
    content = os.urandom(3_000_001)
    chunks = [content[:1], b"", content[1:2_500_000], content[2_500_000:]]
    assert await storage.put_stream(stream(*chunks), 3_000_001) == ref(content)
    assert await storage.put_stream(stream(content), 3_000_001) == ref(content)
    assert await storage.put_stream(stream(), 0) == ref(b"")
    assert len(files(root)) == 2


async def test_nothing_is_kept_of_a_stream_that_is_too_large_or_breaks(root: Path) -> None:
    storage = LocalBlobStorage(root)

    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * 2_000_000
        raise ConnectionError

    with pytest.raises(BlobTooLarge) as caught:
        await storage.put_stream(stream(b"x" * 10, b"y"), 10)
    assert caught.value.limit == 10
    with pytest.raises(ConnectionError):
        await storage.put_stream(broken(), 10_000_000)
    assert files(root) == []


async def test_nothing_is_kept_of_a_cancelled_stream(root: Path) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1_000_000

    task = asyncio.create_task(LocalBlobStorage(root).put_stream(endless(), 10**12))
    while not any(p.stat().st_size for p in files(root)):  # noqa: ASYNC110  # a look at the disk, not at a flag
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files(root) == []


async def test_a_blob_of_the_wrong_size_is_missing_and_mended_by_putting_it_again(root: Path) -> None:
    storage = LocalBlobStorage(root)
    (one,) = await storage.put_many([b"content"])
    (path,) = files(root)
    path.chmod(0o600)
    path.write_bytes(b"cont")
    with pytest.raises(BlobMissing):
        await storage.open(one)
    assert await storage.put_many([b"content"]) == [one]
    assert path.read_bytes() == b"content"
    path.unlink()
    with pytest.raises(BlobMissing) as caught:
        await storage.read_head(one, 1)
    assert caught.value.digest == one.digest


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("streamed", [True, False])
async def test_a_full_disk_has_its_own_name_and_keeps_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int, streamed: bool
) -> None:
    storage = LocalBlobStorage(root)
    original = IncomingFile.write

    def write(self: IncomingFile, data: bytes) -> None:
        original(self, data[: len(data) // 2])
        raise OSError(number, "full")

    with monkeypatch.context() as patch:
        patch.setattr(IncomingFile, "write", write)
        with pytest.raises(StorageFull):
            await (storage.put_stream(stream(b"abcd"), 4) if streamed else storage.put_many([b"abcd", b"ef"]))
    assert files(root) == []
    assert await storage.put_many([b"abcd"]) == [ref(b"abcd")]


@pytest.mark.skipif(os.name != "posix", reason="limits of a process")
def test_a_really_full_disk(root: Path) -> None:
    """A small tmpfs, where the tests may mount one."""
    root.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(root)]
    mounted = subprocess.run(mount, check=False, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("may not mount")
    try:
        storage = LocalBlobStorage(root)
        with pytest.raises(StorageFull):
            asyncio.run(storage.put_many([b"a", b"x" * 2_000_000]))
        with pytest.raises(StorageFull):
            asyncio.run(storage.put_stream(stream(b"x" * 2_000_000), 10**9))
        assert files(root) == []
        assert asyncio.run(storage.put_many([b"small"])) == [ref(b"small")]
    finally:
        subprocess.run(["umount", str(root)], check=True)


async def test_leftovers_of_the_dead_are_removed_and_those_of_the_living_are_not(root: Path) -> None:
    incoming = root / "incoming"
    incoming.mkdir(parents=True)
    for name, age in (("dead", 25 * 3600), ("alive", 3600)):
        (incoming / name).write_bytes(b"x")
        os.utime(incoming / name, (time.time() - age,) * 2)
    await LocalBlobStorage(root).put_many([b"a"])
    assert [p.name for p in files(incoming)] == ["alive"]


async def test_many_put_the_same_at_once(root: Path) -> None:
    storages = [LocalBlobStorage(root) for _ in range(4)]
    contents = [b"%d" % n for n in range(40)]
    answers = await asyncio.gather(*(s.put_many(contents) for s in storages for _ in range(3)))
    assert all(refs == [ref(c) for c in contents] for refs in answers)
    assert len(files(root)) == 40


PUT_FOREVER = """
import asyncio, sys
from pathlib import Path
from infrastructure.blobs.local_blob_storage import LocalBlobStorage

async def main():
    storage = LocalBlobStorage(Path(sys.argv[1]))
    for n in range(10**9):
        await storage.put_many([b"%d" % n * 10_000, b"-%d" % n])
        print(n, flush=True)

asyncio.run(main())
"""


def test_what_was_acknowledged_is_whole_after_a_kill(root: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", PUT_FOREVER, str(root)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(20):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    rest, _ = process.communicate()
    last = 19 + len(rest.splitlines())
    names = {p.name: p for p in files(root) if p.parent.name != "incoming"}
    for n in range(last + 1):
        for content in (b"%d" % n * 10_000, b"-%d" % n):
            assert names[ref(content).digest.hex()].read_bytes() == content
    for name, path in names.items():  # and nothing is half-written, acknowledged or not
        assert hashlib.sha256(path.read_bytes()).hexdigest() == name
