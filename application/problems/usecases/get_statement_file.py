from dataclasses import dataclass

from application.blobs import BlobStorage
from application.problems.revision_reader import RevisionReader
from application.problems.statement_choice import files_named, in_language
from application.problems.stored_file import StoredFile
from domain.access.entities import ApiKey
from domain.problems.entities import Slug
from domain.problems.exceptions import StatementNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class GetStatementFile:
    """A picture that a statement shows, or its text, by the name that the text uses."""

    revisions: RevisionReader
    blobs: BlobStorage

    async def __call__(
        self, key: ApiKey, slug: Slug, language: str, name: str, form: str | None = None, revision: int | None = None
    ) -> StoredFile:
        """``form`` None: whichever format has it. Raises ProblemNotFound, RevisionNotFound, StatementNotFound."""
        found = in_language((await self.revisions.find(key, slug, revision)).material.statements, language)
        named = files_named([s for s in found if form in (None, s.format)], name)
        file, text_format = next(named, (None, ""))
        if file is None:
            raise StatementNotFound(language, name)
        return StoredFile(file.name, file.content, self.blobs, text_format)
