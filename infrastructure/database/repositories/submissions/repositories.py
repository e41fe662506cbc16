from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text

from domain.languages.entities import LanguageId
from domain.runs.entities import SourceFile
from domain.submissions.dtos import HeldJob, SubmissionFilter
from domain.submissions.entities import JobId, Submission, SubmissionId, SubmissionView, TestResult
from domain.workers.entities import WorkerId
from infrastructure.database.repositories.repository import Repository
from infrastructure.database.repositories.submissions import ledger_statements
from infrastructure.database.repositories.submissions import view_statements as statements
from infrastructure.database.repositories.submissions.filters import conditions
from infrastructure.database.repositories.submissions.insertion import INSERT, insertion
from infrastructure.database.repositories.submissions.mappers import to_result, to_view
from infrastructure.database.repositories.submissions.models import JobModel, SubmissionModel
from infrastructure.database.repositories.submissions.queue_models import QueueModel

MAX_INTEGER = 2**31 - 1
FORGET = text("""
WITH old AS (
    SELECT id FROM submissions WHERE id < :before
        AND EXISTS (SELECT FROM jobs WHERE jobs.id = latest_job_id AND jobs.status IN ('finished', 'cancelled'))
    ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED
), removed AS (
    DELETE FROM submissions USING old WHERE submissions.id = old.id RETURNING submissions.revision_id
)
SELECT count(*) AS removed FROM removed
""")
"""Asked by ``latest_job_id``, which a rejudge moves on: PostgreSQL checks the row again once it has locked it, and a
rejudge that was committed since the statement began is seen by that. A look into the queue would not see it.
"""


class SqlSubmissionRepository(Repository):
    """``domain.submissions.repositories.SubmissionRepository`` over PostgreSQL."""

    async def add(self, submissions: Sequence[Submission], job_ids: Sequence[JobId]) -> None:
        """One statement for all; it waits for no other."""
        if submissions:
            await self._execute(INSERT, insertion(submissions, job_ids))

    async def view(self, submission_id: SubmissionId, number: int | None = None) -> SubmissionView | None:
        """Two statements: the submission with its job, and the job's tests."""
        if number is not None and number > MAX_INTEGER:
            return None
        query = statements.newest_job() if number is None else statements.numbered_job()
        row = (await self._execute(query, {"submission_id": submission_id, "number": number})).one_or_none()
        return None if row is None else to_view(row, await self.tests(row.job.id))

    async def jobs(self, submission_id: SubmissionId) -> list[SubmissionView]:
        """By number."""
        found = await self._execute(statements.all_jobs(), {"submission_id": submission_id})
        return [to_view(row) for row in found]

    async def sources(self, submission_id: SubmissionId) -> tuple[SourceFile, ...]:
        """Empty also when there is no such submission."""
        found = await self._execute(statements.sources(), {"submission_id": submission_id})
        return tuple(SourceFile(row.name, row.content) for row in found)

    async def list_page(self, filter_: SubmissionFilter, limit: int) -> list[SubmissionView]:
        """Ids are made by the clock: newest first is the order of ids."""
        query = statements.newest_views().where(*conditions(filter_))
        query = query.order_by(SubmissionModel.id.desc()).limit(limit)
        return [to_view(row) for row in await self._execute(query)]

    async def cancel(self, submission_id: SubmissionId) -> Sequence[JobId]:
        """A finish and this one wait for each other at the queue's row: whoever comes second finds it gone."""
        of = {"submission_id": submission_id}
        jobs = (await self._execute(ledger_statements.LOCK_UNFINISHED, of)).scalars().all()
        if not jobs:
            return ()
        return (await self._execute(ledger_statements.CANCEL, {"job_ids": list(jobs)})).scalars().all()

    async def remove(self, submission_id: SubmissionId) -> Sequence[JobId] | None:
        """The row is taken first, so that no rejudge can give it another job meanwhile."""
        row = select(SubmissionModel.id).where(SubmissionModel.id == submission_id).with_for_update()
        if (await self._execute(row)).scalar_one_or_none() is None:
            return None
        cancelled = await self.cancel(submission_id)
        await self._execute(delete(SubmissionModel).where(SubmissionModel.id == submission_id))
        return cancelled

    async def tests(self, job_id: JobId) -> tuple[TestResult, ...]:
        """By index."""
        return tuple(to_result(row) for row in await self._execute(statements.results(), {"job_id": job_id}))

    async def remove_before(self, moment: datetime, most: int) -> int:
        """Ids sort by the time of their making."""
        first_after = UUID(int=int(moment.timestamp() * 1000) << 80)
        removed: int = (await self._execute(FORGET, {"before": first_after, "most": most})).scalar_one()
        return removed

    async def held_by(self, workers: Collection[WorkerId]) -> Sequence[HeldJob]:
        """Of the queue: a job that has ended is not there."""
        columns = (QueueModel.worker_id, QueueModel.job_id, QueueModel.submission_id, QueueModel.attempt)
        query = select(*columns, JobModel.started_at.label("since")).join(JobModel, JobModel.id == QueueModel.job_id)
        found = await self._execute(query.where(QueueModel.worker_id.in_(workers)).order_by(JobModel.started_at))
        return [HeldJob(**row) for row in found.mappings()]

    async def backlog(self) -> int:
        """Exact."""
        count: int = (await self._execute(select(func.count()).select_from(QueueModel))).scalar_one()
        return count

    async def queued_languages(self) -> list[LanguageId]:
        """Each once."""
        query = select(QueueModel.language).where(QueueModel.worker_id.is_(None)).distinct()
        return list(await self._all(query.order_by(QueueModel.language)))
