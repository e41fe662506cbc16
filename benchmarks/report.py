"""Figures as a table for people and as JSON for machines."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.bar import Bar
from rich.console import Console
from rich.table import Table

from benchmarks.figures import Comparison, Figure
from benchmarks.peers import AbsentPeer

BAR_WIDTH = 12


def table(title: str, figures: Sequence[Figure]) -> Table:
    """Ratio first: it is what a benchmark here promises; the figure itself belongs to this machine."""
    shown = Table(title=title)
    shown.add_column("what")
    for heading in ("ratio", "median", "p95", "runs"):
        shown.add_column(heading, justify="right")
    shown.add_column("compared with")
    for figure in figures:
        shown.add_row(
            figure.name,
            "" if figure.ratio is None else f"{figure.ratio:.2f} ×",
            _value(figure.value, figure.unit),
            "" if figure.p95 is None else _value(figure.p95, figure.unit),
            str(figure.runs),
            figure.of,
        )
    return shown


def write_json(
    path: Path, figures: Sequence[Figure], comparisons: Sequence[Comparison] = (), absent: Sequence[AbsentPeer] = ()
) -> None:
    """With what is needed to compare two files: machine, kernel, cores, time."""
    document = {
        "at": datetime.now(UTC).isoformat(),
        "machine": platform.machine(),
        "kernel": platform.release(),
        "cores": len(os.sched_getaffinity(0)),
        "figures": [asdict(figure) for figure in figures],
        "peers": [asdict(comparison) for comparison in comparisons],
        "absent": [asdict(peer) for peer in absent],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n")


def print_table(title: str, figures: Sequence[Figure]) -> None:
    """On standard output."""
    Console().print(table(title, figures))


def print_comparisons(comparisons: Sequence[Comparison], absent: Sequence[AbsentPeer]) -> None:
    """A table for each job with a bar a sandbox, what each had around the run, and what was not measured."""
    console = Console()
    for job in dict.fromkeys(comparison.job for comparison in comparisons):
        rows = [comparison for comparison in comparisons if comparison.job == job]
        shown = Table(title=f"{job}, all in turn, {rows[0].runs} runs of each", title_justify="left")
        for heading in ("sandbox", "version", "median", "p95", "÷ bare", "÷ ours"):
            shown.add_column(heading, justify="left" if heading in {"sandbox", "version"} else "right", no_wrap=True)
        shown.add_column("drawn", width=BAR_WIDTH)
        longest = max(row.median for row in rows)
        for row in rows:
            shown.add_row(
                row.name,
                row.version,
                _value(row.median, "s"),
                _value(row.p95, "s"),
                f"{row.to_bare:.2f} ×",
                f"{row.to_ours:.2f} ×",
                Bar(longest, 0, row.median, width=BAR_WIDTH, color="green" if row.name == "proba" else "default"),
            )
        console.print(shown)
    for name, on in dict.fromkeys((row.name, row.on) for row in comparisons):
        console.print(f"{name}: {on}", highlight=False, markup=False)
    for peer in absent:
        console.print(f"{peer.name}: {peer.why}", highlight=False, markup=False)


def _value(value: float, unit: str) -> str:
    return f"{value * 1e3:.2f} ms" if unit == "s" else f"{value:.0f} {unit}"
