"""Gateway to problem packages, and the draft that a package or a request's body gives."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from application.sandbox import Content
from domain.problems.entities import CheckerSpec, Complaint, ProblemLimits, Slug, TestGroup
from domain.problems.enums import Scoring


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTest:
    """A test before it is stored. ``source`` says where it came from, for complaints: a file or a JSON pointer."""

    name: str
    input: Content
    answer: Content
    group: str | None = None
    sample: bool = False
    points: float | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDraft:
    """A problem before it is stored; readers return it and store nothing."""

    title: str = ""
    limits: ProblemLimits = field(default_factory=ProblemLimits)
    checker: CheckerSpec = field(default_factory=CheckerSpec)
    scoring: Scoring = Scoring.PASS_FAIL
    groups: tuple[TestGroup, ...] = ()
    tests: tuple[DraftTest, ...] = ()
    slug: Slug | None = None
    """What the package calls itself, if it does."""
    format: str = "json"
    source: str = ""
    """Where all but the tests came from, for complaints: a file, or empty for a request's body."""


class PackageRejected(Exception):
    """The package is wrong; each complaint names file and line."""

    def __init__(self, *complaints: Complaint) -> None:
        super().__init__(*complaints)
        self.complaints = complaints


class Packages(Protocol):
    """Unpacks and reads packages of every known format, in a limited process."""

    def read(self, package: Content) -> AbstractAsyncContextManager[ProblemDraft]:
        """The draft; its contents are readable until the context ends. Raises PackageRejected."""
