"""Gateway to problem packages, and the draft that a package or a request's body gives."""

import hashlib
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from application.contents import BytesContent
from application.sandbox import Content
from domain.problems.entities import CheckerSpec, Complaint, ProblemLimits, Slug, TestExtras, TestGroup
from domain.problems.enums import Scoring
from domain.problems.files import BlobRef, PackageProgram
from domain.problems.material import ProblemMaterial
from domain.problems.setup import ProblemSetup


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """A test's input is what ``program`` prints; its answer, with ``answer_on_stderr``, what it prints there."""

    program: PackageProgram
    arguments: tuple[str, ...] = ()
    answer_on_stderr: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftTest:
    """A test before it is stored. ``source`` says where it came from, for complaints: a file or a JSON pointer.

    ``input`` None: made by ``generation``. ``answer`` None: made by it too, or by the draft's main solution.
    Everything else is as in ``domain.problems.entities.TestCase``.
    """

    name: str
    input: BlobRef | None
    answer: BlobRef | None
    group: str | None = None
    sample: bool = False
    points: float | None = None
    extras: TestExtras = field(default_factory=TestExtras)
    generation: Generation | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDraft:
    """A problem before it is stored; readers return it and store nothing.

    ``contents`` holds the bytes of every BlobRef in the draft, by digest; who stores them checks the digests.
    ``solution`` makes the answers that tests lack. ``warnings`` are what was understood but looks wrong.
    """

    title: str = ""
    limits: ProblemLimits = field(default_factory=ProblemLimits)
    checker: CheckerSpec = field(default_factory=CheckerSpec)
    scoring: Scoring = Scoring.PASS_FAIL
    groups: tuple[TestGroup, ...] = ()
    tests: tuple[DraftTest, ...] = ()
    setup: ProblemSetup = field(default_factory=ProblemSetup)
    material: ProblemMaterial = field(default_factory=ProblemMaterial)
    solution: PackageProgram | None = None
    slug: Slug | None = None
    """What the package calls itself, if it does."""
    format: str = "json"
    source: str = ""
    """Where all but the tests came from, for complaints: a file, or empty for a request's body."""
    warnings: tuple[Complaint, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    """Why the package is refused though so much of it could be read; only for who has asked for such a draft."""
    contents: Mapping[bytes, Content] = field(default_factory=dict, repr=False)


class InlineContents:
    """Contents that came in a request's body."""

    def __init__(self) -> None:
        self.by_digest: dict[bytes, Content] = {}

    def add(self, data: bytes) -> BlobRef:
        """The reference to these bytes."""
        ref = BlobRef(hashlib.sha256(data).digest(), len(data))
        self.by_digest.setdefault(ref.digest, BytesContent(data))
        return ref


class PackageRejected(Exception):
    """The package is wrong; each complaint names file and line. ``draft``: what could be read of it all the same."""

    def __init__(self, *complaints: Complaint, draft: ProblemDraft | None = None) -> None:
        super().__init__(*complaints)
        self.complaints = complaints
        self.draft = draft


class Packages(Protocol):
    """Unpacks and reads packages of every known format, in a limited process."""

    def read(self, package: Content, *, to_judge: bool = False) -> AbstractAsyncContextManager[ProblemDraft]:
        """The draft; its contents are readable until the context ends. ``to_judge``: nothing but what is judged
        matters; a package that is wrong gives its draft too, with the complaints, as far as there are tests in it.
        Raises PackageRejected.
        """
