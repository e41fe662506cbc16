"""Submissions on the wire. Ranges, names and sizes are the domain's rules; here are only the shapes."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, Strict, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from domain.problems.enums import Scoring
from domain.submissions.entities import RejudgeId, SubmissionId
from domain.submissions.enums import JobStatus
from domain.verdicts import Verdict
from infrastructure.http.api.models import (
    CamelBase,
    ErrorModel,
    Flag,
    Incoming,
    LanguageText,
    Moment,
    PlainText,
    SlugText,
)
from infrastructure.http.api.v1.problems.models import CheckerModel, Groups, LimitsModel, Tests

MOST_SOURCES = 10_000
ONLY_WITH_TESTS = ("limits", "checker", "scoring", "groups")

NO_LIMITS, TOKENS = LimitsModel(), CheckerModel()
"""Given by factories: pydantic would copy a default for every submission."""

EXAMPLE: JsonDict = {
    "problem": "hello",
    "language": "python3",
    "sources": [{"name": "main.py", "content": "a, b = map(int, input().split())\nprint(a + b)\n"}],
}


class SourceModel(CamelBase):
    """A source file; the content is text."""

    name: PlainText = Field(examples=["main.cpp"])
    content: PlainText


class NewSubmissionModel(Incoming):
    """A program to be judged: by a stored ``problem``, or by ``tests`` that come with it."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    problem: SlugText | None = None
    language: LanguageText
    sources: Annotated[list[SourceModel], Field(max_length=MOST_SOURCES, fail_fast=True)]
    priority: Annotated[int, Strict(), Field(ge=-(2**31), lt=2**31)] = 0
    stop_on_failure: Flag = True
    metadata: dict[str, Any] = Field(default_factory=dict, description="the client's own; it can be filtered by")
    tests: Tests | None = None
    limits: LimitsModel = Field(default_factory=lambda: NO_LIMITS)
    checker: CheckerModel = Field(default_factory=lambda: TOKENS)
    scoring: Scoring = Scoring.PASS_FAIL
    groups: Groups = Field(default_factory=list)

    @model_validator(mode="after")
    def _problem_or_tests(self) -> "NewSubmissionModel":
        if (self.problem is None) == (self.tests is None):
            raise PydanticCustomError("problem_or_tests", "must have either 'problem' or 'tests'")
        if self.tests is None:
            needless = [name for name in ONLY_WITH_TESTS if name in self.model_fields_set]
            if needless:
                raise PydanticCustomError(
                    "only_with_tests",
                    "has {names}, which belong to 'tests'; a problem has its own",
                    {"names": needless},
                )
        return self


class CompileModel(CamelBase):
    """How the compiler ended; ``output`` is shortened."""

    exit_code: int | None
    output: str
    cpu_time: float
    wall_time: float
    memory: int


class RunModel(CamelBase):
    """One run of a test: one near the time limit is repeated once."""

    cpu_time: float
    wall_time: float


class TestResultModel(CamelBase):
    """One test in one job. ``null``: not known, not run, or hidden from this key."""

    __test__ = False

    name: str
    group: str | None
    verdict: Verdict
    cpu_time: float | None = Field(description="seconds")
    wall_time: float | None = Field(description="seconds")
    memory: int | None = Field(description="bytes, the peak of the whole process tree")
    exit_code: int | None
    signal: int | None
    message: str
    points: float | None
    margin: float | None = Field(description="the part of the cpu limit that was left; negative beyond it")
    runs: list[RunModel]
    stdout: str | None = Field(description="the first 4 KiB")
    stderr: str | None = Field(description="the first 4 KiB")


class GroupScoreModel(CamelBase):
    """What a group of tests scored."""

    name: str
    score: float
    max_score: float


class EffectiveLimitsModel(CamelBase):
    """What the program might really use, with its language's factor and addition."""

    cpu_time: float
    wall_time: float
    memory: int
    output: int
    processes: int
    stack: int
    file_size: int
    open_files: int


class SubmissionModel(CamelBase):
    """A submission with one of its jobs. ``null``: not known yet. Times are seconds, sizes bytes."""

    id: SubmissionId
    problem: str | None = Field(description="null: it came with its own tests")
    revision: int | None
    language: str
    priority: int = Field(description="as it was asked for; higher goes first")
    status: JobStatus
    verdict: Verdict | None
    score: float | None
    max_score: float | None
    cpu_time: float | None = Field(description="the slowest test's")
    wall_time: float | None
    memory: int | None
    message: str | None
    compile: CompileModel | None
    tests: list[TestResultModel] | None = Field(description="null in lists")
    groups: list[GroupScoreModel]
    limits: EffectiveLimitsModel | None
    isolation: str | None
    worker: str | None
    attempt: int
    created_at: Moment
    started_at: Moment | None
    finished_at: Moment | None
    metadata: dict[str, Any]


class JobModel(SubmissionModel):
    """One judging of a submission."""

    number: int = Field(description="from 1; a rejudge is the next")
    rejudge: RejudgeId | None = Field(description="what asked for it; null: it is the first")


class BatchAnswerModel(CamelBase):
    """What has become of one submission of a batch."""

    status: int = Field(description="the status that it would have got by itself", examples=[201])
    submission: SubmissionModel | None = None
    error: ErrorModel | None = None
