from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    Interval,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.access.entities import ApiKeyId
from domain.languages.entities import LanguageId
from domain.problems.entities import ProblemId, RevisionId
from domain.runs.entities import Limits
from domain.submissions.entities import CompileResult, GroupScore, JobId, RejudgeId, RunTimes, SubmissionId
from domain.submissions.enums import JobStatus, RevisionChoice
from domain.submissions.rejudge import RejudgeFilter
from domain.verdicts import Verdict
from infrastructure.database.postgres import Base
from infrastructure.database.types import JsonOf, enum_text


class SubmissionModel(Base):
    """Ids sort by time: lists go by them. ``latest_job_id`` is the newest judging, which lists show."""

    __tablename__ = "submissions"
    __table_args__ = (
        Index(None, "key_id", "id"),
        Index(None, "problem_id", "id"),
        Index(None, "revision_id"),
        Index(None, "metadata", postgresql_using="gin", postgresql_ops={"metadata": "jsonb_path_ops"}),
    )

    id: Mapped[SubmissionId] = mapped_column(Uuid, primary_key=True)
    key_id: Mapped[ApiKeyId] = mapped_column(ForeignKey("api_keys.id"))
    problem_id: Mapped[ProblemId | None] = mapped_column(ForeignKey("problems.id"))
    revision_id: Mapped[RevisionId] = mapped_column(ForeignKey("revisions.id"))
    language: Mapped[LanguageId] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(SmallInteger)
    stop_on_failure: Mapped[bool] = mapped_column(Boolean)
    metadata_: Mapped[Mapping[str, object]] = mapped_column("metadata", JSONB)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    latest_job_id: Mapped[JobId] = mapped_column(ForeignKey("jobs.id", use_alter=True), index=True)


class SourceModel(Base):
    __tablename__ = "sources"

    submission_id: Mapped[SubmissionId] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True
    )
    index: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class JobModel(Base):
    """One judging. No index on what changes while it goes on: so its updates stay in place.

    ``revision_id`` None: the submission's own; a rejudge by another revision pins those before it to theirs.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("submission_id", "number"),
        CheckConstraint("(status = 'finished') = (verdict IS NOT NULL)", "verdict_at_end"),
        CheckConstraint(
            "verdict IS NULL OR (score IS NOT NULL AND max_score IS NOT NULL AND message IS NOT NULL "
            "AND groups IS NOT NULL AND finished_at IS NOT NULL)",
            "whole_result",
        ),
        Index(None, "rejudge_id", "submission_id", postgresql_where=text("rejudge_id IS NOT NULL")),
        Index(None, "revision_id", postgresql_where=text("revision_id IS NOT NULL")),
        {"postgresql_with": {"fillfactor": 70}},
    )

    id: Mapped[JobId] = mapped_column(Uuid, primary_key=True)
    submission_id: Mapped[SubmissionId] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    status: Mapped[JobStatus] = mapped_column(enum_text(JobStatus, "status"))
    attempt: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    worker: Mapped[str | None] = mapped_column(Text)
    isolation: Mapped[str | None] = mapped_column(Text)
    limits: Mapped[Limits | None] = mapped_column(JsonOf(Limits))
    compile: Mapped[CompileResult | None] = mapped_column(JsonOf(CompileResult))
    verdict: Mapped[Verdict | None] = mapped_column(enum_text(Verdict, "verdict"))
    score: Mapped[float | None] = mapped_column(Double)
    max_score: Mapped[float | None] = mapped_column(Double)
    message: Mapped[str | None] = mapped_column(Text)
    cpu_time: Mapped[timedelta | None] = mapped_column(Interval)
    wall_time: Mapped[timedelta | None] = mapped_column(Interval)
    memory: Mapped[int | None] = mapped_column(BigInteger)
    groups: Mapped[tuple[GroupScore, ...] | None] = mapped_column(JsonOf(tuple[GroupScore, ...]))
    revision_id: Mapped[RevisionId | None] = mapped_column(ForeignKey("revisions.id"))
    rejudge_id: Mapped[RejudgeId | None] = mapped_column(ForeignKey("rejudges.id", ondelete="SET NULL"))


class RejudgeModel(Base):
    """``total`` and ``skipped`` are what it found at its begin; how it stands is counted in ``jobs``, where what was
    ``withdrawn`` is no more.
    """

    __tablename__ = "rejudges"
    __table_args__ = (Index(None, "key_id", "id"),)

    id: Mapped[RejudgeId] = mapped_column(Uuid, primary_key=True)
    key_id: Mapped[ApiKeyId] = mapped_column(ForeignKey("api_keys.id"))
    filter: Mapped[RejudgeFilter] = mapped_column(JsonOf(RejudgeFilter))
    revision: Mapped[RevisionChoice] = mapped_column(enum_text(RevisionChoice, "revision"))
    priority: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    total: Mapped[int] = mapped_column(Integer)
    skipped: Mapped[int] = mapped_column(Integer)
    withdrawn: Mapped[int] = mapped_column(Integer, server_default="0")


class JobAttemptModel(Base):
    """Each claim of a job with its end: nothing that a worker did goes without a trace."""

    __tablename__ = "job_attempts"
    __table_args__ = (
        CheckConstraint(
            "ending IN ('finished', 'given_back', 'failed', 'lease_lost', 'judge_error', 'cancelled')", "ending"
        ),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", "whole_end"),
        {"postgresql_with": {"fillfactor": 70}},
    )

    job_id: Mapped[JobId] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    attempt: Mapped[int] = mapped_column(Integer, primary_key=True)
    worker: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ending: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)


class TestResultModel(Base):
    """``stdout``, ``stderr`` and ``comment`` are heads: a stranger's bytes, not text."""

    __test__ = False
    __tablename__ = "test_results"

    job_id: Mapped[JobId] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    index: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    group: Mapped[str | None] = mapped_column(Text)
    sample: Mapped[bool] = mapped_column(Boolean)
    verdict: Mapped[Verdict] = mapped_column(enum_text(Verdict, "verdict"))
    message: Mapped[str] = mapped_column(Text)
    share: Mapped[float] = mapped_column(Double)
    points: Mapped[float | None] = mapped_column(Double)
    cpu_time: Mapped[timedelta | None] = mapped_column(Interval)
    wall_time: Mapped[timedelta | None] = mapped_column(Interval)
    memory: Mapped[int | None] = mapped_column(BigInteger)
    exit_code: Mapped[int | None] = mapped_column(Integer)
    signal: Mapped[int | None] = mapped_column(Integer)
    margin: Mapped[float | None] = mapped_column(Double)
    runs: Mapped[tuple[RunTimes, ...]] = mapped_column(JsonOf(tuple[RunTimes, ...]))
    stdout: Mapped[bytes | None] = mapped_column(LargeBinary)
    stderr: Mapped[bytes | None] = mapped_column(LargeBinary)
    comment: Mapped[bytes | None] = mapped_column(LargeBinary)
