"""What a list of submissions shows, as conditions."""

import json
import re
from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, func, or_, select

from domain.submissions.dtos import SubmissionFilter
from domain.submissions.enums import JobStatus
from infrastructure.database.repositories.problems.models import ProblemModel
from infrastructure.database.repositories.submissions.models import JobModel, SubmissionModel
from infrastructure.database.repositories.submissions.queue_models import QueueModel

SCALAR = re.compile(r"-?(0|[1-9][0-9]*)|true|false")
"""JSON that is no text, as PostgreSQL writes it, and that is exact here too."""
NESTED_OR_FRACTION = re.compile(r"[{\[].*|-?[0-9]+\.[0-9]+", re.DOTALL)
"""Text of JSON values that the index does not know as they are written."""


def conditions(filter_: SubmissionFilter) -> Iterator[ColumnElement[bool]]:
    """All must hold."""
    if filter_.visible_to is not None:
        yield _visible(filter_)
    if filter_.problem is not None:
        yield SubmissionModel.problem_id == (
            select(ProblemModel.id).where(ProblemModel.slug == filter_.problem).scalar_subquery()
        )
    if filter_.language is not None:
        yield SubmissionModel.language == filter_.language
    if filter_.status is not None:
        yield JobModel.status == filter_.status
        if not filter_.status.is_final:
            yield _in_queue(filter_.status)
    if filter_.verdict is not None:
        yield JobModel.verdict == filter_.verdict
    for name, value in (filter_.metadata or {}).items():
        yield _has_pair(name, value)
    if filter_.after is not None:
        yield SubmissionModel.id < filter_.after


def _visible(filter_: SubmissionFilter) -> ColumnElement[bool]:
    own = SubmissionModel.key_id == filter_.visible_to
    if filter_.or_problems_of is None:
        return own
    problems = select(ProblemModel.id).where(ProblemModel.owner == filter_.or_problems_of)
    # as an array, found once, so that an index can look up its members
    return or_(own, SubmissionModel.problem_id == func.any(func.array(problems.scalar_subquery())))


def _in_queue(status: JobStatus) -> ColumnElement[bool]:
    """Says nothing new: what has not ended is in the queue, and what runs is held there. Those are few, and have an
    index, where the whole history would be looked through for them.
    """
    held = QueueModel.worker_id.is_(None) if status is JobStatus.QUEUED else QueueModel.worker_id.is_not(None)
    return SubmissionModel.id.in_(select(QueueModel.submission_id).where(held))


def _has_pair(name: str, value: str) -> ColumnElement[bool]:
    """Compared as text; before it what the index can tell: the pair as JSON."""
    same = SubmissionModel.metadata_.op("->>")(name) == value
    if NESTED_OR_FRACTION.fullmatch(value):
        return same
    pairs = [{name: value}]
    if SCALAR.fullmatch(value):
        pairs.append({name: json.loads(value)})
    return and_(or_(*(SubmissionModel.metadata_.contains(pair) for pair in pairs)), same)
