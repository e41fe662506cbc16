"""Statements that read submissions. Each is made once: making one, and finding what it compiles to, takes longer than
PostgreSQL takes to answer it.
"""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Bundle

from infrastructure.database.repositories.problems.models import ProblemModel, RevisionModel, TestCaseModel
from infrastructure.database.repositories.submissions.models import (
    JobModel,
    SourceModel,
    SubmissionModel,
    TestResultModel,
)

View = Select[Any, Any, Any, Any, Any]


@cache
def views() -> View:
    """Submissions beside each of their jobs; as rows, not as models, which a session would remember."""
    return _views(JobModel.submission_id == SubmissionModel.id)


@cache
def newest_views() -> View:
    """Submissions, each beside its newest job. Joined by that alone: of two conditions PostgreSQL believes that hardly
    any pair meets both, and reads and sorts all submissions for a page of them; for the same reason the revision, which
    is always there, is an outer join.
    """
    return _views(JobModel.id == SubmissionModel.latest_job_id)


def _views(belongs: ColumnElement[bool]) -> View:
    return (
        select(
            Bundle("submission", *SubmissionModel.__table__.c),
            Bundle("job", *JobModel.__table__.c),
            ProblemModel.slug,
            ProblemModel.owner,
            RevisionModel.number,
        )
        .select_from(SubmissionModel)
        .join(JobModel, belongs)
        .outerjoin(RevisionModel, RevisionModel.id == func.coalesce(JobModel.revision_id, SubmissionModel.revision_id))
        .outerjoin(ProblemModel, ProblemModel.id == SubmissionModel.problem_id)
    )


@cache
def all_jobs() -> View:
    """By number, of :submission_id."""
    return views().where(SubmissionModel.id == bindparam("submission_id")).order_by(JobModel.number)


@cache
def newest_job() -> View:
    """Of :submission_id."""
    return all_jobs().where(JobModel.id == SubmissionModel.latest_job_id)


@cache
def numbered_job() -> View:
    """The job :number of :submission_id."""
    return all_jobs().where(JobModel.number == bindparam("number"))


@cache
def results() -> Select[*tuple[Any, ...]]:
    """By index, of :job_id."""
    columns = [column for column in TestResultModel.__table__.c if column.key != "job_id"]
    return select(*columns).where(TestResultModel.job_id == bindparam("job_id")).order_by(TestResultModel.index)


@cache
def sources() -> Select[str, bytes]:
    """Names and contents in their order, of :submission_id."""
    query = select(SourceModel.name, SourceModel.content).order_by(SourceModel.index)
    return query.where(SourceModel.submission_id == bindparam("submission_id"))


@cache
def revision() -> Select[*tuple[Any, ...]]:
    """The row :revision_id."""
    return select(*RevisionModel.__table__.c).where(RevisionModel.id == bindparam("revision_id"))


@cache
def test_cases() -> Select[*tuple[Any, ...]]:
    """By index, of :revision_id."""
    query = select(*TestCaseModel.__table__.c).order_by(TestCaseModel.index)
    return query.where(TestCaseModel.revision_id == bindparam("revision_id"))
