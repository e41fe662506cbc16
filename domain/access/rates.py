from dataclasses import dataclass
from enum import StrEnum


class Period(StrEnum):
    """What a rate counts by."""

    SECOND = "second"
    MINUTE = "minute"

    @property
    def seconds(self) -> int:
        """Its length."""
        return 1 if self is Period.SECOND else 60


@dataclass(frozen=True, slots=True)
class Rate:
    """``limit`` in each period on the average, and ``burst`` at once after a rest: a bucket of so many tokens, that
    fills evenly.
    """

    limit: int
    per: Period
    burst: int

    @property
    def interval(self) -> float:
        """Seconds in which one token comes."""
        return self.per.seconds / self.limit

    def __str__(self) -> str:
        return f"{self.limit} a {self.per} and {self.burst} at once"
