"""A bounded cache on a local disk before a storage that is far away.

Theory of operation: who opens a blob that is not here waits for the one task that fetches it, whoever asked first; that
task counts, hashes, and gives the file its name only if that is its digest. Every content holds its file open, so that
eviction takes names, not bytes that somebody reads. A blob larger than the whole cache lies in a file without a name,
as long as it is open.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from prometheus_client import Counter

from application.blobs import BlobDamaged, BlobStorage
from application.sandbox import Content
from domain.problems.files import BlobRef
from infrastructure.blobs.cache_folder import CacheFolder
from infrastructure.blobs.cache_tee import CacheTee
from infrastructure.blobs.held_file import HeldFile
from infrastructure.blobs.incoming_file import IncomingFile
from infrastructure.blobs.incoming_folder import FULL, full_disk_is_named
from infrastructure.threads import in_thread

LOOKUPS = Counter("proba_blob_cache_lookups", "Blobs that were opened, by whether they were here.", ("found",))
_CHUNK = 1024 * 1024
_TRIES = 2
"""Of a download that comes damaged, or that finds the disk full."""


@dataclass(slots=True)
class _Fetch:
    task: asyncio.Task[HeldFile]
    waiting: int = 0

    def close_unless_wanted(self) -> None:
        """Whoever waited has a content of its own by now."""
        if self.waiting == 0 and self.task.done() and not self.task.cancelled() and self.task.exception() is None:
            self.task.result().close()


class CachedBlobStorage:
    """``application.blobs.BlobStorage``: ``inner``, and what was opened last under ``root``, ``max_size`` bytes."""

    def __init__(self, inner: BlobStorage, root: Path, max_size: int) -> None:
        self._inner = inner
        self._folder = CacheFolder(root, max_size)
        self._fetching: dict[BlobRef, _Fetch] = {}

    async def put_many(self, contents: Sequence[bytes]) -> list[BlobRef]:
        """Raises what ``inner`` raises."""
        refs = await self._inner.put_many(contents)
        await in_thread(self._keep_many, refs, contents)
        return refs

    async def put_stream(self, chunks: AsyncIterator[bytes], max_size: int) -> BlobRef:
        """Raises what ``inner`` raises."""
        tee = CacheTee(self._folder)
        try:
            ref = await self._inner.put_stream(tee.chunks(chunks), max_size)
            await tee.keep(ref)
        finally:
            await tee.close()
        return ref

    def _keep_many(self, refs: Sequence[BlobRef], contents: Sequence[bytes]) -> None:
        """As far as the disk has room: nobody needs them here but for speed."""
        for ref, content in zip(refs, contents, strict=True):
            held = self._folder.find(ref)
            if held is not None:
                held.close()
            elif not self._folder.try_to_add(ref, content):
                return

    async def read_head(self, ref: BlobRef, size: int) -> bytes:
        """Fetches nothing that is not here. Raises what ``inner`` raises."""
        held = self._folder.find(ref)
        if held is None:
            return await self._inner.read_head(ref, size)
        try:
            with held.open() as file:
                return file.read(size)
        finally:
            held.close()

    async def open(self, ref: BlobRef) -> Content:
        """Raises BlobMissing, BlobDamaged, StorageUnavailable, StorageFull (of the cache's disk)."""
        held = self._folder.find(ref)
        LOOKUPS.labels("no" if held is None else "yes").inc()
        if held is not None:
            return held
        return await self._fetched(ref)

    async def _fetched(self, ref: BlobRef) -> Content:
        """By a task that several may wait for: none of them ends it, and each gets a content of its own."""
        fetch = self._fetching.get(ref)
        if fetch is None:
            fetch = self._fetching[ref] = _Fetch(asyncio.create_task(self._fetch(ref)))
            fetch.task.add_done_callback(lambda _: self._fetching.pop(ref))
            fetch.task.add_done_callback(lambda _: fetch.close_unless_wanted())
        fetch.waiting += 1
        try:
            return (await asyncio.shield(fetch.task)).again()
        finally:
            fetch.waiting -= 1
            fetch.close_unless_wanted()

    async def _fetch(self, ref: BlobRef) -> HeldFile:
        content = await self._inner.open(ref)
        stop = Event()
        try:
            with full_disk_is_named(self._folder.incoming.path):
                return await in_thread(self._download, content, ref, stop, on_cancel=stop.set)
        finally:
            content.close()

    def _download(self, content: Content, ref: BlobRef, stop: Event) -> HeldFile:
        for attempt in range(1, _TRIES + 1):
            try:
                with self._folder.reserved(ref.size if ref.size <= self._folder.max_size else 0):
                    held = self._try_download(content, ref, stop)
            except OSError as error:
                if error.errno not in FULL or attempt == _TRIES:
                    raise
                self._folder.give_up_half()
            else:
                if held is not None:
                    return held
        raise BlobDamaged(ref.digest)

    def _try_download(self, content: Content, ref: BlobRef, stop: Event) -> HeldFile | None:
        """None: other bytes came than the digest says."""
        incoming = self._folder.incoming.new_file()
        try:
            _copy(content, incoming, ref.size, stop)
            if (incoming.digest, incoming.size) != (ref.digest, ref.size):
                return None
            if ref.size > self._folder.max_size:
                return _held(incoming, ref)
            return self._folder.keep(incoming, ref)
        finally:
            incoming.discard()


def _held(incoming: IncomingFile, ref: BlobRef) -> HeldFile:
    """Of a file that loses its name."""
    incoming.seal()
    return HeldFile(incoming.path, ref.size, ref.digest)


def _copy(content: Content, incoming: IncomingFile, size: int, stop: Event) -> None:
    with content.open() as reader:
        while incoming.size <= size and (chunk := reader.read(_CHUNK)):
            if stop.is_set():
                raise _NobodyWaits
            incoming.write(chunk)


class _NobodyWaits(Exception):
    """The process ends."""
