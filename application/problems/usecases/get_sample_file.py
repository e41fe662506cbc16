from dataclasses import dataclass

from application.blobs import BlobStorage
from application.problems.revision_reader import RevisionReader
from application.problems.stored_file import StoredFile
from domain.access.entities import ApiKey
from domain.problems.entities import Slug
from domain.problems.exceptions import TestNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class GetSampleFile:
    """A sample's whole input or answer."""

    revisions: RevisionReader
    blobs: BlobStorage

    async def __call__(
        self, key: ApiKey, slug: Slug, name: str, *, answer: bool, revision: int | None = None
    ) -> StoredFile:
        """Raises ProblemNotFound, RevisionNotFound, and TestNotFound also for a hidden test."""
        found = await self.revisions.find(key, slug, revision, tests=True)
        test = next((test for test in found.tests if test.sample and test.name == name), None)
        if test is None:
            raise TestNotFound(name)
        return StoredFile(f"{name}.{'out' if answer else 'in'}", test.answer if answer else test.input, self.blobs)
