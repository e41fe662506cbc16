"""The queue: narrow, hot tables, apart from the wide ones, so that claims and heartbeats rewrite little.

Theory of operation. A job that waits has no worker; a claim sets worker and lease; the job's end deletes the row. The
waiting ones stand in the order of their claims: priority, then virtual start.

Virtual start is fair queueing by start times, apart for each priority. A key's clock (``key_clocks``) stands at the
virtual time up to which its jobs have been counted; the queue's own clock (``queue_clocks``) at the virtual start of
the job claimed last. A new job starts at the later of the two, and its cost moves the key's clock on. So a key with a
thousand waiting jobs is spread over virtual time to come, a key that comes later starts at the present, and a key that
was away saves up nothing.

Requests of one key must not wait for each other's commits. One of them at a time holds the key's clock and moves it;
whoever finds it held leaves a charge (``key_charges``) instead, which the next holder adds to the clock.
"""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from domain.access.entities import ApiKeyId
from domain.languages.entities import LanguageId
from domain.submissions.entities import JobId, SubmissionId
from domain.workers.entities import WorkerId
from infrastructure.database.postgres import Base

HOT = {
    "fillfactor": 50,
    "autovacuum_vacuum_scale_factor": 0.0,
    "autovacuum_vacuum_threshold": 500,
    "autovacuum_vacuum_cost_delay": 0,
    "autovacuum_analyze_scale_factor": 0.0,
    "autovacuum_analyze_threshold": 1000,
}
"""Rows live for seconds: the table is vacuumed by how many have died, not by what share of it."""


class QueueModel(Base):
    """``failures`` counts the attempts that ended by our fault. No index holds ``lease_until``: heartbeats are in
    place.
    """

    __tablename__ = "queue"
    __table_args__ = (
        CheckConstraint("(worker_id IS NULL) = (lease_until IS NULL)", "whole_lease"),
        Index(
            "ix_queue_waiting",
            text("priority DESC"),
            "virtual_start",
            "job_id",
            "language",
            postgresql_where=text("worker_id IS NULL"),
        ),
        Index("ix_queue_held", "worker_id", postgresql_where=text("worker_id IS NOT NULL")),
        {"postgresql_with": HOT},
    )

    job_id: Mapped[JobId] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    submission_id: Mapped[SubmissionId] = mapped_column(Uuid)
    language: Mapped[LanguageId] = mapped_column(Text)
    key_id: Mapped[ApiKeyId] = mapped_column(Uuid)
    priority: Mapped[int] = mapped_column(SmallInteger)
    virtual_start: Mapped[int] = mapped_column(BigInteger)
    cost: Mapped[int] = mapped_column(Integer)
    worker_id: Mapped[WorkerId | None] = mapped_column(Uuid)
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempt: Mapped[int] = mapped_column(Integer)
    failures: Mapped[int] = mapped_column(Integer)


class KeyClockModel(Base):
    __tablename__ = "key_clocks"
    __table_args__ = {"postgresql_with": HOT}  # noqa: RUF012  # SQLAlchemy reads it so

    key_id: Mapped[ApiKeyId] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"), primary_key=True)
    priority: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    virtual_last: Mapped[int] = mapped_column(BigInteger)


class KeyChargeModel(Base):
    __tablename__ = "key_charges"
    __table_args__ = (Index(None, "key_id", "priority"), {"postgresql_with": HOT})

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    key_id: Mapped[ApiKeyId] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"))
    priority: Mapped[int] = mapped_column(SmallInteger)
    cost: Mapped[int] = mapped_column(BigInteger)


class QueueClockModel(Base):
    __tablename__ = "queue_clocks"
    __table_args__ = {"postgresql_with": HOT}  # noqa: RUF012  # SQLAlchemy reads it so

    priority: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    virtual_now: Mapped[int] = mapped_column(BigInteger)
