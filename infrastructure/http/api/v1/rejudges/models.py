"""Rejudges on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, Strict

from domain.access.entities import ApiKeyId
from domain.submissions.entities import RejudgeId, SubmissionId
from domain.submissions.enums import RevisionChoice
from domain.verdicts import Verdict
from infrastructure.http.api.models import CamelBase, GivenMoment, Incoming, LanguageText, Moment, SlugText

MOST_IDS = 1000

Priority = Annotated[int, Strict(), Field(ge=-(2**31), lt=2**31)]


class RejudgeFilterModel(CamelBase):
    """Which submissions were asked for."""

    problem: str | None
    language: str | None
    verdict: Verdict | None = Field(description="of the newest job")
    key: ApiKeyId | None = Field(description="who sent it in")
    ids: list[SubmissionId] | None
    from_: Moment | None = Field(alias="from")
    to: Moment | None


class NewRejudgeModel(Incoming):
    """Which submissions, and how. What is left out does not matter; something must be said."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"problem": "sum", "verdict": "WA"}]})

    problem: SlugText | None = None
    language: LanguageText | None = None
    verdict: Verdict | None = Field(default=None, description="of the newest job")
    key: UUID | None = Field(default=None, description="who sent it in")
    ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_IDS)] | None = None
    from_: GivenMoment | None = Field(default=None, alias="from", description="sent in then or later")
    to: GivenMoment | None = Field(default=None, description="sent in before then")
    revision: RevisionChoice = RevisionChoice.NEWEST
    priority: Priority | None = Field(default=None, description="left out: -10, so that what is sent in goes first")


class JudgedJobModel(CamelBase):
    """How one job has judged."""

    number: int
    revision: int | None
    verdict: Verdict
    score: float


class VerdictChangeModel(CamelBase):
    """A submission whose verdict or score differ from before."""

    submission: SubmissionId
    old: JudgedJobModel | None = Field(description="the last verdict before; null: there was none")
    new: JudgedJobModel


class RejudgeModel(CamelBase):
    """A rejudge and how it stands."""

    id: RejudgeId
    key: ApiKeyId = Field(description="who asked for it")
    status: Literal["running", "finished"]
    filter: RejudgeFilterModel
    revision: RevisionChoice
    priority: int
    total: int = Field(description="how many jobs it has made")
    skipped: int = Field(description="submissions that were just being judged, and got no job")
    waiting: int
    running: int
    finished: int
    cancelled: int
    withdrawn: int = Field(description="jobs that were taken back before they began: their submissions are as before")
    deleted: int = Field(description="jobs whose submissions have been deleted since")
    changed: int = Field(description="of the finished ones: verdict or score differ from before")
    created_at: Moment
    finished_at: Moment | None


class RejudgeReportModel(RejudgeModel):
    """With what it has changed until now."""

    changes: list[VerdictChangeModel]
    next_cursor: str | None = Field(description="send it as ?cursor= for more changes; null: these are the last")
