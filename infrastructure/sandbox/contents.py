"""Bytes that live behind a descriptor: what a run printed, what it left in its box, what a blob holds."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from application.contents import BytesContent
from application.sandbox import Content
from infrastructure.sandbox.protocol import INLINE_DATA_MAX

_COPY_SIZE = 1 << 20


class DescriptorContent:
    """``application.sandbox.Content`` over a sealed memory file, or any other that does not change."""

    def __init__(self, descriptor: int, size: int | None = None) -> None:
        self._descriptor = descriptor
        self._size = os.fstat(descriptor).st_size if size is None else size

    @property
    def size(self) -> int:
        """In bytes."""
        return self._size

    def open(self) -> BinaryIO:
        """A reader with a position of its own."""
        if self._descriptor < 0:
            raise ValueError("the content is closed")
        return Path(f"/proc/self/fd/{self._descriptor}").open("rb")

    def close(self) -> None:
        """Give the descriptor back."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def fileno(self) -> int:
        """The descriptor itself; its position is of no meaning."""
        return self._descriptor

    def __del__(self) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class Shipment:
    """How a content goes to the launcher: in the message, or as a descriptor that is valid for the time of sending."""

    size: int
    data: bytes | None
    descriptor: int | None


@contextmanager
def shipped(content: Content) -> Iterator[Shipment]:
    """The cheapest way for this content."""
    if isinstance(content, BytesContent) and len(content.data) <= INLINE_DATA_MAX:
        yield Shipment(len(content.data), content.data, None)
        return
    if isinstance(content, DescriptorContent):
        yield Shipment(content.size, None, content.fileno())
        return
    with content.open() as reader:
        size = content.size
        if size <= INLINE_DATA_MAX:
            data = reader.read(size)
            yield Shipment(len(data), data, None)
            return
        try:
            descriptor = reader.fileno()
        except OSError:
            descriptor = _in_memory(reader)
            try:
                yield Shipment(size, None, descriptor)
            finally:
                os.close(descriptor)
        else:
            yield Shipment(size, None, descriptor)


def _in_memory(reader: BinaryIO) -> int:
    descriptor = os.memfd_create("content", os.MFD_CLOEXEC)
    try:
        while chunk := reader.read(_COPY_SIZE):
            view = memoryview(chunk)
            while view:
                view = view[os.write(descriptor, view) :]
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
