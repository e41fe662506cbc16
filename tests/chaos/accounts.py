"""What the database says of everything that was acknowledged."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from tests.chaos.acknowledged import Acknowledged
from tests.chaos.programs import Program

JOBS = """
SELECT s.id, j.number, j.status, j.finished_at, j.verdict, j.attempt, j.message, j.rejudge_id,
       j.id = s.latest_job_id AS newest,
       (SELECT count(*) FROM test_results t WHERE t.job_id = j.id) AS results,
       (SELECT count(*) FROM job_attempts a WHERE a.job_id = j.id) AS attempts,
       (SELECT count(*) FROM job_attempts a WHERE a.job_id = j.id AND a.ending IS NULL) AS endless,
       (SELECT count(*) FROM job_attempts a WHERE a.job_id = j.id AND a.ending IN ('finished', 'judge_error')) AS ends
FROM submissions s JOIN jobs j ON j.submission_id = s.id
ORDER BY s.id, j.number
"""
UNENDED = "SELECT count(*) FROM jobs WHERE submission_id = ANY($1) AND status NOT IN ('finished', 'cancelled')"
LOST = """
SELECT worker, ending, reason, started_at, ended_at FROM job_attempts
WHERE ending NOT IN ('finished', 'judge_error', 'cancelled')
"""
PENDING = "SELECT count(*) FROM queue"
Row = Mapping[str, Any]
Database: TypeAlias = "asyncpg.Connection[Any]"


@dataclass(slots=True)
class Accounts:
    """``wrong``: a line for each submission, rejudge or leftover that is not as it must be."""

    submissions: int = 0
    jobs: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    most_attempts: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: list[Row] = field(default_factory=list)
    finished_at: list[datetime] = field(default_factory=list)
    finished_of: dict[str, datetime] = field(default_factory=dict)


async def unended(database: Database, submissions: Collection[str]) -> int:
    """How many of their jobs wait or run."""
    return int(await database.fetchval(UNENDED, [UUID(id_) for id_ in submissions]))


async def audit(database: Database, acknowledged: Acknowledged) -> Accounts:
    """At the end, when nobody sends any more."""
    accounts = Accounts()
    rows = await _jobs(database)
    accounts.submissions = len(rows) + len(acknowledged.deleted)
    accounts.wrong += _wrong(rows, acknowledged, acknowledged.sent)
    accounts.wrong += [f"{id_}: there, and never acknowledged" for id_ in rows.keys() - acknowledged.sent.keys()]
    accounts.wrong += _miscounted(rows, acknowledged)
    if left := await database.fetchval(PENDING):
        accounts.wrong.append(f"the queue still has {left} rows")
    jobs = [job for of_one in rows.values() for job in of_one]
    accounts.jobs = len(jobs)
    accounts.verdicts = Counter(str(job["verdict"] or job["status"]) for job in jobs)
    accounts.most_attempts = max(job["attempt"] for job in jobs)
    accounts.lost = [dict(row) for row in await database.fetch(LOST)]
    accounts.endings = Counter(str(row["ending"]) for row in accounts.lost)
    if failed := accounts.endings["failed"]:
        accounts.wrong.append(f"{failed} attempts counted against their jobs, though only the service was broken")
    accounts.finished_of = {str(job["id"]): job["finished_at"] for job in reversed(jobs) if job["finished_at"]}
    accounts.finished_at = sorted(job["finished_at"] for job in jobs if job["finished_at"])
    return accounts


async def audit_some(database: Database, acknowledged: Acknowledged, submissions: Collection[str]) -> list[str]:
    """What is wrong with these, while others are sent."""
    return _wrong(await _jobs(database), acknowledged, submissions)


async def _jobs(database: Database) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in await database.fetch(JOBS):
        found[str(row["id"])].append(row)
    return found


def _wrong(rows: Mapping[str, Sequence[Row]], acknowledged: Acknowledged, submissions: Collection[str]) -> list[str]:
    wrong = []
    for id_ in submissions:
        name = acknowledged.sent[id_].name
        if id_ in acknowledged.deleted:
            faults = ["deleted and still there"] if id_ in rows else []
        elif id_ not in rows:
            faults = ["acknowledged and gone"]
        else:
            faults = [*_faults(rows[id_], acknowledged, id_)]
        wrong += [f"{id_} ({name}): {fault}" for fault in faults]
    return wrong


def _faults(jobs: Sequence[Row], acknowledged: Acknowledged, submission: str) -> Iterator[str]:
    """One job, and one for each rejudge that took it; one of them cancelled where that was acknowledged."""
    program = acknowledged.sent[submission]
    asked = {id_ for id_, rejudge in acknowledged.rejudges.items() if submission in rejudge.took}
    numbers = [job["number"] for job in jobs]
    if numbers != [*range(1, len(jobs) + 1)]:
        yield f"jobs {numbers}"
    if [job["newest"] for job in jobs] != [False] * (len(jobs) - 1) + [True]:
        yield "the newest job is not the one that is shown"
    by = [str(job["rejudge_id"]) if job["rejudge_id"] else None for job in jobs]
    if by[0] is not None or sorted(by[1:], key=str) != sorted(asked):
        yield f"jobs of {by}, where {asked or 'none'} were acknowledged"
    cancelled = sum(job["status"] == "cancelled" for job in jobs)
    if cancelled != (submission in acknowledged.cancelled):
        yield f"{cancelled} of {len(jobs)} jobs cancelled"
    for job in jobs:
        for fault in _cancelled_faults(job, program) if job["status"] == "cancelled" else _judged_faults(job, program):
            yield f"job {job['number']}: {fault}"


def _judged_faults(job: Row, program: Program) -> list[str]:
    """PassFail stops at the first failing test; the others are there as skipped."""
    checks = {
        f"status {job['status']}": job["status"] == "finished",
        f"verdict {job['verdict']} in place of {program.verdict}: {job['message']}": job["verdict"] == program.verdict,
        f"{job['results']} test results in place of {program.tests}": job["results"] == program.tests,
        f"{job['attempts']} attempts noted, number {job['attempt']}": job["attempts"] == job["attempt"],
        f"{job['endless']} attempts without an end": job["endless"] == 0,
        f"{job['ends']} attempts with a verdict": job["ends"] == 1,
    }
    return [fault for fault, well in checks.items() if not well]


def _cancelled_faults(job: Row, program: Program) -> list[str]:
    """What waited has no attempt of that number yet; what ran may have results."""
    checks = {
        f"cancelled with the verdict {job['verdict']}": job["verdict"] is None,
        f"cancelled with {job['results']} of {program.tests} results": job["results"] <= program.tests,
        f"{job['attempts']} attempts noted, number {job['attempt']}": 0 <= job["attempt"] - job["attempts"] <= 1,
        f"{job['endless']} attempts without an end": job["endless"] == 0,
        f"cancelled, and {job['ends']} attempts with a verdict": job["ends"] == 0,
    }
    return [fault for fault, well in checks.items() if not well]


def _miscounted(rows: Mapping[str, Sequence[Row]], acknowledged: Acknowledged) -> Iterator[str]:
    """What of a rejudge's jobs is not there was deleted with its submission."""
    made = Counter(str(job["rejudge_id"]) for jobs in rows.values() for job in jobs if job["rejudge_id"])
    for id_, rejudge in acknowledged.rejudges.items():
        if made[id_] != rejudge.total - rejudge.withdrawn - len(rejudge.took & acknowledged.deleted):
            yield f"rejudge {id_} told of {rejudge.total} jobs, {rejudge.withdrawn} withdrawn, and has {made[id_]}"
    yield from (f"rejudge {id_}: there, and never acknowledged" for id_ in made.keys() - acknowledged.rejudges.keys())
