"""What a benchmark answers with."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table. ``ratio`` is the median of paired ratios against ``of``; times are seconds."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    of: str = ""
    p95: float | None = None
    runs: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One sandbox beside ours in the same interleaved run; seconds. The ratios are medians of paired ratios."""

    job: str
    name: str
    version: str
    on: str
    """What the run had around it."""
    median: float
    p95: float
    to_bare: float
    to_ours: float
    runs: int


def paired(name: str, measured: Sequence[float], base: Sequence[float], of: str) -> Figure:
    """A figure of interleaved pairs."""
    return Figure(
        name=name,
        value=median(measured),
        unit="s",
        ratio=ratio(measured, base),
        of=of,
        p95=p95(measured),
        runs=len(measured),
    )


def ratio(measured: Sequence[float], base: Sequence[float]) -> float:
    """The median of paired ratios."""
    return median(m / b for m, b in zip(measured, base, strict=True))


def p95(measured: Sequence[float]) -> float:
    """What 95 of 100 do not exceed."""
    return quantiles(measured, n=20)[-1]
