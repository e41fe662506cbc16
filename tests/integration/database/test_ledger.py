import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from domain.runs.entities import SourceFile
from domain.submissions.entities import Claim, CompileResult, JobId
from domain.submissions.enums import JobStatus
from domain.submissions.exceptions import LeaseLost
from domain.verdicts import Verdict
from tests.integration.database.storage import (
    ACCEPTED,
    CPP,
    GONE,
    LEASE,
    LIMITS,
    PYTHON,
    WORKER,
    Storage,
    make_result,
)

COMPILED = CompileResult(
    exit_code=0,
    output="warning: ünused\n",
    cpu_time=timedelta(microseconds=1234567),
    wall_time=timedelta(seconds=1),
    memory=2**30,
)


async def test_a_job_from_queue_to_end(storage: Storage) -> None:
    submission = storage.submission(metadata={"n": 1})
    [job_id] = await storage.submit(submission)
    before = datetime.now(UTC)
    job = await storage.claim_job()
    claim = job.claim
    assert claim == Claim(job_id=job_id, submission_id=submission.id, attempt=1)
    assert await storage.ledger.claim(WORKER, "w", [PYTHON], LEASE) is None
    assert job.submission == submission
    assert job.submission.sources[0] == SourceFile("main.py", b"print(1)\r\n\x00\xff")
    assert await storage.ledger.revision(job) == storage.revision

    view = await storage.view(submission.id)
    assert (view.job.status, view.job.worker, view.job.attempt) == (JobStatus.COMPILING, "worker-1", 1)
    assert view.job.started_at is not None
    assert before <= view.job.started_at <= datetime.now(UTC)

    await storage.ledger.compiled(claim, COMPILED, LIMITS, "namespaces+cgroup2")
    await storage.ledger.record(claim, [make_result(0)])
    view = await storage.view(submission.id)
    assert (view.job.status, view.job.compile, view.job.limits) == (JobStatus.TESTING, COMPILED, LIMITS)
    assert (view.job.isolation, view.job.result, view.job.finished_at) == ("namespaces+cgroup2", None, None)
    assert view.tests == (make_result(0),)

    last = [make_result(1, Verdict.WA), replace(make_result(2), runs=(), stdout=None, cpu_time=None, group="g")]
    await storage.ledger.finish(claim, ACCEPTED, COMPILED, LIMITS, "namespaces+cgroup2", last)
    view = await storage.view(submission.id)
    assert (view.job.status, view.job.result, view.job.compile) == (JobStatus.FINISHED, ACCEPTED, COMPILED)
    assert view.tests == (make_result(0), *last)
    assert view.job.finished_at is not None
    assert view.job.started_at is not None
    assert view.job.started_at < view.job.finished_at
    assert await storage.attempts(job_id) == [(1, "finished", None)]
    assert await storage.count("queue") == 0


async def test_a_job_may_end_without_tests_compilation_and_limits(storage: Storage) -> None:
    submission = storage.submission()
    await storage.submit(submission)
    result = replace(ACCEPTED, verdict=Verdict.CE, cpu_time=None, wall_time=None, memory=None, groups=())
    await storage.ledger.finish(await storage.claim(), result, None, None, "none", [])
    view = await storage.view(submission.id)
    assert (view.job.result, view.job.compile, view.job.limits, view.tests) == (result, None, None, ())


async def test_eight_loops_never_claim_a_job_twice(storage: Storage) -> None:
    jobs = await storage.submit(*(storage.submission() for _ in range(300)))

    async def loop() -> list[JobId]:
        mine = []
        while job := await storage.ledger.claim(WORKER, "w", [PYTHON], LEASE):
            mine.append(job.claim.job_id)
            if len(mine) % 3 == 0:
                await storage.finish(job.claim)
        return mine

    claimed = await asyncio.gather(*(loop() for _ in range(8)))
    everything = [job for part in claimed for job in part]
    assert sorted(everything) == sorted(jobs)
    assert sum(len(part) > 0 for part in claimed) > 1


async def test_only_languages_asked_for_are_claimed(storage: Storage) -> None:
    await storage.submit(storage.submission(language=CPP))
    python = storage.submission(language=PYTHON)
    await storage.submit(python)
    assert await storage.ledger.claim(WORKER, "w", [], LEASE) is None
    claim = await storage.claim(languages=[PYTHON])
    assert claim.submission_id == python.id
    assert await storage.ledger.claim(WORKER, "w", [PYTHON], LEASE) is None


async def test_what_a_lost_attempt_writes_is_dropped(storage: Storage) -> None:
    submission = storage.submission()
    [job_id] = await storage.submit(submission)
    lost = await storage.claim(GONE)
    await storage.ledger.sweep(3)
    held = await storage.claim()
    assert (held.job_id, held.attempt) == (job_id, 2)
    with pytest.raises(LeaseLost):
        await storage.ledger.compiled(lost, None, LIMITS, "none")
    with pytest.raises(LeaseLost):
        await storage.ledger.record(lost, [make_result(0)])
    with pytest.raises(LeaseLost):
        await storage.finish(lost, make_result(0))
    await storage.ledger.give_back(lost, "late")
    assert await storage.ledger.fail(lost, "late", 1) is False
    view = await storage.view(submission.id)
    assert (view.job.status, view.job.attempt, view.tests, view.job.limits) == (JobStatus.COMPILING, 2, (), None)
    assert [ending for _, ending, _ in await storage.attempts(job_id)] == ["lease_lost", None]
    await storage.finish(held, make_result(0))
    with pytest.raises(LeaseLost):
        await storage.finish(held, make_result(0))
    assert (await storage.view(submission.id)).tests == (make_result(0),)


async def test_nothing_is_written_without_a_claim(storage: Storage) -> None:
    submission = storage.submission()
    [job_id] = await storage.submit(submission)
    never = Claim(job_id=job_id, submission_id=submission.id, attempt=1)
    with pytest.raises(LeaseLost):
        await storage.finish(never, make_result(0))
    assert (await storage.view(submission.id)).job.status is JobStatus.QUEUED


async def test_a_job_given_back_starts_anew(storage: Storage) -> None:
    submission = storage.submission()
    [job_id] = await storage.submit(submission)
    for attempt in range(1, 6):  # as often as it may be: a stop is no failure
        claim = await storage.claim()
        assert claim.attempt == attempt
        await storage.ledger.compiled(claim, COMPILED, LIMITS, "none")
        await storage.ledger.record(claim, [make_result(0), make_result(1)])
        await storage.ledger.give_back(claim, "the worker stopped")
    job = (await storage.view(submission.id)).job
    assert (job.status, job.attempt, job.result) == (JobStatus.QUEUED, 6, None)
    assert (job.started_at, job.worker, job.compile, job.limits, job.isolation) == (None,) * 5
    assert await storage.count("test_results") == 0
    expected = [(attempt, "given_back", "the worker stopped") for attempt in range(1, 6)]
    assert await storage.attempts(job_id) == expected
    await storage.finish(await storage.claim(), make_result(0))
    assert await storage.attempts(job_id) == [*expected, (6, "finished", None)]


async def test_three_failures_are_a_judge_error_with_its_cause(storage: Storage) -> None:
    submission = storage.submission()
    [job_id] = await storage.submit(submission)
    assert await storage.ledger.fail(await storage.claim(), "first", 3) is False
    await storage.ledger.give_back(await storage.claim(), "a stop does not count")
    assert await storage.ledger.fail(await storage.claim(), "second", 3) is False
    claim = await storage.claim()
    await storage.ledger.record(claim, [make_result(0)])
    assert await storage.ledger.fail(claim, "disk\0 \udcff full", 3) is True
    view = await storage.view(submission.id)
    assert view.job.status is JobStatus.FINISHED
    assert view.job.attempt == 4
    assert view.job.finished_at is not None
    assert view.job.result is not None
    assert view.job.result.verdict is Verdict.JE
    assert view.job.result.message == "judge error: disk\ufffd ? full"
    assert view.tests == ()
    assert [ending for _, ending, _ in await storage.attempts(job_id)] == [
        "failed",
        "given_back",
        "failed",
        "judge_error",
    ]
    assert await storage.ledger.claim(WORKER, "w", [PYTHON], LEASE) is None
    assert await storage.count("queue") == 0


async def test_a_sweep_puts_back_what_has_run_out(storage: Storage) -> None:
    submissions = [storage.submission() for _ in range(5)]
    await storage.submit(*submissions)
    for _ in range(3):
        await storage.claim(GONE)
    held = await storage.claim()
    sweeps = await asyncio.gather(*(storage.ledger.sweep(2) for _ in range(4)))
    assert sum(sweep.given_back for sweep in sweeps) == 3
    assert sum(sweep.failed for sweep in sweeps) == 0
    assert (await storage.ledger.sweep(2)).waiting == 4
    for _ in range(4):
        await storage.claim(GONE)
    last = await storage.ledger.sweep(2)
    assert (last.given_back, last.failed, last.waiting) == (1, 3, 1)
    verdicts = [(await storage.view(s.id)).job.result for s in submissions]
    assert sum(result is not None and result.verdict is Verdict.JE for result in verdicts) == 3
    assert await storage.ledger.extend([held], LEASE) == []


async def test_a_sweep_of_more_than_a_batch(storage: Storage) -> None:
    await storage.submit(*(storage.submission() for _ in range(1100)))
    async with storage.engine.begin() as connection:
        await connection.execute(
            text("UPDATE queue SET worker_id = :worker, lease_until = clock_timestamp()"), {"worker": WORKER}
        )
    sweep = await storage.ledger.sweep(3)
    assert (sweep.given_back, sweep.failed, sweep.waiting) == (1100, 0, 1100)


async def test_a_heartbeat_keeps_what_is_held(storage: Storage) -> None:
    await storage.submit(storage.submission(), storage.submission(), storage.submission())
    lost, alive, late = await storage.claim(), await storage.claim(), await storage.claim(GONE)
    await storage.ledger.give_back(lost, "stopped")
    assert await storage.ledger.extend([lost, alive, late], LEASE) == [lost]
    assert await storage.ledger.extend([], LEASE) == ()
    assert (await storage.ledger.sweep(3)).given_back == 0
    await storage.finish(late)


async def test_results_written_while_the_job_is_given_back_do_not_stay(storage: Storage) -> None:
    """A statement sees what was there when it began: a batch committed while it waited would be left behind."""
    submission = storage.submission()
    [job_id] = await storage.submit(submission)
    claim = await storage.claim()
    async with storage.engine.connect() as connection:
        await connection.execute(text("SELECT FROM queue WHERE job_id = :id FOR UPDATE"), {"id": job_id})
        given_back = asyncio.create_task(storage.ledger.give_back(claim, "stopped"))
        await asyncio.sleep(0.1)
        assert not given_back.done()
        await connection.execute(
            text(
                "INSERT INTO test_results (job_id, index, name, sample, verdict, message, share, runs) "
                "VALUES (:id, 0, 'x', false, 'AC', '', 1, '[]')"
            ),
            {"id": job_id},
        )
        await connection.commit()
        await given_back
    assert await storage.count("test_results") == 0
    again = await storage.claim()
    await storage.ledger.record(again, [make_result(0)])


async def test_a_claim_is_one_ordered_index_scan(storage: Storage) -> None:
    await storage.submit(*(storage.submission() for _ in range(10_000)))
    async with storage.engine.connect() as connection:
        await connection.execute(text("ANALYZE queue"))
        plan = await connection.execute(
            text(
                "EXPLAIN (ANALYZE, BUFFERS) SELECT job_id FROM queue "
                "WHERE worker_id IS NULL AND language = ANY(CAST(ARRAY['python3', 'cpp17'] AS text[])) "
                "ORDER BY priority DESC, virtual_start, job_id LIMIT 1 FOR UPDATE SKIP LOCKED"
            )
        )
        lines = [row[0] for row in plan]
    assert any("Index Scan using ix_queue_waiting" in line for line in lines), lines
    assert not any("Sort" in line for line in lines), lines
