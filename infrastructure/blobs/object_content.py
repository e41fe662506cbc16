import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from obstore.store import ObjectStore

from application.blobs import BlobMissing
from infrastructure.blobs.object_store import store_errors_are_named

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ObjectContent:
    """``application.sandbox.Content`` over an object of a store: each reader is a download of its own."""

    store: ObjectStore
    key: str
    size: int
    digest: bytes

    def open(self) -> BinaryIO:
        """Waits for the store, so not in the event loop. Raises BlobMissing, StorageUnavailable."""
        return cast("BinaryIO", _ObjectReader(self._chunks()))

    def close(self) -> None:
        """Nothing is held."""

    def _chunks(self) -> Iterator[bytes]:
        try:
            with store_errors_are_named():
                return iter(self.store.get(self.key).stream(min_chunk_size=_CHUNK))
        except FileNotFoundError:
            raise BlobMissing(self.digest) from None


class _ObjectReader(io.RawIOBase):
    """Chunks as a file that is read from the start to the end."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # what callers give
        """Raises StorageUnavailable."""
        with store_errors_are_named():
            while not self._rest:
                chunk = next(self._chunks, None)
                if chunk is None:
                    return 0
                self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
