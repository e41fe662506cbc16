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


class ImportStatus(StrEnum):
    """Where a package import stands."""

    PENDING = "pending"
    PROVING = "proving"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
