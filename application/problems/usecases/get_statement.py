from collections.abc import Sequence
from dataclasses import dataclass

from application.blobs import BlobStorage
from application.problems.revision_reader import RevisionReader
from application.problems.statement_choice import first_of, in_language
from application.problems.stored_file import StoredFile
from domain.access.entities import ApiKey
from domain.problems.entities import Slug
from domain.problems.exceptions import StatementNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class GetStatement:
    """The text of a problem in one language."""

    revisions: RevisionReader
    blobs: BlobStorage

    async def __call__(
        self, key: ApiKey, slug: Slug, language: str, formats: Sequence[str], revision: int | None = None
    ) -> StoredFile:
        """The first of ``formats`` that there is. Raises ProblemNotFound, RevisionNotFound, StatementNotFound."""
        found = in_language((await self.revisions.find(key, slug, revision)).material.statements, language)
        statement = first_of(found, formats)
        if statement is None:
            raise StatementNotFound(language, formats[0] if found else "")
        text = statement.files[0]
        return StoredFile(text.name, text.content, self.blobs, statement.format)
