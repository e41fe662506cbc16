from collections.abc import Mapping
from dataclasses import dataclass

from domain.access.entities import ApiKeyId
from domain.languages.entities import LanguageId
from domain.problems.entities import Slug
from domain.submissions.entities import SubmissionId
from domain.submissions.enums import JobStatus
from domain.verdicts import Verdict


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
