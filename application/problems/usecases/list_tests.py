import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from application.blobs import BlobStorage
from application.transactions import Transaction
from domain.access.entities import ApiKey
from domain.access.enums import Scope
from domain.problems.entities import Problem, Slug, TestCase
from domain.problems.exceptions import ProblemNotFound
from domain.problems.repositories import ProblemRepository

HEAD_SIZE = 4096
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class TestView:
    """A test as a key may see it; the heads are the first 4 KiB, None where they are hidden."""

    __test__ = False

    test: TestCase
    input_head: bytes | None
    answer_head: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTests:
    """Samples are shown to everybody, hidden tests to the problem's author and to admins."""

    transaction: Transaction
    problems: ProblemRepository
    blobs: BlobStorage

    async def __call__(self, key: ApiKey, slug: Slug, start: int = 0, limit: int | None = None) -> Sequence[TestView]:
        """In their order, ``limit`` of them from the place ``start`` on. Raises ProblemNotFound."""
        problem = await self.problems.by_slug(slug)
        if problem is None or problem.archived_at is not None or problem.current is None:
            raise ProblemNotFound(slug)
        revision = await self.problems.revision(problem.current)
        await self.transaction.rollback()  # reading files must hold no connection
        everything = _is_author(key, problem)
        tests = revision.tests[start : None if limit is None else start + limit]
        views: list[TestView] = []
        for begin in range(0, len(tests), AT_ONCE):
            part = tests[begin : begin + AT_ONCE]
            views += await asyncio.gather(*(self._view(test, shown=everything or test.sample) for test in part))
        return views

    async def _view(self, test: TestCase, *, shown: bool) -> TestView:
        if not shown:
            return TestView(test, None, None)
        return TestView(
            test,
            await self.blobs.read_head(test.input, HEAD_SIZE),
            await self.blobs.read_head(test.answer, HEAD_SIZE),
        )


def _is_author(key: ApiKey, problem: Problem) -> bool:
    return key.allows(Scope.ADMIN) or (key.allows(Scope.AUTHOR) and problem.owner == key.id)
