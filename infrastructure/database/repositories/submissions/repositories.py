from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Bundle

from domain.languages.entities import LanguageId
from domain.runs.entities import SourceFile
from domain.submissions.dtos import SubmissionFilter
from domain.submissions.entities import JobId, Submission, SubmissionId, SubmissionView, TestResult
from infrastructure.database.repositories.problems.models import ProblemModel, RevisionModel
from infrastructure.database.repositories.repository import Repository
from infrastructure.database.repositories.submissions.filters import conditions
from infrastructure.database.repositories.submissions.insertion import INSERT, insertion
from infrastructure.database.repositories.submissions.mappers import to_result, to_view
from infrastructure.database.repositories.submissions.models import (
    JobModel,
    SourceModel,
    SubmissionModel,
    TestResultModel,
)
from infrastructure.database.repositories.submissions.queue_models import QueueModel


class SqlSubmissionRepository(Repository):
    """``domain.submissions.repositories.SubmissionRepository`` over PostgreSQL."""

    async def add(self, submissions: Sequence[Submission], job_ids: Sequence[JobId]) -> None:
        """One statement for all. It holds the clocks of their keys until the transaction ends: commit soon."""
        if submissions:
            await self._execute(INSERT, insertion(submissions, job_ids))

    async def view(self, submission_id: SubmissionId, number: int | None = None) -> SubmissionView | None:
        """Two statements: the submission with its job, and the job's tests."""
        query = _views().where(SubmissionModel.id == submission_id)
        if number is None:
            query = query.where(JobModel.id == SubmissionModel.latest_job_id)
        else:
            query = query.where(JobModel.number == number)
        row = (await self._execute(query)).one_or_none()
        return None if row is None else to_view(row, await self.tests(row.job.id))

    async def jobs(self, submission_id: SubmissionId) -> list[SubmissionView]:
        """By number."""
        query = _views().where(SubmissionModel.id == submission_id).order_by(JobModel.number)
        return [to_view(row) for row in await self._execute(query)]

    async def sources(self, submission_id: SubmissionId) -> tuple[SourceFile, ...]:
        """Empty also when there is no such submission."""
        query = (
            select(SourceModel.name, SourceModel.content)
            .where(SourceModel.submission_id == submission_id)
            .order_by(SourceModel.index)
        )
        return tuple(SourceFile(row.name, row.content) for row in await self._execute(query))

    async def list_page(self, filter_: SubmissionFilter, limit: int) -> list[SubmissionView]:
        """Ids are made by the clock: newest first is the order of ids."""
        query = _views().where(JobModel.id == SubmissionModel.latest_job_id, *conditions(filter_))
        query = query.order_by(SubmissionModel.id.desc()).limit(limit)
        return [to_view(row) for row in await self._execute(query)]

    async def tests(self, job_id: JobId) -> tuple[TestResult, ...]:
        """By index."""
        columns = [column for column in TestResultModel.__table__.c if column.key != "job_id"]
        query = select(*columns).where(TestResultModel.job_id == job_id).order_by(TestResultModel.index)
        return tuple(to_result(row) for row in await self._execute(query))

    async def backlog(self) -> int:
        """Exact."""
        count: int = (await self._execute(select(func.count()).select_from(QueueModel))).scalar_one()
        return count

    async def queued_languages(self) -> list[LanguageId]:
        """Each once."""
        query = select(QueueModel.language).where(QueueModel.worker_id.is_(None)).distinct()
        return list(await self._all(query.order_by(QueueModel.language)))


def _views() -> Select[Any, Any, Any, Any, Any]:
    """A submission beside each of its jobs; as rows, not as models, which a session would remember."""
    return (
        select(
            Bundle("submission", *SubmissionModel.__table__.c),
            Bundle("job", *JobModel.__table__.c),
            ProblemModel.slug,
            ProblemModel.owner,
            RevisionModel.number,
        )
        .select_from(SubmissionModel)
        .join(JobModel, JobModel.submission_id == SubmissionModel.id)
        .join(RevisionModel, RevisionModel.id == SubmissionModel.revision_id)
        .outerjoin(ProblemModel, ProblemModel.id == SubmissionModel.problem_id)
    )
