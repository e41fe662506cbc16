"""Rejudges in the database: many at once, beside live submissions and beside each other."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from application.ids import new_id
from domain.access.entities import ApiKey
from domain.problems.entities import Problem, Revision
from domain.submissions.entities import JobId, RejudgeId, Submission, SubmissionId
from domain.submissions.enums import JobStatus, RevisionChoice
from domain.submissions.rejudge import JudgedJob, Rejudge, RejudgeFilter, RejudgeProgress, VerdictChange
from domain.verdicts import Verdict
from infrastructure.database.repositories.problems.repositories import SqlProblemRepository
from infrastructure.database.repositories.submissions.rejudges import SqlRejudgeRepository
from infrastructure.database.repositories.submissions.repositories import SqlSubmissionRepository
from tests.integration.database.storage import (
    ACCEPTED,
    CPP,
    LEASE,
    LIMITS,
    NOW,
    PYTHON,
    WORKER,
    Storage,
    make_key,
    make_result,
    make_revision,
)


async def start(
    session: AsyncSession,
    key: ApiKey,
    filter_: RejudgeFilter,
    revision: RevisionChoice = RevisionChoice.NEWEST,
    priority: int = -10,
) -> Rejudge:
    rejudges = SqlRejudgeRepository(session)
    found = await rejudges.candidates(filter_, 100_000)
    rejudge = Rejudge(
        id=RejudgeId(new_id()), key_id=key.id, filter=filter_, revision=revision, priority=priority, created_at=NOW
    )
    return await rejudges.start(rejudge, found, [JobId(new_id()) for _ in found])


async def rejudge(
    storage: Storage, filter_: RejudgeFilter, revision: RevisionChoice = RevisionChoice.NEWEST
) -> Rejudge:
    async with storage.sessions() as session:
        started = await start(session, storage.key, filter_, revision)
        await session.commit()
    return started


async def judged(storage: Storage, number: int) -> list[Submission]:
    """So many submissions that are AC."""
    submissions = [storage.submission() for _ in range(number)]
    await storage.submit(*submissions)
    for _ in submissions:
        await storage.finish(await storage.claim(), make_result(0))
    return submissions


async def new_revision(storage: Storage, problem: Problem, tests: int = 3) -> Revision:
    revision = make_revision(problem.id, number=2, tests=tests)
    async with storage.sessions() as session:
        problems = SqlProblemRepository(session)
        await problems.add_revision(revision)
        await problems.put_in_force(problem.id, revision.id)
        await session.commit()
    return revision


async def progress(storage: Storage, *ids: RejudgeId) -> Sequence[RejudgeProgress]:
    async with storage.sessions() as session:
        return await SqlRejudgeRepository(session).progress(ids)


async def changes(storage: Storage, of: RejudgeId, limit: int, after: SubmissionId | None) -> list[VerdictChange]:
    async with storage.sessions() as session:
        return await SqlRejudgeRepository(session).changes(of, limit, after)


async def test_a_rejudge_from_its_begin_to_its_report(storage: Storage) -> None:
    first, second, third = await judged(storage, 3)
    revision = await new_revision(storage, storage.problem)
    begun = await rejudge(storage, RejudgeFilter(problem=storage.problem.slug))
    assert (begun.total, begun.skipped) == (3, 0)
    async with storage.sessions() as session:
        stored = await SqlRejudgeRepository(session).by_id(begun.id)
    assert stored == begun
    assert await progress(storage, begun.id) == [RejudgeProgress(waiting=3)]

    before = (await storage.view(first.id)).job
    assert (before.number, before.status, before.rejudge_id) == (2, JobStatus.QUEUED, begun.id)
    job = await storage.claim_job()
    assert job.submission.id == first.id  # the oldest goes first
    assert await storage.ledger.revision(job) == revision
    await storage.ledger.finish(job.claim, replace(ACCEPTED, verdict=Verdict.WA, score=0.5), None, LIMITS, "none", [])
    await storage.finish(await storage.claim())
    [stands] = await progress(storage, begun.id)
    assert stands == RejudgeProgress(waiting=1, finished=2, changed=1)

    claim = await storage.claim()
    [stands] = await progress(storage, begun.id)
    assert (stands.waiting, stands.running, stands.finished_at) == (0, 1, None)
    await storage.ledger.finish(claim, replace(ACCEPTED, score=0.25), None, LIMITS, "none", [])
    [stands] = await progress(storage, begun.id)
    assert (stands.finished, stands.changed, stands.finished_at is None) == (3, 2, False)
    old = JudgedJob(number=1, revision=1, verdict=Verdict.AC, score=1.0)
    report = [
        VerdictChange(
            submission_id=first.id, old=old, new=JudgedJob(number=2, revision=2, verdict=Verdict.WA, score=0.5)
        ),
        VerdictChange(
            submission_id=third.id, old=old, new=JudgedJob(number=2, revision=2, verdict=Verdict.AC, score=0.25)
        ),
    ]
    assert await changes(storage, begun.id, 10, None) == report
    assert await changes(storage, begun.id, 1, None) == report[:1]
    assert await changes(storage, begun.id, 1, first.id) == report[1:]
    assert await changes(storage, begun.id, 1, third.id) == []
    async with storage.sessions() as session:
        views = await SqlSubmissionRepository(session).jobs(second.id)
    assert [(view.revision, view.job.number) for view in views] == [(1, 1), (2, 2)]


async def test_by_the_same_revision_as_before(storage: Storage) -> None:
    [submission] = await judged(storage, 1)
    revision = await new_revision(storage, storage.problem)
    await rejudge(storage, RejudgeFilter(ids=(submission.id,)), revision=RevisionChoice.SAME)
    job = await storage.claim_job()
    assert await storage.ledger.revision(job) == storage.revision
    await storage.finish(job.claim)
    await rejudge(storage, RejudgeFilter(ids=(submission.id,)))
    job = await storage.claim_job()
    assert await storage.ledger.revision(job) == revision
    await storage.finish(job.claim)
    await rejudge(storage, RejudgeFilter(ids=(submission.id,)), revision=RevisionChoice.SAME)
    async with storage.sessions() as session:
        views = await SqlSubmissionRepository(session).jobs(submission.id)
    assert [view.revision for view in views] == [1, 1, 2, 2]


async def test_what_is_being_judged_is_skipped(storage: Storage) -> None:
    await judged(storage, 1)
    waits, runs, gone = storage.submission(), storage.submission(), storage.submission()
    await storage.submit(gone)
    async with storage.sessions() as session:
        await SqlSubmissionRepository(session).cancel(gone.id)
        await session.commit()
    await storage.submit(runs)
    claim = await storage.claim()
    await storage.submit(waits)
    begun = await rejudge(storage, RejudgeFilter(problem=storage.problem.slug))
    assert (begun.total, begun.skipped) == (2, 2)
    await storage.finish(claim)
    assert (await storage.view(runs.id)).job.number == 1
    assert (await storage.view(gone.id)).job.number == 2


async def test_filters(storage: Storage) -> None:
    [first] = await judged(storage, 1)
    other = await storage.add_key(make_key())
    problem, _ = await storage.add_problem(other)
    sent = storage.submission(key=other, problem=problem, language=CPP)
    later = replace(sent, created_at=NOW + timedelta(days=1))
    await storage.submit(later)
    await storage.ledger.finish(
        await storage.claim(), replace(ACCEPTED, verdict=Verdict.WA), None, LIMITS, "none", [make_result(0)]
    )

    async def found(**fields: object) -> set[SubmissionId]:
        async with storage.sessions() as session:
            return set(await SqlRejudgeRepository(session).candidates(RejudgeFilter(**fields), 10))  # type: ignore[arg-type]

    assert await found(verdict=Verdict.WA) == {later.id}
    assert await found(verdict=Verdict.AC) == {first.id}
    assert await found(language=CPP) == {later.id}
    assert await found(key=storage.key.id) == {first.id}
    assert await found(owner=other.id) == {later.id}
    assert await found(problem=storage.problem.slug) == {first.id}
    assert await found(ids=(first.id, SubmissionId(new_id()))) == {first.id}
    assert await found(ids=(first.id,), owner=other.id) == set()


async def test_a_period_is_told_by_the_moment_to_the_microsecond(storage: Storage) -> None:
    async with storage.engine.connect() as connection:
        now = (await connection.execute(text("SELECT now()"))).scalar_one()
    submissions = [replace(storage.submission(), created_at=now + timedelta(microseconds=n)) for n in range(3)]
    await storage.submit(*submissions)
    filter_ = RejudgeFilter(since=submissions[1].created_at, until=submissions[2].created_at)
    async with storage.sessions() as session:
        assert await SqlRejudgeRepository(session).candidates(filter_, 10) == [submissions[1].id]


async def test_two_rejudges_at_once_give_a_submission_one_job(storage: Storage) -> None:
    submissions = await judged(storage, 30)
    both = await asyncio.gather(*(rejudge(storage, RejudgeFilter(problem=storage.problem.slug)) for _ in range(4)))
    assert sum(one.total for one in both) == 30
    for submission in submissions:
        assert (await storage.view(submission.id)).job.number == 2
    assert await storage.count("queue") == 30


async def withdraw(storage: Storage, rejudge_id: RejudgeId) -> int:
    async with storage.sessions() as session:
        withdrawn = await SqlRejudgeRepository(session).withdraw(rejudge_id)
        await session.commit()
    return withdrawn


async def test_what_a_withdrawn_rejudge_has_not_begun_was_never_asked_for(storage: Storage) -> None:
    submissions = await judged(storage, 4)
    before = [await storage.view(submission.id) for submission in submissions]
    await new_revision(storage, storage.problem)
    begun = await rejudge(storage, RejudgeFilter(problem=storage.problem.slug))
    runs, given_back = await storage.claim_job(), await storage.claim_job()
    await storage.ledger.give_back(given_back.claim, "stopped")
    assert await withdraw(storage, begun.id) == 2
    assert await withdraw(storage, begun.id) == 0
    for submission, view in zip(submissions, before, strict=True):
        now = await storage.view(submission.id)
        if submission.id in (runs.submission.id, given_back.submission.id):
            assert (now.job.number, now.revision) == (2, 2)
        else:
            assert (now.job.result, now.job.number, now.revision) == (view.job.result, 1, 1)
    assert await storage.count("jobs") == 6
    assert await storage.count("queue") == 2
    await storage.finish(runs.claim)
    await storage.finish(await storage.claim())
    [stands] = await progress(storage, begun.id)
    assert (stands.finished, stands.waiting, stands.cancelled) == (2, 0, 0)
    again = await rejudge(storage, RejudgeFilter(problem=storage.problem.slug))
    assert (again.total, again.skipped) == (4, 0)
    numbers = [(await storage.view(submission.id)).job.number for submission in submissions]
    assert sorted(numbers) == [2, 2, 3, 3]


async def test_what_is_withdrawn_costs_its_key_nothing(storage: Storage) -> None:
    submissions = await judged(storage, 3)
    begun = await rejudge(storage, RejudgeFilter(ids=tuple(one.id for one in submissions)))
    query = text("SELECT (SELECT sum(cost) FROM key_charges), (SELECT sum(cost) FROM queue)")
    async with storage.engine.connect() as connection:
        charged, queued = (await connection.execute(query)).one()
    assert await withdraw(storage, begun.id) == 3
    async with storage.engine.connect() as connection:
        charged_after, queued_after = (await connection.execute(query)).one()
    assert ((charged or 0) - queued, queued_after) == (charged_after, None)


async def test_withdrawing_while_workers_claim_leaves_each_job_with_one_of_them(storage: Storage) -> None:
    submissions = await judged(storage, 30)
    begun = await rejudge(storage, RejudgeFilter(problem=storage.problem.slug))
    claims = [storage.ledger.claim(WORKER, "w", [PYTHON], LEASE) for _ in range(10)]
    claimed, withdrawn = await asyncio.gather(asyncio.gather(*claims), withdraw(storage, begun.id))
    withdrawn += await withdraw(storage, begun.id)
    began = [job for job in claimed if job is not None]
    assert len(began) + withdrawn == 30
    for job in began:
        await storage.finish(job.claim)
    numbers = [(await storage.view(submission.id)).job.number for submission in submissions]
    assert sorted(numbers) == [1] * withdrawn + [2] * len(began)
    assert await storage.count("queue") == 0


async def test_the_right_rejudge_waits_for_the_withdrawal_of_the_wrong_one(storage: Storage) -> None:
    submissions = await judged(storage, 5)
    wrong = await rejudge(storage, RejudgeFilter(problem=storage.problem.slug))
    async with storage.sessions() as session:
        assert await SqlRejudgeRepository(session).withdraw(wrong.id) == 5
        right = asyncio.create_task(rejudge(storage, RejudgeFilter(problem=storage.problem.slug)))
        await asyncio.sleep(0.3)
        assert not right.done()
        await session.commit()
    assert ((await right).total, (await right).skipped) == (5, 0)
    assert {(await storage.view(submission.id)).job.rejudge_id for submission in submissions} == {(await right).id}
    assert await progress(storage, wrong.id) == [RejudgeProgress(withdrawn=5)]


async def test_deleting_cancelling_and_rejudging_at_once_leave_nothing_half_done(storage: Storage) -> None:
    submissions = await judged(storage, 20)

    async def end(submission: Submission, number: int) -> None:
        async with storage.sessions() as session:
            repository = SqlSubmissionRepository(session)
            await (repository.remove if number % 2 else repository.cancel)(submission.id)
            await session.commit()

    ends = [end(submission, number) for number, submission in enumerate(submissions)]

    async def ask_and_withdraw() -> None:
        await withdraw(storage, (await rejudge(storage, RejudgeFilter(problem=storage.problem.slug))).id)

    again = rejudge(storage, RejudgeFilter(problem=storage.problem.slug))
    await asyncio.gather(*ends[:10], ask_and_withdraw(), *ends[10:], again)
    assert await storage.count("submissions") == 10
    async with storage.engine.connect() as connection:
        counted = await connection.execute(
            text(
                "SELECT (SELECT count(*) FROM jobs WHERE status = 'queued') AS waiting,"
                " (SELECT count(*) FROM queue) AS queued,"
                " (SELECT count(*) FROM submissions JOIN jobs ON jobs.id = latest_job_id) AS whole"
            )
        )
        row = counted.one()
    assert row.waiting == row.queued
    assert row.whole == 10


async def test_what_a_rejudge_has_just_queued_is_not_forgotten(storage: Storage) -> None:
    """The statement that forgets is held between its snapshot and its locks: its tables are views that take a while."""
    first, _ = await judged(storage, 2)
    slow = "WITH nap AS MATERIALIZED (SELECT pg_sleep(0.4)) SELECT t.* FROM nap CROSS JOIN public.{0} AS t"
    async with storage.engine.begin() as connection:
        await connection.execute(text("CREATE SCHEMA slow"))
        for table in ("queue", "jobs"):
            await connection.execute(text(f"CREATE VIEW slow.{table} AS {slow.format(table)}"))
    try:
        async with storage.sessions() as session:
            await session.execute(text("SET LOCAL search_path = slow, public"))
            forgetting = asyncio.create_task(SqlSubmissionRepository(session).remove_before(NOW.replace(year=9000), 10))
            await asyncio.sleep(0.1)
            begun = await rejudge(storage, RejudgeFilter(ids=(first.id,)))
            assert not forgetting.done()
            assert await forgetting == 1
            await session.commit()
    finally:
        async with storage.engine.begin() as connection:
            await connection.execute(text("DROP SCHEMA slow CASCADE"))
    assert await progress(storage, begun.id) == [RejudgeProgress(waiting=1)]
    assert (await storage.claim()).submission_id == first.id
    assert await storage.count("submissions") == 1


async def test_live_submissions_go_first_and_keys_share_what_is_left(storage: Storage) -> None:
    other = await storage.add_key(make_key())
    await judged(storage, 20)
    await rejudge(storage, RejudgeFilter(problem=storage.problem.slug))
    mine = [storage.submission(priority=-10, key=other) for _ in range(2)]
    await storage.submit(*mine)
    live = storage.submission(key=other)
    await storage.submit(live)
    order = [(await storage.claim()).submission_id for _ in range(6)]
    assert order[0] == live.id
    assert {one.id for one in mine} <= set(order[1:])


async def test_a_deleted_rejudge_leaves_the_jobs(storage: Storage) -> None:
    [submission] = await judged(storage, 1)
    begun = await rejudge(storage, RejudgeFilter(ids=(submission.id,)))
    async with storage.engine.begin() as connection:
        await connection.execute(text("DELETE FROM rejudges"))
    assert (await storage.view(submission.id)).job.rejudge_id is None
    assert await progress(storage, begun.id) == [RejudgeProgress()]


@pytest.mark.parametrize("number", [10_000])
async def test_ten_thousand_in_one_statement(storage: Storage, number: int) -> None:
    for _ in range(number // 1000):
        await storage.submit(*(storage.submission() for _ in range(1000)))
    async with storage.engine.begin() as connection:
        await connection.execute(text("DELETE FROM queue"))
        await connection.execute(
            text(
                "UPDATE jobs SET status = 'finished', verdict = 'AC', score = 1, max_score = 1, message = '',"
                " groups = '[]', finished_at = now()"
            )
        )
    begun_at = time.monotonic()
    begun = await rejudge(storage, RejudgeFilter(problem=storage.problem.slug))
    taken = time.monotonic() - begun_at
    assert (begun.total, await storage.count("queue")) == (number, number)
    begun_at = time.monotonic()
    assert await progress(storage, begun.id) == [RejudgeProgress(waiting=number)]
    counted = time.monotonic() - begun_at
    begun_at = time.monotonic()
    assert await withdraw(storage, begun.id) == number
    back = time.monotonic() - begun_at
    assert (await storage.count("jobs"), await storage.count("queue")) == (number, 0)
    print(f"{number} rejudged in {taken:.2f} s, counted in {counted:.3f} s, withdrawn in {back:.2f} s")  # noqa: T201
    assert max(taken, back) < 20
