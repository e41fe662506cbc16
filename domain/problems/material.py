"""What a problem brings besides what judging needs: the means of its proof, and what people read."""

from dataclasses import dataclass, field
from datetime import timedelta

from domain.problems.enums import CheckerProtocol
from domain.problems.files import PackageFile, PackageProgram, Statement
from domain.verdicts import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class InputValidator:
    """Reads a test's input; ICPC accepts by exit code 42, TESTLIB by 0. CMS, too, but reads no stdin: its first
    argument is the input's path, before all others.
    """

    program: PackageProgram
    protocol: CheckerProtocol
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a reference submission must get, all of it.

    ``group``: of that group's tests alone; None: of the job. ``verdicts``: the verdict is one of them. ``every``: each
    test's is one of them; ``some``: at least one test's is. ``score``: the least and the most; None: no matter.
    """

    group: str | None = None
    verdicts: frozenset[Verdict] | None = None
    every: frozenset[Verdict] | None = None
    some: frozenset[Verdict] | None = None
    score: tuple[float | None, float | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceSubmission:
    """``sets_limit``: its time counts for the time limit. ``skip``: why it is not judged at all; "": it is."""

    program: PackageProgram
    expectations: tuple[Expectation, ...] = ()
    sets_limit: bool = False
    skip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRule:
    """How the time limit follows from the reference submissions where the package states none.

    limit = max(``least``, ``multiplier`` × the slowest accepted one), rounded up to ``resolution``. One that must be
    too slow must be so at limit × ``margin``.
    """

    multiplier: float = 5.0
    margin: float = 1.0
    resolution: timedelta = timedelta(seconds=1)
    least: timedelta = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemMaterial:
    """``attachments`` are files for contestants."""

    validators: tuple[InputValidator, ...] = ()
    references: tuple[ReferenceSubmission, ...] = ()
    time_rule: TimeRule = field(default_factory=TimeRule)
    statements: tuple[Statement, ...] = ()
    attachments: tuple[PackageFile, ...] = ()
