"""Judging again what has been judged: one submission or many, as new jobs, with what became of their verdicts."""

from dataclasses import dataclass
from datetime import datetime

from domain.access.entities import ApiKeyId
from domain.languages.entities import LanguageId
from domain.problems.entities import Slug
from domain.submissions.entities import RejudgeId, SubmissionId
from domain.submissions.enums import RevisionChoice
from domain.verdicts import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class RejudgeFilter:
    """Which submissions: all must hold; None: any. ``verdict`` is that of the newest job, ``key`` who sent it in,
    ``since`` and ``until`` (not included) when. ``owner``: only those to problems of this key.
    """

    problem: Slug | None = None
    language: LanguageId | None = None
    verdict: Verdict | None = None
    key: ApiKeyId | None = None
    ids: tuple[SubmissionId, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    owner: ApiKeyId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudge:
    """Asked for by ``key_id``. ``total`` jobs were made by it; ``skipped`` submissions were just being judged."""

    id: RejudgeId
    key_id: ApiKeyId
    filter: RejudgeFilter
    revision: RevisionChoice
    priority: int
    created_at: datetime
    total: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RejudgeProgress:
    """How its jobs stand, and of how many of the finished ones verdict or score differ from before. ``withdrawn`` were
    taken back before they began. ``finished_at`` is None while some wait or run.
    """

    waiting: int = 0
    running: int = 0
    finished: int = 0
    cancelled: int = 0
    withdrawn: int = 0
    changed: int = 0
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedJob:
    """How one job has judged; ``revision`` is None for tests that came with the submission."""

    number: int
    revision: int | None
    verdict: Verdict
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChange:
    """A submission whose verdict or score differ; ``old`` is the last verdict before, None when there was none."""

    submission_id: SubmissionId
    old: JudgedJob | None
    new: JudgedJob
