"""Cancelling and deleting, against everything that a worker may be doing at that moment."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import text

from domain.submissions.entities import Claim, JobId, SubmissionId
from domain.submissions.enums import JobStatus
from domain.submissions.exceptions import LeaseLost
from infrastructure.database.repositories.submissions.repositories import SqlSubmissionRepository
from tests.integration.database.storage import GONE, LEASE, LIMITS, PYTHON, WORKER, Storage, make_result


async def cancel(storage: Storage, submission_id: SubmissionId) -> Sequence[JobId]:
    async with storage.sessions() as session:
        ended = await SqlSubmissionRepository(session).cancel(submission_id)
        await session.commit()
    return ended


async def remove(storage: Storage, submission_id: SubmissionId) -> Sequence[JobId] | None:
    async with storage.sessions() as session:
        ended = await SqlSubmissionRepository(session).remove(submission_id)
        await session.commit()
    return ended


async def test_what_waits_is_cancelled_and_never_claimed(storage: Storage) -> None:
    submission = storage.submission()
    [job_id] = await storage.submit(submission)
    assert await cancel(storage, submission.id) == [job_id]
    job = (await storage.view(submission.id)).job
    assert (job.status, job.result, job.started_at, job.attempt) == (JobStatus.CANCELLED, None, None, 1)
    assert job.finished_at is not None
    assert await storage.ledger.claim(WORKER, "w", [PYTHON], LEASE) is None
    assert await storage.attempts(job_id) == []
    assert await cancel(storage, submission.id) == ()
    assert (await storage.view(submission.id)).job == job


async def test_what_runs_is_cancelled_and_its_attempt_has_an_end(storage: Storage) -> None:
    submission = storage.submission()
    [job_id] = await storage.submit(submission)
    claim = await storage.claim()
    await storage.ledger.compiled(claim, None, LIMITS, "none")
    await storage.ledger.record(claim, [make_result(0)])
    assert await cancel(storage, submission.id) == [job_id]
    assert await storage.ledger.extend([claim], LEASE) == [claim]
    with pytest.raises(LeaseLost):
        await storage.ledger.record(claim, [make_result(1)])
    with pytest.raises(LeaseLost):
        await storage.finish(claim, make_result(1))
    await storage.ledger.give_back(claim, "late")
    assert await storage.ledger.fail(claim, "late", 1) is False
    view = await storage.view(submission.id)
    assert (view.job.status, view.job.result, view.tests) == (JobStatus.CANCELLED, None, (make_result(0),))
    assert await storage.attempts(job_id) == [(1, "cancelled", None)]
    assert await storage.count("queue") == 0


async def test_what_has_finished_stays_as_it_is(storage: Storage) -> None:
    submission = storage.submission()
    [job_id] = await storage.submit(submission)
    await storage.finish(await storage.claim(), make_result(0))
    before = await storage.view(submission.id)
    assert await cancel(storage, submission.id) == ()
    assert await storage.view(submission.id) == before
    assert await storage.attempts(job_id) == [(1, "finished", None)]


async def test_what_was_given_back_is_cancelled_without_touching_the_attempts_before(storage: Storage) -> None:
    submission = storage.submission()
    [job_id] = await storage.submit(submission)
    await storage.claim(GONE)
    await storage.ledger.sweep(3)
    ended = await storage.attempts(job_id)
    assert await cancel(storage, submission.id) == [job_id]
    assert await storage.attempts(job_id) == ended


async def test_finishing_and_cancelling_at_once_make_exactly_one_end(storage: Storage) -> None:
    submissions = [storage.submission() for _ in range(150)]
    jobs = dict(zip([s.id for s in submissions], await storage.submit(*submissions), strict=True))
    claims = {claim.submission_id: claim for claim in [await storage.claim() for _ in submissions]}

    async def finish(claim: Claim) -> bool:
        try:
            await storage.finish(claim, make_result(0))
        except LeaseLost:
            return False
        return True

    async def race(number: int, submission_id: SubmissionId) -> str:
        claim = claims[submission_id]
        both = [finish(claim), cancel(storage, submission_id)]
        if number % 2:
            both.reverse()
        done = await asyncio.gather(*both)
        finished, cancelled = reversed(done) if number % 2 else done
        assert bool(finished) != bool(cancelled)
        status = (await storage.view(submission_id)).job.status
        assert status is (JobStatus.FINISHED if finished else JobStatus.CANCELLED)
        assert await storage.attempts(jobs[submission_id]) == [(1, str(status), None)]
        return str(status)

    ends: list[str] = []
    for start in range(0, len(submissions), 5):
        part = submissions[start : start + 5]
        ends += await asyncio.gather(*(race(start + n, s.id) for n, s in enumerate(part)))
    assert set(ends) == {"finished", "cancelled"}


async def test_claiming_and_cancelling_at_once_leave_no_attempt_without_an_end(storage: Storage) -> None:
    submissions = [storage.submission() for _ in range(100)]
    jobs = await storage.submit(*submissions)

    async def claim_all() -> int:
        claimed = 0
        while await storage.ledger.claim(WORKER, "w", [PYTHON], LEASE) is not None:
            claimed += 1
        return claimed

    async def cancel_all() -> None:
        for submission in submissions:
            await cancel(storage, submission.id)

    claimed, *_ = await asyncio.gather(claim_all(), cancel_all(), claim_all())
    attempts = [attempt for job in jobs for attempt in await storage.attempts(job)]
    assert claimed > 0
    assert {ending for _, ending, _ in attempts} == {"cancelled"}
    assert await storage.count("queue") == 0


async def test_what_was_never_begun_is_not_charged(storage: Storage) -> None:
    """The next job starts where it would have started without those that were cancelled."""

    async def starts() -> int:
        await storage.submit(storage.submission())
        async with storage.engine.connect() as connection:
            rows = await connection.execute(text("SELECT virtual_start FROM queue ORDER BY job_id DESC LIMIT 1"))
            start: int = rows.scalar_one()
        return start

    before, then = await starts(), await starts()
    cost = then - before
    assert cost > 0
    many = [storage.submission() for _ in range(50)]
    await storage.submit(*many)
    for submission in many:
        await cancel(storage, submission.id)
    assert await starts() == then + cost


@pytest.mark.parametrize("state", ["waiting", "running", "finished", "cancelled"])
async def test_a_deleted_submission_leaves_nothing(storage: Storage, state: str) -> None:
    submission, other = storage.submission(), storage.submission()
    [job_id] = await storage.submit(submission)
    claim = await storage.claim() if state in ("running", "finished") else None
    if claim is not None:
        await storage.ledger.record(claim, [make_result(0)])
    if state == "finished" and claim is not None:
        await storage.finish(claim, make_result(1))
    if state == "cancelled":
        await cancel(storage, submission.id)
    await storage.submit(other)
    assert await remove(storage, submission.id) == ([job_id] if state in ("waiting", "running") else ())
    for table, left in {
        "submissions": 1,
        "jobs": 1,
        "queue": 1,
        "sources": 2,
        "test_results": 0,
        "job_attempts": 0,
    }.items():
        assert await storage.count(table) == left, table
    if claim is not None:
        with pytest.raises(LeaseLost):
            await storage.ledger.record(claim, [make_result(2)])
    assert await remove(storage, submission.id) is None
