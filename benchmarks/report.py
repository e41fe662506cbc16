"""Figures as a table for people and as JSON for machines."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure


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


def write_json(path: Path, figures: Sequence[Figure]) -> None:
    """With what is needed to compare two files: machine, kernel, cores, time."""
    document = {
        "at": datetime.now(UTC).isoformat(),
        "machine": platform.machine(),
        "kernel": platform.release(),
        "cores": len(os.sched_getaffinity(0)),
        "figures": [asdict(figure) for figure in figures],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n")


def print_table(title: str, figures: Sequence[Figure]) -> None:
    """On standard output."""
    Console().print(table(title, figures))


def _value(value: float, unit: str) -> str:
    return f"{value * 1e3:.2f} ms" if unit == "s" else f"{value:.0f} {unit}"
