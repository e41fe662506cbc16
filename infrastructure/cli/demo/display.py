from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from infrastructure.cli.demo.outcome import CaseOutcome

FRAME_LINES = 8
"""What the progress bar and the table's own frame take of the screen."""
MIB = 1 << 20


class Display:
    """The live table: a progress bar over the newest outcomes, as many as the screen holds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._outcomes: list[CaseOutcome] = []
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
        )
        self._task = self._progress.add_task("judging", total=None)

    def expect(self, total: int) -> None:
        """How many outcomes there will be."""
        self._progress.update(self._task, total=total)

    def add(self, outcome: CaseOutcome) -> None:
        """Show one more."""
        self._outcomes.append(outcome)
        self._progress.advance(self._task)

    def __rich__(self) -> RenderableType:
        room = max(1, self._console.size.height - FRAME_LINES)
        return Group(self._progress, outcome_table(self._outcomes[-room:]))


def outcome_table(outcomes: Sequence[CaseOutcome]) -> Table:
    """Expected beside got."""
    table = Table("language", "case", "expected", "got", "")
    table.add_column("cpu time, s", justify="right")
    table.add_column("memory, MiB", justify="right")
    for outcome in outcomes:
        table.add_row(
            outcome.case.language,
            outcome.case.name,
            outcome.case.expected,
            Text(outcome.got, style="green" if outcome.ok else "bold red"),
            "✓" if outcome.ok else "✗",
            "" if outcome.cpu_time is None else f"{outcome.cpu_time:.3f}",
            "" if outcome.memory is None else f"{outcome.memory / MIB:.1f}",
        )
    return table
