import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from application.problems.packages import PackageRejected
from application.sandbox import Content
from domain.problems.entities import Complaint
from domain.problems.files import BlobRef, PackageFile
from domain.runs.units import size_text
from infrastructure.packages.numbered_content import NumberedContent
from infrastructure.packages.unpacking_limits import UnpackingLimits

MAX_LEFT_OUT = 20
"""How many entries that were left out are told of."""
_C1_CONTROLS = dict.fromkeys((*range(128, 133), *range(134, 160)), "?")
_FIRST_ADDED = 1_000_000
"""Numbers of files below are those of the archive's."""


@dataclass(frozen=True, slots=True)
class UnpackedFile:
    """``digest`` is the SHA-256 of the content."""

    content: NumberedContent
    digest: bytes


@dataclass(frozen=True, slots=True)
class PackageFolder:
    """An unpacked package: paths without leading slash → files. ``prefix`` is what stands before them in the archive.

    ``warnings`` are of the unpacking. ``used`` collects the contents that were referred to; every folder inside shares
    it. ``limits`` are those that it was unpacked within.
    """

    files: Mapping[str, UnpackedFile]
    warnings: tuple[Complaint, ...] = ()
    prefix: str = ""
    used: dict[bytes, Content] = field(default_factory=dict)
    limits: UnpackingLimits = field(default_factory=UnpackingLimits)

    def unwrapped(self, *markers: str) -> "PackageFolder":
        """The folder that holds one of ``markers``: this one, or the only one in it that does."""
        if any(marker in self.files for marker in markers):
            return self
        tops = {path.partition("/")[0] for path in self.files if path.partition("/")[2] in markers}
        return self.inside(tops.pop() + "/") if len(tops) == 1 else self

    def inside(self, prefix: str) -> "PackageFolder":
        """The folder ``prefix`` ("data/"): its files by their paths in it."""
        files = {path.removeprefix(prefix): file for path, file in self.files.items() if path.startswith(prefix)}
        return PackageFolder(files, self.warnings, self.prefix + prefix, self.used, self.limits)

    def entries(self) -> Iterable[str]:
        """Names at the top, each once, in order; those of folders end in a slash."""
        return sorted({name + slash for name, slash, _ in (path.partition("/") for path in self.files)})

    def below(self, prefix: str) -> Iterator[str]:
        """Paths that start with ``prefix``, in order."""
        return iter(sorted(path for path in self.files if path.startswith(prefix)))

    def ref(self, path: str) -> BlobRef:
        """A file by its content, which the draft shall hold. Raises KeyError."""
        file = self.files[path]
        self.used.setdefault(file.digest, file.content)
        return BlobRef(file.digest, file.content.size)

    def file(self, path: str, name: str | None = None) -> PackageFile:
        """The same with a name, by default the path's last part."""
        return PackageFile(name or path.rpartition("/")[2], self.ref(path))

    def add(self, data: bytes) -> BlobRef:
        """A content that the package does not hold as a file. Raises OSError."""
        digest = hashlib.sha256(data).digest()
        if digest in self.used:
            return BlobRef(digest, len(data))
        with self.new_file() as (number, file):
            file.write(data)
        return self.keep(digest, NumberedContent(self._directory, number, len(data)))

    @contextmanager
    def new_file(self) -> Iterator[tuple[int, BinaryIO]]:
        """A file beside those of the archive, and its number. Raises OSError."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        number, descriptor = _FIRST_ADDED + len(self.used), -1
        while descriptor < 0:
            try:
                descriptor = os.open(str(number), flags, 0o600, dir_fd=self._directory)
            except FileExistsError:  # written, and then not kept
                number += 1
        with os.fdopen(descriptor, "wb") as file:
            yield number, file

    def keep(self, digest: bytes, content: NumberedContent) -> BlobRef:
        """Take what was written to a new file into the draft."""
        self.used.setdefault(digest, content)
        return BlobRef(digest, content.size)

    @property
    def _directory(self) -> int:
        return next(iter(self.files.values())).content.directory

    def data(self, path: str, max_size: int) -> bytes:
        """A file's bytes. Raises PackageRejected when there are more than ``max_size``."""
        content = self.files[path].content
        if content.size > max_size:
            raise PackageRejected(
                Complaint(f"has {size_text(content.size)}, more than {size_text(max_size)}", self.prefix + path)
            )
        with content.open() as file:
            return file.read()

    def head(self, path: str, size: int) -> bytes:
        """The first bytes of a file."""
        with self.files[path].content.open() as file:
            return file.read(size)

    def any_text(self, path: str, max_size: int) -> str:
        """A file as UTF-8, or else as Latin-1, as old packages have the names of their authors. Raises PackageRejected
        when it is too large.
        """
        data = self.data(path, max_size)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return data.decode("latin-1").translate(_C1_CONTROLS)

    def text(self, path: str, max_size: int) -> str:
        """A file as UTF-8. Raises PackageRejected."""
        data = self.data(path, max_size)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise PackageRejected(Complaint("is not UTF-8", self.prefix + path, line)) from None
