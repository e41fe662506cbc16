from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from application.submissions.job_ledger import ClaimedJob, Sweep
from domain.languages.entities import LanguageId
from domain.problems.entities import Revision, RevisionId
from domain.runs.entities import Limits, SourceFile
from domain.submissions.entities import Claim, CompileResult, JobId, JobResult, SubmissionId, TestResult
from domain.submissions.exceptions import LeaseLost
from domain.workers.entities import WorkerId
from infrastructure.database.errors import storage_errors
from infrastructure.database.repositories.problems.mappers import to_revision
from infrastructure.database.repositories.submissions import ledger_statements as statements
from infrastructure.database.repositories.submissions import view_statements
from infrastructure.database.repositories.submissions.mappers import (
    compile_columns,
    job_columns,
    result_columns,
    to_submission,
)

SWEEP_BATCH = 500
MOST_COUNTED = 10_000
"""Waiting jobs are counted no further: whoever sweeps only asks whether there is work for all its slots."""
REVISIONS_REMEMBERED = 32
NEVER = 2**31 - 1
LEASE_RAN_OUT = "the lease ran out: the worker has died or was cut off"


class SqlJobLedger:
    """``application.submissions.job_ledger.JobLedger`` over PostgreSQL.

    Most calls are one statement that commits by itself: one round trip. Every call may raise StorageUnavailable.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._revisions: dict[RevisionId, Revision] = {}

    async def claim(
        self, worker_id: WorkerId, worker: str, languages: Collection[LanguageId], lease: timedelta
    ) -> ClaimedJob | None:
        """Never waits for another claim: jobs that others are just taking are passed over."""
        parameters = {"worker_id": worker_id, "worker": worker, "languages": list(languages), "lease": lease}
        async with self._connection() as connection:
            row = (await connection.execute(statements.CLAIM, parameters)).one_or_none()
        if row is None:
            return None
        sources = tuple(map(SourceFile, row.names or (), row.contents or ()))
        return ClaimedJob(
            claim=Claim(
                job_id=JobId(row.job_id), submission_id=SubmissionId(row.id), attempt=row.attempt, waited=row.waited
            ),
            submission=to_submission(row, sources),
        )

    async def revision(self, job: ClaimedJob) -> Revision:
        """It never changes: it is read without the fence, and remembered."""
        revision_id = job.submission.revision_id
        revision = self._revisions.get(revision_id)
        if revision is None:
            by = {"revision_id": revision_id}
            async with self._connection() as connection:
                row = (await connection.execute(view_statements.revision(), by)).one_or_none()
                if row is None:
                    raise LeaseLost(str(job.claim.job_id))
                revision = to_revision(row, await connection.execute(view_statements.test_cases(), by))
            self._remember(revision)
        return revision

    async def compiled(self, claim: Claim, result: CompileResult | None, limits: Limits, isolation: str) -> None:
        """Raises LeaseLost."""
        await self._fenced(statements.COMPILED, claim, compile_columns(result, limits, isolation))

    async def record(self, claim: Claim, results: Sequence[TestResult]) -> None:
        """Raises LeaseLost."""
        await self._fenced(statements.RECORD, claim, result_columns(results))

    async def finish(
        self,
        claim: Claim,
        result: JobResult,
        compile_result: CompileResult | None,
        limits: Limits | None,
        isolation: str,
        results: Sequence[TestResult],
    ) -> None:
        """Raises LeaseLost."""
        columns = job_columns(result, compile_result, limits, isolation) | result_columns(results)
        await self._fenced(statements.FINISH, claim, columns)

    async def give_back(self, claim: Claim, reason: str) -> None:
        """However often a worker stops, the job does not become a judge error by it."""
        await self._release_held(claim, "given_back", reason, counted=0, max_failures=NEVER)

    async def fail(self, claim: Claim, cause: str, max_attempts: int) -> bool:
        """True: the job is JE now."""
        sweep = await self._release_held(claim, "failed", cause, counted=1, max_failures=max_attempts)
        return sweep is not None and sweep.failed > 0

    async def extend(self, claims: Sequence[Claim], lease: timedelta) -> Sequence[Claim]:
        """A lease that has run out, but was not yet found by a sweep, is as good as new."""
        if not claims:
            return ()
        parameters = {
            "job_ids": [claim.job_id for claim in claims],
            "attempts": [claim.attempt for claim in claims],
            "lease": lease,
        }
        async with self._connection() as connection:
            held = set((await connection.execute(statements.EXTEND, parameters)).scalars())
        return [claim for claim in claims if claim.job_id not in held]

    async def abandon(self, worker_ids: Sequence[WorkerId]) -> None:
        """One statement; the next sweep does the rest."""
        async with self._connection() as connection:
            await connection.execute(statements.ABANDON, {"worker_ids": list(worker_ids)})

    async def sweep(self, max_attempts: int) -> Sweep:
        """Jobs that another sweep is just putting back are passed over. ``waiting`` counts to 10,000."""
        async with self._connection() as connection:
            found = (await connection.execute(statements.LOOK, {"most": MOST_COUNTED})).one()
        given_back = failed = 0
        more: bool = found.expired
        while more:
            part, more = await self._release_expired(max_attempts)
            given_back += part.given_back
            failed += part.failed
        return Sweep(given_back=given_back, failed=failed, waiting=found.waiting + given_back)

    def _remember(self, revision: Revision) -> None:
        """Revisions never change, and many submissions in a row are to the same problem."""
        if len(self._revisions) >= REVISIONS_REMEMBERED:
            del self._revisions[next(iter(self._revisions))]  # the first remembered
        self._revisions[revision.id] = revision

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        """Every statement commits by itself."""
        with storage_errors():
            async with self._autocommit.connect() as connection:
                yield connection

    async def _fenced(self, statement: TextClause, claim: Claim, columns: Mapping[str, Any]) -> None:
        parameters = {"job_id": claim.job_id, "attempt": claim.attempt, **columns}
        async with self._connection() as connection:
            held: int = (await connection.execute(statement, parameters)).scalar_one()
        if not held:
            raise LeaseLost(str(claim.job_id))

    async def _release_held(
        self, claim: Claim, ending: str, reason: str, *, counted: int, max_failures: int
    ) -> Sweep | None:
        with storage_errors():
            async with self._engine.begin() as connection:
                fence = {"job_id": claim.job_id, "attempt": claim.attempt}
                if (await connection.execute(statements.LOCK_HELD, fence)).one_or_none() is None:
                    return None
                return await _release(connection, [claim.job_id], ending, reason, counted, max_failures)

    async def _release_expired(self, max_attempts: int) -> tuple[Sweep, bool]:
        with storage_errors():
            async with self._engine.begin() as connection:
                locked = await connection.execute(statements.LOCK_EXPIRED, {"most": SWEEP_BATCH})
                jobs = locked.scalars().all()
                sweep = await _release(connection, jobs, "lease_lost", LEASE_RAN_OUT, 1, max_attempts)
                return sweep, len(jobs) == SWEEP_BATCH


async def _release(
    connection: AsyncConnection, jobs: Sequence[JobId], ending: str, reason: str, counted: int, max_failures: int
) -> Sweep:
    parameters = {
        "job_ids": list(jobs),
        "ending": ending,
        "reason": reason.encode(errors="replace").decode().replace("\0", "\ufffd"),
        "counted": counted,
        "max_failures": max_failures,
    }
    row = (await connection.execute(statements.RELEASE, parameters)).one()
    return Sweep(given_back=row.given_back, failed=row.failed, waiting=0)
