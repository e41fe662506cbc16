from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NewType
from uuid import UUID

from domain.access.entities import ApiKeyId
from domain.problems.enums import CheckerType, GroupScoring, ImportStatus, Scoring

ProblemId = NewType("ProblemId", UUID)
RevisionId = NewType("RevisionId", UUID)
ImportId = NewType("ImportId", UUID)
Slug = NewType("Slug", str)
"""1–64 characters: a–z, 0–9, "-" and "_", starting with a letter or digit."""


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Content-addressed bytes: ``digest`` is the SHA-256, ``size`` in bytes."""

    digest: bytes
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemLimits:
    """What a setter asked for, before a language's factor; None: the service's default. Sizes are bytes."""

    cpu_time: timedelta | None = None
    wall_time: timedelta | None = None
    memory: int | None = None
    output: int | None = None
    processes: int | None = None
    stack: int | None = None
    file_size: int | None = None
    open_files: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckerSpec:
    """``absolute`` and ``relative`` are tolerances of FLOAT: either suffices. The flags are the ICPC format's."""

    type: CheckerType = CheckerType.TOKENS
    absolute: float | None = None
    relative: float | None = None
    case_sensitive: bool = True
    space_sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCase:
    """One test. ``points`` is its share in a SUM group. Samples score nothing and are shown to everybody."""

    __test__ = False  # pytest must not collect it

    name: str
    input: BlobRef
    answer: BlobRef
    group: str | None = None
    sample: bool = False
    points: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestGroup:
    """Tests that score together; ``depends_on`` names groups before it that must have scored fully."""

    __test__ = False

    name: str
    points: float
    scoring: GroupScoring = GroupScoring.MIN
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """An immutable state of a problem, or (``problem_id`` None) the tests that came with one submission.

    ``digest`` is the SHA-256 over everything that a client can set: an identical revision makes no new one.
    """

    id: RevisionId
    problem_id: ProblemId | None
    number: int
    title: str
    limits: ProblemLimits
    checker: CheckerSpec
    scoring: Scoring
    groups: tuple[TestGroup, ...]
    tests: tuple[TestCase, ...] = field(repr=False)
    digest: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """``current`` is the revision in force; None until the first one has been accepted."""

    id: ProblemId
    slug: Slug
    owner: ApiKeyId
    created_at: datetime
    archived_at: datetime | None = None
    current: RevisionId | None = None
    revision: int = 0
    """Number of ``current``."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a package was refused: ``file`` inside the package (None: the package as a whole), ``line`` from 1."""

    message: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageImport:
    """One upload of a package. ``package`` is the upload's blob."""

    id: ImportId
    key_id: ApiKeyId
    slug: Slug | None
    package: BlobRef
    status: ImportStatus
    created_at: datetime
    format: str | None = None
    revision: int | None = None
    complaints: tuple[Complaint, ...] = ()
    finished_at: datetime | None = None
