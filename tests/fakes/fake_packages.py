from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.problems.packages import ProblemDraft
from application.sandbox import Content


class FakePackages:
    """Every package is the same draft, or the same failure."""

    def __init__(self, answer: ProblemDraft | Exception) -> None:
        self.answer = answer

    @asynccontextmanager
    async def read(self, _package: Content, *, to_judge: bool = False) -> AsyncIterator[ProblemDraft]:  # noqa: ARG002
        if isinstance(self.answer, Exception):
            raise self.answer
        yield self.answer
