import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from application.blobs import BlobStorage
from application.problems.package_writer import PackageWriter
from application.sandbox import Content
from application.transactions import Transaction
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.problems.entities import Slug
from domain.problems.exceptions import NotTheOwner, ProblemNotFound
from domain.problems.repositories import ImportRepository, ProblemRepository

CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class ExportedPackage:
    """``name`` is for a file; what it holds is given back when ``chunks`` has ended."""

    name: str
    content: Content

    @property
    def size(self) -> int:
        """In bytes."""
        return self.content.size

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its bytes, in constant memory; once."""
        try:
            with await asyncio.to_thread(self.content.open) as reader:
                while chunk := await asyncio.to_thread(reader.read, CHUNK):
                    yield chunk
        finally:
            self.content.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPackage:
    """A package from which the revision in force can be imported again: the very one that it came from, or, for a
    problem that was written by hand, a plain one.
    """

    transaction: Transaction
    problems: ProblemRepository
    imports: ImportRepository
    blobs: BlobStorage
    writer: PackageWriter

    async def __call__(self, key: ApiKey, slug: Slug) -> ExportedPackage:
        """Raises MissingScope, ProblemNotFound, NotTheOwner, NotExportable."""
        key.require(Scope.AUTHOR)
        problem = await self.problems.by_slug(slug)
        if problem is None or problem.archived_at is not None or problem.current is None:
            raise ProblemNotFound(slug)
        if problem.owner != key.id and not key.allows(Scope.ADMIN):
            raise NotTheOwner(slug)
        revision = await self.problems.revision(problem.current)
        source = await self.imports.accepted_as(slug, revision.number)
        await self.transaction.rollback()  # files are slow, and must hold no connection
        if source is None:
            return ExportedPackage(f"{slug}.zip", await self.writer.write(slug, revision, self.blobs))
        head = await self.blobs.read_head(source.package, 8)
        return ExportedPackage(f"{slug}{_ending(head)}", await self.blobs.open(source.package))


def _ending(head: bytes) -> str:
    endings = {b"PK": ".zip", b"\x1f\x8b": ".tar.gz", b"BZh": ".tar.bz2", b"\xfd7zXZ": ".tar.xz"}
    return next((ending for magic, ending in endings.items() if head.startswith(magic)), ".tar")
