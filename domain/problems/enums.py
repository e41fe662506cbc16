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
    """``input output answer``; exit 0 right, 1 wrong."""
    COCI = "coci"
    """As DMOJ, with a share printed as ``partial X/Y``."""
    PEG = "peg"
    """As DMOJ, with a share printed as ``X/Y``."""
    DMOJ_PYTHON = "dmojPython"
    """A Python module with ``check(process_output, judge_output, **kwargs)``."""
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
