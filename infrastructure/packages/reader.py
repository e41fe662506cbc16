from typing import Protocol

from application.problems.packages import PackageRejected, ProblemDraft
from domain.problems.entities import Complaint
from infrastructure.packages.cms.reader import CmsReader
from infrastructure.packages.dmoj.reader import DmojReader
from infrastructure.packages.kattis.reader import KattisReader
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.packed_tests import with_unpacked_tests
from infrastructure.packages.plain_reader import PlainReader
from infrastructure.packages.polygon.reader import PolygonReader


class PackageReader(Protocol):
    """One format. Reads, and stores nothing; runs in the limited process."""

    @property
    def format(self) -> str:
        """Its name, as imports show it."""

    def recognises(self, folder: PackageFolder) -> bool:
        """Whether the package is of this format; never raises, reads names rather than contents."""

    def read(self, folder: PackageFolder) -> ProblemDraft:
        """The draft, its contents those of the folder. Raises PackageRejected."""


READERS: tuple[PackageReader, ...] = (PlainReader(), PolygonReader(), DmojReader(), CmsReader(), KattisReader())
"""The first that recognises a package reads it."""


def read_package(folder: PackageFolder) -> ProblemDraft:
    """The draft. Raises PackageRejected."""
    folder = with_unpacked_tests(folder)
    for reader in READERS:
        if reader.recognises(folder):
            return reader.read(folder)
    raise PackageRejected(
        Complaint("the format is not known: a plain package has problem.toml at its top, or in its only folder")
    )
