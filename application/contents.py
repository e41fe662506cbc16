"""Contents that are held in memory: sources, inline tests."""

from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class BytesContent:
    """``application.sandbox.Content`` over bytes."""

    data: bytes

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.data)

    def open(self) -> BinaryIO:
        """A reader from the start."""
        return BytesIO(self.data)

    def close(self) -> None:
        """Nothing is held but memory."""
