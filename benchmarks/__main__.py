"""``./proba bench``: what the sandbox and the service cost, as ratios against a bare run in the same pass."""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks.end_to_end import ECHO_CPP, ECHO_PYTHON, accepting, hundred_tests, throughput
from benchmarks.figures import Figure
from benchmarks.load import load
from benchmarks.report import print_comparisons, print_table, write_json
from benchmarks.sandbox import SandboxFigures, measure
from benchmarks.service import running_service

SLOTS = 2


def main(
    what: Annotated[Literal["all", "sandbox", "service", "load"], typer.Argument(help="what to measure")] = "all",
    json: Annotated[Path, typer.Option(help="where to write the figures")] = Path(".proba/bench.json"),
    quick: Annotated[bool, typer.Option(help="a tenth of the runs: to see that it works, not for figures")] = False,
) -> None:
    """Measure, print a table, write JSON. A C compiler is needed; leave the machine alone meanwhile."""
    share = 10 if quick else 1
    figures: list[Figure] = []
    sandbox = SandboxFigures("", [], [], [])
    with (
        Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), transient=True) as progress,
        tempfile.TemporaryDirectory(prefix="proba-bench-") as directory,
    ):
        task = progress.add_task("")
        if what in {"all", "sandbox"}:
            progress.update(task, description="the sandbox alone")
            sandbox = asyncio.run(measure(Path(directory), 600 // share))
            figures += sandbox.figures
            progress.console.print(f"isolation: {sandbox.isolation}")
        if what in {"all", "service"}:
            figures += _service(Path(directory), share, progress)
        if what == "load":
            progress.update(task, description="under load")
            figures += load(share, SLOTS)
    print_table("proba bench", figures)
    print_comparisons(sandbox.comparisons, sandbox.absent)
    write_json(json, figures, sandbox.comparisons, sandbox.absent)
    print(f"written to {json}")


def _service(directory: Path, share: int, progress: Progress) -> list[Figure]:
    figures: list[Figure] = []
    task = progress.task_ids[0]
    progress.update(task, description="starting the service")
    with running_service(worker_slots=str(SLOTS), log_level="warning") as service:
        progress.update(task, description="a submission with 100 no-op tests")
        figures.append(hundred_tests(service, directory, max(2, 10 // share)))
        for language, source in (("cpp17", ECHO_CPP), ("python3", ECHO_PYTHON)):
            progress.update(task, description=f"submissions in {language}")
            figures += throughput(service, language, source, 100 // share, SLOTS)
    # a worker that has not their language leaves them waiting, and the cores to the server
    with running_service(worker_slots="1", worker_languages="bash", log_level="warning") as service:
        progress.update(task, description="accepting submissions")
        figures += accepting(service, 1000 // share)
    return figures


if __name__ == "__main__":
    typer.run(main)
