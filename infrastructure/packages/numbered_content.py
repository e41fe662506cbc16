import os
import stat
from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class NumberedContent:
    """``application.sandbox.Content`` over an unpacked file: it is called by a number, so that no name that a stranger
    chose ever reaches the file system. ``directory`` is an open descriptor.
    """

    directory: int
    number: int
    size: int

    def open(self) -> BinaryIO:
        """A reader from the start. Raises OSError when something else than the unpacked file is there."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(str(self.number), flags, dir_fd=self.directory)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size != self.size or status.st_nlink != 1:
            os.close(descriptor)
            raise OSError(f"unpacked file {self.number} is not what was unpacked")
        return os.fdopen(descriptor, "rb", buffering=0)

    def close(self) -> None:
        """The directory is closed by who opened it."""
