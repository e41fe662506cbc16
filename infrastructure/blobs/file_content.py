from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from application.blobs import BlobMissing


@dataclass(frozen=True, slots=True)
class FileContent:
    """``application.sandbox.Content`` over a stored blob, which never changes."""

    path: Path
    size: int
    digest: bytes

    def open(self) -> BinaryIO:
        """A reader from the start. Raises BlobMissing."""
        try:
            return self.path.open("rb", buffering=0)
        except FileNotFoundError:
            raise BlobMissing(self.digest) from None

    def close(self) -> None:
        """Nothing is held."""
