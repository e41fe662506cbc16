from collections.abc import Sequence
from dataclasses import dataclass

from application.problems.revision_reader import RevisionReader
from application.problems.statement_choice import distinct
from domain.access.entities import ApiKey
from domain.problems.entities import Slug
from domain.problems.files import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class ListStatements:
    """In which languages and formats a problem can be read."""

    revisions: RevisionReader

    async def __call__(self, key: ApiKey, slug: Slug, revision: int | None = None) -> Sequence[Statement]:
        """By language; one for each format. Raises ProblemNotFound, RevisionNotFound."""
        return distinct((await self.revisions.find(key, slug, revision)).material.statements)
