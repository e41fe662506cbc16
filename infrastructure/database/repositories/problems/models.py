from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from domain.access.entities import ApiKeyId
from domain.problems.entities import (
    CheckerSpec,
    Complaint,
    ImportId,
    ProblemId,
    ProblemLimits,
    RevisionId,
    Slug,
    TestExtras,
    TestGroup,
)
from domain.problems.enums import ImportStatus, Scoring
from domain.problems.material import ProblemMaterial
from domain.problems.proof import Progress, Proof
from domain.problems.setup import ProblemSetup
from infrastructure.database.postgres import Base
from infrastructure.database.types import JsonOf, enum_text


class ProblemModel(Base):
    __tablename__ = "problems"

    id: Mapped[ProblemId] = mapped_column(Uuid, primary_key=True)
    slug: Mapped[Slug] = mapped_column(Text, unique=True)
    owner: Mapped[ApiKeyId] = mapped_column(ForeignKey("api_keys.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    archived_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    current: Mapped[RevisionId | None] = mapped_column(ForeignKey("revisions.id", use_alter=True))


class RevisionModel(Base):
    """``test_count`` spares those who only weigh a job from counting its tests."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("problem_id", "number"),)

    id: Mapped[RevisionId] = mapped_column(Uuid, primary_key=True)
    problem_id: Mapped[ProblemId | None] = mapped_column(ForeignKey("problems.id"))
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(Text)
    limits: Mapped[ProblemLimits] = mapped_column(JsonOf(ProblemLimits))
    checker: Mapped[CheckerSpec] = mapped_column(JsonOf(CheckerSpec))
    scoring: Mapped[Scoring] = mapped_column(enum_text(Scoring, "scoring"))
    groups: Mapped[tuple[TestGroup, ...]] = mapped_column(JsonOf(tuple[TestGroup, ...]))
    test_count: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    setup: Mapped[ProblemSetup] = mapped_column(JsonOf(ProblemSetup))
    material: Mapped[ProblemMaterial] = mapped_column(JsonOf(ProblemMaterial))


class TestCaseModel(Base):
    __test__ = False
    __tablename__ = "test_cases"

    revision_id: Mapped[RevisionId] = mapped_column(ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True)
    index: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    group: Mapped[str | None] = mapped_column(Text)
    sample: Mapped[bool] = mapped_column(Boolean)
    points: Mapped[float | None] = mapped_column(Double)
    input_digest: Mapped[bytes] = mapped_column(LargeBinary)
    input_size: Mapped[int] = mapped_column(BigInteger)
    answer_digest: Mapped[bytes] = mapped_column(LargeBinary)
    answer_size: Mapped[int] = mapped_column(BigInteger)
    extras: Mapped[TestExtras | None] = mapped_column(JsonOf(TestExtras))


class ImportModel(Base):
    """``claimed_at`` tells a worker that imports from one that has died meanwhile."""

    __tablename__ = "imports"
    __table_args__ = (
        Index("ix_imports_unfinished", "created_at", postgresql_where=text("status IN ('pending', 'proving')")),
    )

    id: Mapped[ImportId] = mapped_column(Uuid, primary_key=True)
    key_id: Mapped[ApiKeyId] = mapped_column(ForeignKey("api_keys.id"))
    slug: Mapped[Slug | None] = mapped_column(Text)
    package_digest: Mapped[bytes] = mapped_column(LargeBinary)
    package_size: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[ImportStatus] = mapped_column(enum_text(ImportStatus, "status"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    claimed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    format: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int | None] = mapped_column(Integer)
    complaints: Mapped[tuple[Complaint, ...]] = mapped_column(JsonOf(tuple[Complaint, ...]))
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    warnings: Mapped[tuple[Complaint, ...]] = mapped_column(JsonOf(tuple[Complaint, ...]))
    progress: Mapped[Progress | None] = mapped_column(JsonOf(Progress))
    proof: Mapped[Proof | None] = mapped_column(JsonOf(Proof))
