import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from application.problems.packages import PackageRejected
from domain.problems.entities import Complaint
from domain.runs.units import size_text
from infrastructure.config import Config
from infrastructure.packages.entry_names import is_sound
from infrastructure.packages.folder_archive import LEFT_OUT, pack_folder


@dataclass(frozen=True, slots=True)
class LocalFile:
    """``application.sandbox.Content`` over a file of this machine."""

    path: Path
    size: int

    def open(self) -> BinaryIO:
        """A reader from the start. Raises OSError."""
        return self.path.open("rb", buffering=0)

    def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True, slots=True)
class LocalPackage:
    """A package on this machine: a folder or an archive. ``name`` is as the user wrote it, ``path`` absolute."""

    name: str
    path: Path

    @classmethod
    def named(cls, name: str) -> "LocalPackage":
        """By a path, relative to the directory that is current now."""
        return cls(name, Path(name).absolute())

    @property
    def top(self) -> str:
        """The folder in its archive that holds it: its own name, by which many formats know a problem; "" where a
        folder in it does that, or where it comes as an archive.
        """
        if not self.path.is_dir():
            return ""
        with suppress(OSError), os.scandir(self.path) as entries:
            found = [entry for entry in entries if entry.name not in LEFT_OUT]
            if len(found) == 1 and found[0].is_dir(follow_symlinks=False):
                return ""
        name = self.path.resolve().name
        return name if is_sound(name) else ""

    def inner(self, complaint: Complaint) -> Complaint:
        """With the file as it is called in the folder."""
        top = self.top
        if not top or complaint.file is None:
            return complaint
        return replace(complaint, file=complaint.file.removeprefix(f"{top}/"))

    @contextmanager
    def archive(self, config: Config, work_dir: Path, *, upload: bool = False) -> Iterator[LocalFile]:
        """The package as one file: itself, or a tar in ``work_dir``, which lasts as long as the context (and is
        compressed for an ``upload``).

        Raises PackageRejected, OSError when ``work_dir`` has no room.
        """
        if not self.path.is_dir():
            yield _file(self.path, config)
            return
        folder = Path(tempfile.mkdtemp(prefix="packed-", dir=work_dir))
        try:
            packed = folder / "package.tar"
            with packed.open("wb") as file:
                sizes = config.max_package_unpacked_size, config.max_package_files
                pack_folder(self.path, file, *sizes, "gz" if upload else "", self.top)
            yield LocalFile(packed, packed.stat().st_size)
        finally:
            shutil.rmtree(folder)


def _file(path: Path, config: Config) -> LocalFile:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise PackageRejected(Complaint(f"cannot be read: {error.strerror}")) from None
    if not path.is_file():
        raise PackageRejected(Complaint("is neither a folder nor a file"))
    if not os.access(path, os.R_OK):
        raise PackageRejected(Complaint("cannot be read: permission denied"))
    if size > config.max_package_size:
        limit = size_text(config.max_package_size)
        raise PackageRejected(Complaint(f"the package has more than {limit} (PROBA_MAX_PACKAGE_SIZE)"))
    return LocalFile(path, size)
