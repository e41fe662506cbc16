import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path


class IncomingFile:
    """A file on its way to becoming a blob; counts and hashes what is written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._hash = hashlib.sha256()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._file = os.fdopen(os.open(path, flags, 0o600), "wb", buffering=0)

    @property
    def digest(self) -> bytes:
        """SHA-256 of what was written so far."""
        return self._hash.digest()

    def write(self, data: bytes) -> None:
        """Append all of ``data``. Raises OSError."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._hash.update(data)
        self.size += len(data)

    def seal(self) -> None:
        """No more writing: mode 0444. Raises OSError."""
        self._file.close()
        if os.name == "posix":  # a read-only file cannot be flushed on Windows
            self.path.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)

    def discard(self) -> None:
        """Close, and remove it if it has not been given its final name; safe to call twice."""
        self._file.close()
        with suppress(FileNotFoundError):
            self.path.unlink()
