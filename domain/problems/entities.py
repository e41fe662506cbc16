from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NewType
from uuid import UUID

from domain.access.entities import ApiKeyId
from domain.problems.enums import CheckerProtocol, CheckerType, GroupScoring, GroupVerdict, Scoring
from domain.problems.files import BlobRef, PackageFile, PackageProgram
from domain.problems.material import ProblemMaterial
from domain.problems.setup import ProblemSetup

ProblemId = NewType("ProblemId", UUID)
RevisionId = NewType("RevisionId", UUID)
ImportId = NewType("ImportId", UUID)
Slug = NewType("Slug", str)
"""1–64 characters: a–z, 0–9, "-" and "_", starting with a letter or digit."""


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
    """``absolute`` and ``relative``: tolerances of FLOAT, either suffices. ``case_sensitive`` and ``space_sensitive``
    are the ICPC format's. ``line_sensitive``, DMOJ's: between two tokens there is a line end in both or in neither.

    ``program``, which speaks ``protocol`` and gets ``arguments`` (a test's own come after them), is for PROGRAM alone.
    """

    type: CheckerType = CheckerType.TOKENS
    absolute: float | None = None
    relative: float | None = None
    case_sensitive: bool = True
    space_sensitive: bool = False
    line_sensitive: bool = False
    program: PackageProgram | None = None
    protocol: CheckerProtocol | None = None
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TestExtras:
    """What few tests have. ``checker_arguments`` come after the checker's or interactor's own, ``validator_arguments``
    after the input validators'; ``arguments`` are for the submission, ``files`` lie in its box.
    """

    __test__ = False

    checker_arguments: tuple[str, ...] = ()
    validator_arguments: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    files: tuple[PackageFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCase:
    """One test. ``points`` is the most that it scores. Samples are shown to everybody, and score nothing unless they
    have points.
    """

    __test__ = False  # pytest must not collect it

    name: str
    input: BlobRef
    answer: BlobRef
    group: str | None = None
    sample: bool = False
    points: float | None = None
    extras: TestExtras = field(default_factory=TestExtras)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestGroup:
    """Tests that score together; ``depends_on`` names groups before it that must have scored fully.

    ``points`` is the most that it scores. ``parent`` is the group it lies in; a parent stands before its children.
    What is not counted (``counted``) changes neither score nor verdict of its parent. ``stop``: the rest of the group
    is not run after the first failure; None: as the submission asks. ``rejected_points`` are those of a failed test,
    ``lowest`` the least that the group may score.
    """

    __test__ = False

    name: str
    points: float
    scoring: GroupScoring = GroupScoring.MIN
    depends_on: tuple[str, ...] = ()
    parent: str | None = None
    verdict: GroupVerdict = GroupVerdict.FIRST
    accept_if_any: bool = False
    counted: bool = True
    stop: bool | None = None
    rejected_points: float = 0.0
    lowest: float = 0.0
    grader: PackageProgram | None = None
    """A program of the setter's that adds up instead (ICPC's custom graders)."""
    grader_arguments: tuple[str, ...] = ()


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
    setup: ProblemSetup = field(default_factory=ProblemSetup)
    material: ProblemMaterial = field(default_factory=ProblemMaterial, repr=False)


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
