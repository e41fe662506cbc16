import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Result, text
from sqlalchemy.ext.asyncio import AsyncSession

from application.ids import new_id
from domain.exceptions import Conflict
from domain.languages.entities import LanguageId
from domain.problems.entities import Complaint, ImportId, Problem, ProblemId, RevisionId, Slug
from domain.problems.enums import ImportStatus
from domain.problems.exceptions import ProblemNotFound
from domain.problems.files import BlobRef
from domain.problems.package_import import PackageImport
from domain.problems.proof import Progress, Proof, ReferenceProof, Skipped, TimeLimits
from domain.verdicts import Verdict
from infrastructure.database.repositories.problems.repositories import SqlImportRepository, SqlProblemRepository
from tests.integration.database.storage import NOW, Storage, make_key, make_revision


def make_import(storage: Storage, **fields: object) -> PackageImport:
    package_import = PackageImport(
        id=ImportId(new_id()),
        key_id=storage.key.id,
        slug=None,
        package=BlobRef(b"\x00" * 32, 2**40),
        status=ImportStatus.PENDING,
        created_at=NOW,
    )
    return replace(package_import, **fields)  # type: ignore[arg-type]


async def test_a_problem_and_its_revisions(storage: Storage, session: AsyncSession) -> None:
    problems = SqlProblemRepository(session)
    problem = Problem(id=ProblemId(new_id()), slug=Slug("sum"), owner=storage.key.id, created_at=NOW)
    assert await problems.by_slug(problem.slug) is None
    assert await problems.add(problem) == problem
    assert await problems.by_slug(problem.slug) == problem
    first, second = make_revision(problem.id, 1), replace(make_revision(problem.id, 2, tests=0), title="two")
    for revision in (first, second):
        await problems.add_revision(revision)
        await problems.put_in_force(problem.id, revision.id)
    await session.commit()
    stored = replace(problem, current=second.id, revision=2, title="two")
    assert await problems.by_slug(problem.slug, for_update=True) == stored
    assert await problems.revision(first.id) == first
    assert await problems.revision(first.id, tests=False) == replace(first, tests=())
    assert await problems.revisions(problem.id) == [replace(first, tests=()), second]
    with pytest.raises(ProblemNotFound):
        await problems.revision(RevisionId(new_id()))


async def test_archived_problems_are_not_listed_until_they_are_back(storage: Storage, session: AsyncSession) -> None:
    problems = SqlProblemRepository(session)
    await problems.add(Problem(id=ProblemId(new_id()), slug=Slug("empty"), owner=storage.key.id, created_at=NOW))
    others = sorted([(await storage.add_problem(storage.key))[0] for _ in range(3)], key=lambda p: p.slug)
    everything = sorted([*others, storage.problem], key=lambda p: p.slug)
    assert await problems.list_page(10, None) == everything
    assert await problems.list_page(2, everything[0].slug) == everything[1:3]
    await problems.archive(everything[1].id)
    assert await problems.list_page(10, None) == [everything[0], *everything[2:]]
    archived = await problems.by_slug(everything[1].slug)
    assert archived is not None
    assert archived.archived_at is not None
    await problems.archive(archived.id)
    assert await problems.by_slug(archived.slug) == archived
    assert archived.current is not None
    await problems.put_in_force(archived.id, archived.current)
    assert await problems.list_page(10, None) == everything


async def test_of_two_that_make_the_same_slug_the_later_gets_the_stored_one(storage: Storage) -> None:
    one = Problem(id=ProblemId(new_id()), slug=Slug("raced"), owner=storage.key.id, created_at=NOW)
    two = replace(one, id=ProblemId(new_id()), owner=(await storage.add_key(make_key())).id)
    async with storage.sessions() as first, storage.sessions() as second:
        await SqlProblemRepository(first).add(one)
        waiting = asyncio.create_task(SqlProblemRepository(second).add(two))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await first.commit()
        assert await waiting == one


class BetweenStatements(SqlProblemRepository):
    """Lets something happen after its first statement."""

    def __init__(self, session: AsyncSession, happening: Coroutine[Any, Any, None]) -> None:
        super().__init__(session)
        self._happening: Coroutine[Any, Any, None] | None = happening

    async def _execute(self, *arguments: Any) -> Result[*tuple[Any, ...]]:
        result = await super()._execute(*arguments)
        if self._happening is not None:
            happening, self._happening = self._happening, None
            await happening
        return result


async def test_a_problem_made_while_its_lock_is_taken_is_not_given_away_unlocked(
    storage: Storage, session: AsyncSession
) -> None:
    problem = Problem(id=ProblemId(new_id()), slug=Slug("just-made"), owner=storage.key.id, created_at=NOW)

    async def make() -> None:
        async with storage.sessions() as other:
            await SqlProblemRepository(other).add(problem)
            await other.commit()

    problems = BetweenStatements(session, make())
    assert await problems.by_slug(problem.slug, for_update=True) is None
    assert await problems.by_slug(problem.slug, for_update=True) == problem


async def test_two_revisions_of_one_number_are_a_conflict(storage: Storage, session: AsyncSession) -> None:
    with pytest.raises(Conflict):
        await SqlProblemRepository(session).add_revision(make_revision(storage.problem.id, 1))


async def test_a_locked_problem_takes_submissions(storage: Storage, session: AsyncSession) -> None:
    await SqlProblemRepository(session).by_slug(storage.problem.slug, for_update=True)
    async with asyncio.timeout(5):
        await storage.submit(storage.submission())


PROOF = Proof(
    complaints=(Complaint("expected AC, got WA", "submissions/accepted/a.py"),),
    warnings=(Complaint("odd", "problem.toml"),),
    references=(
        ReferenceProof(
            path="submissions/accepted/a.py", language=LanguageId("python3"), expected=("AC",), verdict=Verdict.WA,
            score=0.5, cpu_time=timedelta(milliseconds=12), ok=False, too_close=True, message="expected AC, got WA",
        ),
    ),
    skipped=(Skipped("submissions/accepted/b.scala", "its language is not here"),),
    times=TimeLimits(
        limit=timedelta(seconds=1), proposed=timedelta(seconds=2), slowest_accepted=timedelta(seconds=0.4),
        fastest_slow=None,
    ),
    machine="here",
)  # fmt: skip


async def test_old_imports_are_forgotten_but_for_that_of_the_revision_in_force(
    storage: Storage, session: AsyncSession
) -> None:
    imports, problems = SqlImportRepository(session), SqlProblemRepository(session)
    slug, old = Slug("forgotten"), NOW - timedelta(days=100)
    problem = Problem(id=ProblemId(new_id()), slug=slug, owner=storage.key.id, created_at=NOW)
    await problems.add(problem)
    first, second = make_revision(problem.id, 1), make_revision(problem.id, 2)
    for revision in (first, second):
        await problems.add_revision(revision)
    await problems.put_in_force(problem.id, second.id)
    accepted = {"slug": slug, "status": ImportStatus.ACCEPTED}
    gone = [
        make_import(storage, **accepted, revision=1, finished_at=old),
        make_import(storage, slug=slug, status=ImportStatus.REJECTED, finished_at=old),
        make_import(storage, status=ImportStatus.REJECTED, finished_at=old),
    ]
    kept = [
        make_import(storage, **accepted, revision=2, finished_at=old),
        make_import(storage, slug=slug, status=ImportStatus.REJECTED, finished_at=NOW),
        make_import(storage, created_at=old),
    ]
    for one in (*gone, *kept):
        await imports.add(one)
        await imports.save(one)
    await session.commit()
    before = NOW - timedelta(days=90)
    assert [await imports.remove_before(before, 2) for _ in range(3)] == [2, 1, 0]
    assert [await imports.by_id(one.id) for one in gone] == [None] * 3
    assert [await imports.by_id(one.id) for one in kept] == kept


async def test_an_import_from_upload_to_end(storage: Storage, session: AsyncSession) -> None:
    imports = SqlImportRepository(session)
    earlier = make_import(storage, created_at=NOW - timedelta(hours=1), slug=Slug("sum"))
    later = make_import(storage)
    await imports.add(later)
    await imports.add(earlier)
    assert await imports.by_id(earlier.id) == earlier
    assert await imports.by_id(ImportId(new_id())) is None
    assert await imports.list_waiting(10) == [earlier.id, later.id]
    assert await imports.list_waiting(1) == [earlier.id]
    claimed = await imports.claim(earlier.id)
    assert claimed == replace(earlier, status=ImportStatus.PROVING)
    assert await imports.claim(earlier.id) is None
    assert await imports.list_waiting(10) == [later.id]
    rejected = replace(
        earlier,
        status=ImportStatus.REJECTED,
        format="plain",
        complaints=(Complaint("no tests", "problem.toml", 3), Complaint("bad")),
        finished_at=NOW,
        warnings=(Complaint("odd", "problem.toml"),),
        proof=PROOF,
    )
    await imports.save(rejected)
    assert await imports.by_id(earlier.id) == rejected
    assert not await imports.keep(earlier.id, None)
    assert await imports.claim(earlier.id) is None


async def test_an_import_whose_worker_died_is_taken_again(storage: Storage, session: AsyncSession) -> None:
    imports = SqlImportRepository(session)
    package_import = make_import(storage)
    await imports.add(package_import)
    await imports.claim(package_import.id)
    await session.execute(text("UPDATE imports SET claimed_at = now() - interval '9 minutes'"))
    assert await imports.claim(package_import.id) is None
    await session.execute(text("UPDATE imports SET claimed_at = now() - interval '11 minutes'"))
    assert await imports.list_waiting(1) == [package_import.id]
    progress = Progress("judge", 3, 70, "secret/3")
    assert await imports.keep(package_import.id, progress)  # its worker lives
    assert await imports.list_waiting(1) == []
    kept = await imports.by_id(package_import.id)
    assert kept is not None
    assert kept.progress == progress
    await session.execute(text("UPDATE imports SET claimed_at = now() - interval '11 minutes'"))
    assert await imports.list_waiting(10) == [package_import.id]
    assert await imports.claim(package_import.id) is not None
    assert await imports.claim(package_import.id) is None
