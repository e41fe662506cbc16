from collections.abc import Sequence
from uuid import UUID

from domain.access.entities import ApiKeyId
from domain.languages.entities import LanguageId
from domain.problems.entities import Slug
from domain.submissions.entities import SubmissionId
from domain.submissions.rejudge import JudgedJob, Rejudge, RejudgeFilter, RejudgeProgress, VerdictChange
from infrastructure.http.api.pagination import bad_cursor, decode_cursor, encode_cursor
from infrastructure.http.api.retort import retort
from infrastructure.http.api.v1.rejudges.models import (
    JudgedJobModel,
    NewRejudgeModel,
    RejudgeFilterModel,
    RejudgeModel,
    RejudgeReportModel,
    VerdictChangeModel,
)

_judged_model = retort.get_converter(JudgedJob, JudgedJobModel)


def rejudge_filter(body: NewRejudgeModel) -> RejudgeFilter:
    """Which submissions the body asks for."""
    return RejudgeFilter(
        problem=None if body.problem is None else Slug(body.problem),
        language=None if body.language is None else LanguageId(body.language),
        verdict=body.verdict,
        key=None if body.key is None else ApiKeyId(body.key),
        ids=None if body.ids is None else tuple(map(SubmissionId, body.ids)),
        since=body.from_,
        until=body.to,
    )


def rejudge_model(rejudge: Rejudge, progress: RejudgeProgress) -> RejudgeModel:
    """As it stands."""
    asked = rejudge.filter
    going_on = progress.waiting + progress.running
    return RejudgeModel(
        id=rejudge.id,
        key=rejudge.key_id,
        status="running" if going_on else "finished",
        filter=RejudgeFilterModel(
            problem=asked.problem,
            language=asked.language,
            verdict=asked.verdict,
            key=asked.key,
            ids=None if asked.ids is None else list(asked.ids),
            from_=asked.since,
            to=asked.until,
        ),
        revision=rejudge.revision,
        priority=rejudge.priority,
        total=rejudge.total,
        skipped=rejudge.skipped,
        waiting=progress.waiting,
        running=progress.running,
        finished=progress.finished,
        cancelled=progress.cancelled,
        withdrawn=progress.withdrawn,
        deleted=rejudge.total - progress.withdrawn - going_on - progress.finished - progress.cancelled,
        changed=progress.changed,
        created_at=rejudge.created_at,
        finished_at=progress.finished_at,
    )


def begun_model(rejudge: Rejudge) -> RejudgeModel:
    """As it stands at its begin."""
    return rejudge_model(rejudge, RejudgeProgress(waiting=rejudge.total))


def rejudge_report(
    rejudge: Rejudge, progress: RejudgeProgress, changes: Sequence[VerdictChange], limit: int
) -> RejudgeReportModel:
    """``changes``: one more than ``limit``, if there are."""
    more = len(changes) > limit
    return RejudgeReportModel(
        **dict(rejudge_model(rejudge, progress)),
        changes=[_change_model(change) for change in changes[:limit]],
        next_cursor=encode_cursor(str(changes[limit - 1].submission_id)) if more else None,
    )


def id_of(cursor: str | None) -> UUID | None:
    """Where the part of a list begins. Raises Invalid."""
    try:
        return None if cursor is None else UUID(decode_cursor(cursor))
    except ValueError:
        raise bad_cursor() from None


def _change_model(change: VerdictChange) -> VerdictChangeModel:
    return VerdictChangeModel(
        submission=change.submission_id,
        old=None if change.old is None else _judged_model(change.old),
        new=_judged_model(change.new),
    )
