from collections.abc import Sequence
from enum import StrEnum


class CheckerType(StrEnum):
    """How an output is compared with the answer."""

    TOKENS = "tokens"
    """White space apart, equal tokens."""
    EXACT = "exact"
    """Byte for byte."""
    LINES = "lines"
    """Line by line; white space at line ends and empty lines at the end do not matter."""
    FLOAT = "float"
    """As TOKENS, but tokens that parse as numbers in the answer are compared within a tolerance."""
    SORTED = "sorted"
    """As TOKENS, in whatever order; ``line_sensitive``: lines of equal tokens, in whatever order. DMOJ's ``sorted``."""
    LETTERS = "letters"
    """Every byte but white space occurs equally often, in whatever order and case. DMOJ's ``easy``."""
    LINE_COUNT = "lineCount"
    """The share of lines that are equal but for white space around them; empty lines do not count, and more lines than
    the answer has are wrong. DMOJ's ``linecount``.
    """
    PROGRAM = "program"
    """A program of the setter's decides."""


class CheckerProtocol(StrEnum):
    """How a setter's checker or interactor is called, and how it answers."""

    ICPC = "icpc"
    """``input answer feedback/ [arguments] < output``; exit 42 right, 43 wrong, all else is the checker's fault.
    Source: the Kattis/ICPC problem package format, output validators.
    """
    TESTLIB = "testlib"
    """``input output answer``, the exit codes of testlib.h; as interactor ``input output [answer]`` on two pipes."""
    DMOJ = "dmoj"
    """``input output answer``; exit 0 right, 1 wrong, all else is the checker's fault; what it prints is the comment.
    As interactor ``input answer`` on two pipes, its comment on stderr.
    """
    COCI = "coci"
    """As DMOJ, but exit 2 is PE, 3 the checker's fault, and 7 a share: a line ``partial X/Y`` on stderr."""
    PEG = "peg"
    """``answer output input``; exit 0 right, 1 wrong; two lines on stdout that are numbers are a share: one by the
    other.
    """
    DMOJ_PYTHON = "dmojPython"
    """A Python module with ``check(process_output, judge_output, **kwargs)``, whose arguments come from DMOJ's judge
    (``dmoj/checkers``, ``dmoj/graders/standard.py``); it returns a truth value or a ``CheckerResult``. The spec's
    ``arguments`` are one JSON object: more keyword arguments.
    """
    CMS = "cms"
    """``input answer output``; a share from 0 to 1 on stdout, a message on stderr; as interactor a manager with a
    pair of FIFOs for each process.
    """


class Scoring(StrEnum):
    """How test results become the job's score."""

    PASS_FAIL = "passFail"  # noqa: S105  # no password
    POINTS = "points"


class GroupScoring(StrEnum):
    """How a group's tests become its score."""

    MIN = "min"
    """All or nothing: the group's points times the lowest test's share."""
    SUM = "sum"
    """The sum of the tests' points."""
    MAX = "max"
    """The best test's."""
    AVERAGE = "average"
    """The mean of the tests'."""

    def of(self, scores: Sequence[float]) -> float:
        """Scores of tests or groups, as one; 0 of none."""
        if not scores:
            return 0.0
        match self:
            case GroupScoring.MIN:
                return min(scores)
            case GroupScoring.MAX:
                return max(scores)
            case GroupScoring.SUM:
                return sum(scores)
            case GroupScoring.AVERAGE:
                return sum(scores) / len(scores)


class GroupVerdict(StrEnum):
    """How the verdicts of a group's tests and groups become its own."""

    FIRST = "first"
    """The first that is not AC, in order."""
    WORST = "worst"
    """The worst: JE, RTE, MLE, TLE, OLE, WA, in this order."""
    ALWAYS_ACCEPT = "alwaysAccept"
    """AC, whatever they are."""


class ImportStatus(StrEnum):
    """Where a package import stands."""

    PENDING = "pending"
    PROVING = "proving"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
