"""What the database says of every submission that was acknowledged."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg

from tests.chaos.programs import Program

JOBS = """
SELECT s.id, j.status, j.finished_at, j.verdict, j.attempt, j.message,
       (SELECT count(*) FROM jobs WHERE submission_id = s.id) AS jobs,
       (SELECT count(*) FROM test_results t WHERE t.job_id = j.id) AS results,
       (SELECT count(*) FROM job_attempts a WHERE a.job_id = j.id) AS attempts,
       (SELECT count(*) FROM job_attempts a WHERE a.job_id = j.id AND a.ending IS NULL) AS endless,
       (SELECT count(*) FROM job_attempts a WHERE a.job_id = j.id AND a.ending IN ('finished', 'judge_error')) AS ends
FROM submissions s JOIN jobs j ON j.id = s.latest_job_id
"""
LOST = """
SELECT worker, ending, reason, started_at, ended_at FROM job_attempts WHERE ending NOT IN ('finished', 'judge_error')
"""
PENDING = "SELECT count(*) FROM queue"


@dataclass(slots=True)
class Accounts:
    """``wrong``: a line for each submission, or leftover, that is not as it must be."""

    submissions: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    most_attempts: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: list[Mapping[str, Any]] = field(default_factory=list)
    finished_at: list[datetime] = field(default_factory=list)
    finished_of: dict[str, datetime] = field(default_factory=dict)


async def audit(connection: "asyncpg.Connection[Any]", sent: Mapping[str, Program]) -> Accounts:
    """Every acknowledged submission has one job with one verdict, the right one, and each attempt has one end."""
    accounts = Accounts()
    rows = {str(row["id"]): row for row in await connection.fetch(JOBS)}
    accounts.submissions = len(rows)
    accounts.wrong += [f"{id_}: acknowledged and gone" for id_ in sent if id_ not in rows]
    strangers = [row for id_, row in rows.items() if id_ not in sent]
    accounts.wrong += [f"{row['id']}: there, and never acknowledged" for row in strangers]
    for id_, program in sent.items():
        if id_ in rows:
            accounts.wrong += [f"{id_} ({program.name}): {fault}" for fault in _faults(rows[id_], program)]
            accounts.verdicts[str(rows[id_]["verdict"])] += 1
            accounts.most_attempts = max(accounts.most_attempts, rows[id_]["attempt"])
    if left := await connection.fetchval(PENDING):
        accounts.wrong.append(f"the queue still has {left} rows")
    accounts.lost = [dict(row) for row in await connection.fetch(LOST)]
    accounts.endings = Counter(str(row["ending"]) for row in accounts.lost)
    if failed := accounts.endings["failed"]:
        accounts.wrong.append(f"{failed} attempts counted against their jobs, though only the service was broken")
    accounts.finished_of = {id_: row["finished_at"] for id_, row in rows.items() if row["finished_at"]}
    accounts.finished_at = sorted(accounts.finished_of.values())
    return accounts


def _faults(row: Mapping[str, Any], program: Program) -> list[str]:
    """PassFail stops at the first failing test; the others are there as skipped."""
    checks = {
        f"{row['jobs']} jobs": row["jobs"] == 1,
        f"status {row['status']}": row["status"] == "finished",
        f"verdict {row['verdict']} in place of {program.verdict}: {row['message']}": row["verdict"] == program.verdict,
        f"{row['results']} test results in place of {program.tests}": row["results"] == program.tests,
        f"{row['attempts']} attempts noted, number {row['attempt']}": row["attempts"] == row["attempt"],
        f"{row['endless']} attempts without an end": row["endless"] == 0,
        f"{row['ends']} attempts with a verdict": row["ends"] == 1,
    }
    return [fault for fault, well in checks.items() if not well]
