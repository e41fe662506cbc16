from dataclasses import dataclass

from domain.access.entities import ApiKey
from domain.problems.entities import Problem, Revision, Slug
from domain.problems.exceptions import ProblemNotFound
from domain.problems.repositories import ProblemRepository


@dataclass(frozen=True, slots=True)
class ProblemView:
    """A problem with its revision in force."""

    problem: Problem
    revision: Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class GetProblem:
    """Any valid key may read a problem."""

    problems: ProblemRepository

    async def __call__(self, _key: ApiKey, slug: Slug) -> ProblemView:
        """Raises ProblemNotFound."""
        problem = await self.problems.by_slug(slug)
        if problem is None or problem.archived_at is not None or problem.current is None:
            raise ProblemNotFound(slug)
        return ProblemView(problem, await self.problems.revision(problem.current))
