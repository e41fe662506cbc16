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

    @classmethod
    def parse(cls, text: str) -> "Rate":
        """From ``60/minute``, or ``60/minute:20`` with a burst of its own. Raises ValueError."""
        numbers, _, burst = text.partition(":")
        limit, _, per = numbers.partition("/")
        try:
            return cls(int(limit), Period(per), int(burst or limit))
        except ValueError:
            raise ValueError(f"{text!r} is no rate: write 10/second, 60/minute or 60/minute:20 (20 at once)") from None

    @property
    def interval(self) -> float:
        """Seconds in which one token comes."""
        return self.per.seconds / self.limit

    def __str__(self) -> str:
        return f"{self.limit} a {self.per} and {self.burst} at once"
