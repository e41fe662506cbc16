from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NewType
from uuid import UUID

from domain.access.entities import ApiKeyId
from domain.languages.entities import LanguageId
from domain.problems.entities import ProblemId, RevisionId, Slug
from domain.runs.entities import Limits, SourceFile
from domain.submissions.enums import JobStatus
from domain.verdicts import Verdict

SubmissionId = NewType("SubmissionId", UUID)
JobId = NewType("JobId", UUID)
RejudgeId = NewType("RejudgeId", UUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a client sent in. ``problem_id`` None: it came with its own tests. ``metadata`` is the client's, unread.
    ``revision_id``: what its newest job is judged by.
    """

    id: SubmissionId
    key_id: ApiKeyId
    problem_id: ProblemId | None
    revision_id: RevisionId
    language: LanguageId
    sources: tuple[SourceFile, ...] = field(repr=False)
    priority: int
    stop_on_failure: bool
    metadata: Mapping[str, object]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CompileResult:
    """How the compiler ended. ``output`` is what it printed, shortened; ``memory`` in bytes."""

    exit_code: int | None
    output: str
    cpu_time: timedelta
    wall_time: timedelta
    memory: int


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a checker says of an output: AC, WA, PE or PA; ``share`` in [0, 1] of the test's points; a sentence for
    people who may see the test. ``note`` is for the contestant. ``points``: what the test scores, whatever it was worth
    (Kattis ``score.txt``, testlib's ``points``); None: ``share`` of it.
    """

    verdict: Verdict
    share: float
    comment: str = ""
    note: str = ""
    points: float | None = None


@dataclass(frozen=True, slots=True)
class RunTimes:
    """The times of one run of a test (a run near the limit is repeated once)."""

    cpu_time: timedelta
    wall_time: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """One test in one job.

    ``index`` is the test's place in the revision. ``share`` in [0, 1] is what the checker gave, ``points`` what that
    scores (None: the test scores nothing by itself). ``margin`` is (cpu limit − cpu time) / cpu limit, negative beyond
    it; None when it was not run. The heads are the first 4 KiB.
    """

    __test__ = False

    index: int
    name: str
    group: str | None
    sample: bool
    verdict: Verdict
    message: str
    share: float = 0.0
    points: float | None = None
    cpu_time: timedelta | None = None
    wall_time: timedelta | None = None
    memory: int | None = None
    exit_code: int | None = None
    signal: int | None = None
    margin: float | None = None
    runs: tuple[RunTimes, ...] = ()
    stdout: bytes | None = None
    stderr: bytes | None = None
    comment: bytes | None = None


@dataclass(frozen=True, slots=True)
class GroupScore:
    """What a group of tests scored."""

    name: str
    score: float
    max_score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """The end of a job: its verdict is that of the first failing test in order, its score the sum of its groups."""

    verdict: Verdict
    score: float
    max_score: float
    message: str
    cpu_time: timedelta | None
    wall_time: timedelta | None
    memory: int | None
    groups: tuple[GroupScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestJob:
    """One judging of a submission; a rejudge is a new one with the next ``number``.

    ``attempt`` counts from 1 and rises each time the job is given back. ``limits`` are the effective ones.
    ``rejudge_id``: what asked for it, unless it is the first.
    """

    __test__ = False

    id: JobId
    submission_id: SubmissionId
    number: int
    status: JobStatus
    attempt: int
    created_at: datetime
    result: JobResult | None = None
    compile: CompileResult | None = None
    limits: Limits | None = None
    isolation: str | None = None
    worker: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    rejudge_id: RejudgeId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionView:
    """A submission with one of its jobs, as it is shown. ``sources`` of the submission are left out (empty)."""

    submission: Submission
    problem: Slug | None
    problem_owner: ApiKeyId | None
    revision: int | None
    job: TestJob
    tests: tuple[TestResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A worker's hold on a job; every write is fenced by ``attempt``. ``waited``: since the job was made."""

    job_id: JobId
    submission_id: SubmissionId
    attempt: int
    waited: timedelta = field(default=timedelta(0), compare=False)
