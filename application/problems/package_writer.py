"""Gateway to writing packages, for problems that did not come as one."""

from typing import Protocol

from application.blobs import BlobStorage
from application.sandbox import Content
from domain.exceptions import Conflict
from domain.problems.entities import Revision, Slug


class NotExportable(Conflict):
    """The revision has what the plain format does not know; the package that it came from would be needed."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"a plain package cannot hold {self.what}"


class PackageWriter(Protocol):
    """Writes plain packages."""

    async def write(self, slug: Slug, revision: Revision, blobs: BlobStorage) -> Content:
        """A zip, from which an equal revision is read; the caller closes it. Raises NotExportable, StorageFull."""
