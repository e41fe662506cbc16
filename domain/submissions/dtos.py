from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.access.entities import ApiKeyId
from domain.languages.entities import LanguageId
from domain.problems.entities import Slug
from domain.submissions.entities import JobId, SubmissionId
from domain.submissions.enums import JobStatus
from domain.verdicts import Verdict
from domain.workers.entities import WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionFilter:
    """What a list shows; None: any. ``visible_to``: only those made by this key, or (``or_problems_of``) to its
    problems.

    ``metadata``: every pair must be among the submission's own top-level ones, compared as text.
    """

    visible_to: ApiKeyId | None = None
    or_problems_of: ApiKeyId | None = None
    problem: Slug | None = None
    language: LanguageId | None = None
    status: JobStatus | None = None
    verdict: Verdict | None = None
    metadata: Mapping[str, str] | None = None
    after: SubmissionId | None = None
    """Newest first: those older than this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldJob:
    """What a worker judges now; ``since`` is the claim."""

    worker_id: WorkerId
    job_id: JobId
    submission_id: SubmissionId
    attempt: int
    since: datetime
