from collections.abc import Sequence
from dataclasses import dataclass

from domain.access.entities import ApiKey
from domain.problems.entities import Revision, Slug
from domain.problems.exceptions import ProblemNotFound
from domain.problems.repositories import ProblemRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRevisions:
    """A problem's history."""

    problems: ProblemRepository

    async def __call__(self, _key: ApiKey, slug: Slug) -> Sequence[Revision]:
        """Oldest first, without tests. Raises ProblemNotFound."""
        problem = await self.problems.by_slug(slug)
        if problem is None or problem.archived_at is not None:
            raise ProblemNotFound(slug)
        return await self.problems.revisions(problem.id)
