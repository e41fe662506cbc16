import os
import sys
from pathlib import Path
from typing import BinaryIO

from application.blobs import BlobMissing

_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class HeldFile:
    """``application.sandbox.Content`` over a file that is held open: it stays readable when its name is removed."""

    def __init__(self, path: Path, size: int, digest: bytes) -> None:
        """Raises OSError."""
        self._descriptor = -1
        self._descriptor = os.open(path, _FLAGS)
        self._path = path
        self._size = size
        self._digest = digest

    @property
    def size(self) -> int:
        """In bytes."""
        return self._size

    def open(self) -> BinaryIO:
        """A reader with a position of its own. Raises BlobMissing where a removed file cannot be opened again."""
        if self._descriptor < 0:
            raise ValueError("the content is closed")
        again = Path(f"/proc/self/fd/{self._descriptor}") if sys.platform.startswith("linux") else self._path
        try:
            return again.open("rb", buffering=0)
        except FileNotFoundError:
            raise BlobMissing(self._digest) from None

    def close(self) -> None:
        """Give the descriptor back."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def again(self) -> "HeldFile":
        """The same, held once more. Raises ValueError when this one is closed."""
        if self._descriptor < 0:
            raise ValueError("the content is closed")
        other = object.__new__(HeldFile)
        other._descriptor = os.dup(self._descriptor)
        other._path, other._size, other._digest = self._path, self._size, self._digest
        return other

    def status(self) -> os.stat_result:
        """Of the file that is held."""
        return os.fstat(self._descriptor)

    def __del__(self) -> None:
        self.close()
