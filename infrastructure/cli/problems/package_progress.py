from collections.abc import Callable
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

LONGEST_NAME = 32

Step = Callable[[str, int, int | None], None]
"""Told what is being done, how much of it is done, and of how much (None: not known)."""


class PackageProgress:
    """A bar over all packages, and one for each that is being worked on. Silent where there is no terminal."""

    def __init__(self, console: Console, doing: str, total: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._all = self._progress.add_task(doing, total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, package: str) -> tuple[TaskID, Step]:
        """A bar of its own."""
        name = package if len(package) <= LONGEST_NAME else "…" + package[1 - LONGEST_NAME :]
        task = self._progress.add_task(f"{name}: reading", total=None)

        def step(what: str, done: int, total: int | None) -> None:
            self._progress.update(task, description=f"{name}: {what}", completed=done, total=total)

        return task, step

    def end(self, task: TaskID) -> None:
        """It is done with."""
        self._progress.remove_task(task)
        self._progress.advance(self._all)
