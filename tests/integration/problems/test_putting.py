import asyncio

from dishka import AsyncContainer

from application.problems.packages import DraftTest, InlineContents, ProblemDraft
from application.problems.usecases import ArchiveProblem, ListRevisions, PutOutcome, PutProblem, PutResult
from domain.access.entities import ApiKey
from domain.problems.entities import Slug


def draft(title: str) -> ProblemDraft:
    contents = InlineContents()
    test = DraftTest(name="1", input=contents.add(b""), answer=contents.add(b"1"))
    return ProblemDraft(title=title, tests=(test,), contents=contents.by_digest)


async def put(server: AsyncContainer, key: ApiKey, slug: Slug, title: str) -> PutResult:
    async with server() as scope:
        return await (await scope.get(PutProblem))(key, slug, draft(title), None)


async def numbers(server: AsyncContainer, key: ApiKey, slug: Slug) -> list[int]:
    async with server() as scope:
        return [r.number for r in await (await scope.get(ListRevisions))(key, slug)]


async def test_writers_at_the_same_time_come_one_after_the_other(
    server: AsyncContainer, author: ApiKey, slug: Slug
) -> None:
    results = await asyncio.gather(*(put(server, author, slug, f"title {n}") for n in range(12)))
    assert sorted(r.view.revision.number for r in results) == list(range(1, 13))
    assert [r.outcome for r in results].count(PutOutcome.CREATED) == 1
    assert await numbers(server, author, slug) == list(range(1, 13))


async def test_equal_writers_at_the_same_time_make_one_revision(
    server: AsyncContainer, author: ApiKey, slug: Slug
) -> None:
    results = await asyncio.gather(*(put(server, author, slug, "same") for _ in range(12)))
    assert {r.view.revision.id for r in results} == {results[0].view.revision.id}
    assert [r.outcome for r in results].count(PutOutcome.UNCHANGED) == 11
    assert await numbers(server, author, slug) == [1]


async def test_what_was_archived_comes_back_as_new(server: AsyncContainer, author: ApiKey, slug: Slug) -> None:
    await put(server, author, slug, "same")
    async with server() as scope:
        await (await scope.get(ArchiveProblem))(author, slug)
    again = await put(server, author, slug, "same")
    assert (again.outcome, again.view.revision.number) == (PutOutcome.CREATED, 2)
