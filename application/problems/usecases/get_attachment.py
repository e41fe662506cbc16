from dataclasses import dataclass

from application.blobs import BlobStorage
from application.problems.revision_reader import RevisionReader
from application.problems.stored_file import StoredFile
from domain.access.entities import ApiKey
from domain.problems.entities import Slug
from domain.problems.exceptions import AttachmentNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class GetAttachment:
    """One file for contestants."""

    revisions: RevisionReader
    blobs: BlobStorage

    async def __call__(self, key: ApiKey, slug: Slug, name: str, revision: int | None = None) -> StoredFile:
        """Raises ProblemNotFound, RevisionNotFound, AttachmentNotFound."""
        found = await self.revisions.find(key, slug, revision)
        file = next((file for file in found.material.attachments if file.name == name), None)
        if file is None:
            raise AttachmentNotFound(name)
        return StoredFile(file.name, file.content, self.blobs)
