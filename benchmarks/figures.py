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


def paired(name: str, measured: Sequence[float], base: Sequence[float], of: str) -> Figure:
    """A figure of interleaved pairs."""
    return Figure(
        name=name,
        value=median(measured),
        unit="s",
        ratio=median(m / b for m, b in zip(measured, base, strict=True)),
        of=of,
        p95=quantiles(measured, n=20)[-1],
        runs=len(measured),
    )
