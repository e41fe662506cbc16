from dataclasses import dataclass

from domain.access.entities import ApiKey
from domain.problems.entities import Problem, Slug
from domain.problems.repositories import ProblemRepository


@dataclass(frozen=True, slots=True, kw_only=True)
class ListProblems:
    """Any valid key may see what problems there are."""

    problems: ProblemRepository

    async def __call__(self, _key: ApiKey, limit: int, after: Slug | None) -> list[Problem]:
        """By slug."""
        return await self.problems.list_page(limit, after)
