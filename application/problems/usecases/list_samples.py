import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from application.blobs import BlobStorage
from application.problems.revision_reader import RevisionReader
from domain.access.entities import ApiKey
from domain.problems.entities import Slug, TestCase

INLINE_SIZE = 16 * 1024
"""Of an input or answer, this many bytes come with the list."""
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class SampleView:
    """A sample test with the first INLINE_SIZE bytes of its files."""

    test: TestCase
    input_head: bytes
    answer_head: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSamples:
    """The tests that everybody sees."""

    revisions: RevisionReader
    blobs: BlobStorage

    async def __call__(
        self, key: ApiKey, slug: Slug, start: int = 0, limit: int | None = None, revision: int | None = None
    ) -> Sequence[SampleView]:
        """In their order, ``limit`` of them from the place ``start`` on. Raises ProblemNotFound, RevisionNotFound."""
        found = await self.revisions.find(key, slug, revision, tests=True)
        samples = [test for test in found.tests if test.sample][start : None if limit is None else start + limit]
        views: list[SampleView] = []
        for begin in range(0, len(samples), AT_ONCE):
            views += await asyncio.gather(*map(self._view, samples[begin : begin + AT_ONCE]))
        return views

    async def _view(self, test: TestCase) -> SampleView:
        return SampleView(
            test,
            await self.blobs.read_head(test.input, INLINE_SIZE),
            await self.blobs.read_head(test.answer, INLINE_SIZE),
        )
