from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from domain.access.entities import ApiKeyId
from domain.submissions.dtos import SubmissionFilter
from domain.submissions.entities import JobId, RejudgeId, SubmissionId
from domain.submissions.rejudge import JudgedJob, Rejudge, RejudgeFilter, RejudgeProgress, VerdictChange
from domain.verdicts import Verdict
from infrastructure.database.repositories.problems.models import ProblemModel
from infrastructure.database.repositories.repository import Repository
from infrastructure.database.repositories.submissions import rejudge_statements as statements
from infrastructure.database.repositories.submissions.filters import conditions
from infrastructure.database.repositories.submissions.insertion import COMPILATION_COST
from infrastructure.database.repositories.submissions.mappers import to_rejudge
from infrastructure.database.repositories.submissions.models import JobModel, RejudgeModel, SubmissionModel
from infrastructure.database.types import json_text

CLOCKS_APART = timedelta(minutes=5)
"""By how much a submission's id may be away from its moment."""
NO_ID = UUID(int=0)


class SqlRejudgeRepository(Repository):
    """``domain.submissions.repositories.RejudgeRepository`` over PostgreSQL."""

    async def candidates(self, filter_: RejudgeFilter, limit: int) -> Sequence[SubmissionId]:
        """The lock is one that lets others read, and write what belongs to the submission. Whoever had to be waited for
        may have changed the newest job, and PostgreSQL then drops a row that was joined with the one before: so the
        jobs are asked only where they tell something (a verdict that is no longer the newest is rightly dropped).
        """
        query = select(SubmissionModel.id)
        if filter_.verdict is not None:
            query = query.join(JobModel, JobModel.id == SubmissionModel.latest_job_id)
        query = query.where(*_conditions(filter_)).order_by(SubmissionModel.id).limit(limit)
        return await self._all(query.with_for_update(of=SubmissionModel, key_share=True))

    async def start(self, rejudge: Rejudge, submissions: Sequence[SubmissionId], job_ids: Sequence[JobId]) -> Rejudge:
        """One statement, however many they are."""
        parameters = {
            "id": rejudge.id,
            "key_id": rejudge.key_id,
            "filter": json_text(rejudge.filter, RejudgeFilter),
            "revision": str(rejudge.revision),
            "priority": rejudge.priority,
            "created_at": rejudge.created_at,
            "submission_id": list(submissions),
            "job_id": list(job_ids),
            "base_cost": COMPILATION_COST,
        }
        row = (await self._execute(statements.START, parameters)).one()
        return replace(rejudge, total=row.total, skipped=row.skipped)

    async def withdraw(self, rejudge_id: RejudgeId) -> int:
        """Locked in the order that ``candidates`` and ``SqlSubmissionRepository.remove`` take: submission, queue."""
        of = {"rejudge_id": rejudge_id}
        submissions = (await self._execute(statements.LOCK_SUBMISSIONS, of)).scalars().all()
        if not submissions:
            return 0
        jobs = (await self._execute(statements.LOCK_WAITING, of | {"submission_ids": submissions})).scalars().all()
        if jobs:
            await self._execute(statements.WITHDRAW, of | {"job_ids": jobs})
            await self._execute(statements.FORGET_JOBS, {"job_ids": jobs})
        return len(jobs)

    async def by_id(self, rejudge_id: RejudgeId) -> Rejudge | None:
        """With the numbers of its begin."""
        model = await self._one(select(RejudgeModel).where(RejudgeModel.id == rejudge_id))
        return None if model is None else to_rejudge(model)

    async def list_page(self, key_id: ApiKeyId | None, limit: int, before: RejudgeId | None) -> list[Rejudge]:
        """Ids are made by the clock."""
        query = select(RejudgeModel).order_by(RejudgeModel.id.desc()).limit(limit)
        if key_id is not None:
            query = query.where(RejudgeModel.key_id == key_id)
        if before is not None:
            query = query.where(RejudgeModel.id < before)
        return [to_rejudge(model) for model in await self._all(query)]

    async def progress(self, rejudge_ids: Sequence[RejudgeId]) -> Sequence[RejudgeProgress]:
        """One statement for all."""
        found = await self._execute(statements.PROGRESS, {"rejudge_ids": list(rejudge_ids)})
        stands = {row.rejudge_id: _progress(row) for row in found}
        return [stands.get(rejudge_id, RejudgeProgress()) for rejudge_id in rejudge_ids]

    async def changes(self, rejudge_id: RejudgeId, limit: int, after: SubmissionId | None) -> list[VerdictChange]:
        """Ids of submissions are made by the clock."""
        parameters = {"rejudge_id": rejudge_id, "after": after or NO_ID, "most": limit}
        return [_change(row) for row in await self._execute(statements.CHANGES, parameters)]


def _conditions(filter_: RejudgeFilter) -> Iterator[ColumnElement[bool]]:
    yield from conditions(SubmissionFilter(problem=filter_.problem, language=filter_.language, verdict=filter_.verdict))
    if filter_.owner is not None:
        owned = select(ProblemModel.id).where(ProblemModel.owner == filter_.owner)
        yield SubmissionModel.problem_id.in_(owned)
    if filter_.key is not None:
        yield SubmissionModel.key_id == filter_.key
    if filter_.ids is not None:
        yield SubmissionModel.id.in_(filter_.ids)
    if filter_.since is not None:
        yield SubmissionModel.id >= _id_at(filter_.since - CLOCKS_APART)  # what an index knows
        yield SubmissionModel.created_at >= filter_.since
    if filter_.until is not None:
        yield SubmissionModel.id < _id_at(filter_.until + CLOCKS_APART)
        yield SubmissionModel.created_at < filter_.until


def _id_at(moment: datetime) -> SubmissionId:
    """The least UUIDv7 of a moment: milliseconds since 1970 in its first 48 bits."""
    milliseconds = max(0, min(int(moment.timestamp() * 1000), 2**48 - 1))
    return SubmissionId(UUID(int=milliseconds << 80))


def _progress(row: Any) -> RejudgeProgress:
    going_on = row.waiting + row.running
    return RejudgeProgress(
        waiting=row.waiting,
        running=row.running,
        finished=row.finished,
        cancelled=row.cancelled,
        withdrawn=row.withdrawn,
        changed=row.changed,
        finished_at=None if going_on else row.finished_at,
    )


def _change(row: Any) -> VerdictChange:
    old = None
    if row.old_number is not None:
        old = JudgedJob(
            number=row.old_number, revision=row.old_revision, verdict=Verdict(row.old_verdict), score=row.old_score
        )
    new = JudgedJob(
        number=row.new_number, revision=row.new_revision, verdict=Verdict(row.new_verdict), score=row.new_score
    )
    return VerdictChange(submission_id=row.submission_id, old=old, new=new)
