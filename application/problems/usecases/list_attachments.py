from collections.abc import Sequence
from dataclasses import dataclass

from application.problems.revision_reader import RevisionReader
from domain.access.entities import ApiKey
from domain.problems.entities import Slug
from domain.problems.files import PackageFile


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAttachments:
    """Files that a problem gives to contestants."""

    revisions: RevisionReader

    async def __call__(self, key: ApiKey, slug: Slug, revision: int | None = None) -> Sequence[PackageFile]:
        """As the package has them. Raises ProblemNotFound, RevisionNotFound."""
        return (await self.revisions.find(key, slug, revision)).material.attachments
