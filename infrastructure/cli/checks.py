"""``test``: every check of the project in one go."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import IO

from rich.console import Console
from rich.table import Table

from infrastructure.cli.exceptions import ExitCode
from infrastructure.cli.settings import PREFIX, ROOT

KEPT = frozenset({"PROBA_BUILD_DIR", "PROBA_DEBUG", "PROBA_TEST_RUNS", "PROBA_TEST_SANITIZED"})
"""The only settings that reach the tests: these do not change what is tested."""
REPEATING = ("slow", "soak")
SANITIZED_TESTS = ("tests/unit/sandbox", "tests/integration/sandbox", "-k", "not memory_accounting")
"""Sanitizers make a program's memory larger: it cannot be exact."""
ATTACKS = "tests/attacks"
SERVICE_TESTS = (
    "tests/chaos",
    *(
        f"tests/integration/{of}"
        for of in ("backup", "cli", "database", "embedded", "http", "queue", "retention", "setup", "statements")
    ),
)
"""Of the service and its data: half of the time goes by waiting for other processes."""
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True, slots=True)
class Step:
    """One check: a command that ends with 0 when all is well."""

    name: str
    arguments: tuple[str, ...]
    beside: bool = False
    """Whether it goes on while those after it do; its words come at the end. What measures programs stays among the
    others, so that this happens one after the other. Not for an ordinary user: attacks under the same user id are found
    out by whatever else appears under it.
    """


@dataclass(frozen=True, slots=True)
class Done:
    """How a step ended."""

    name: str
    code: int
    seconds: float


LINTERS = (
    Step("ruff check", ("-m", "ruff", "check", ".")),
    Step("ruff format", ("-m", "ruff", "format", "--check", ".")),
    Step("import-linter", ("-c", LINT_IMPORTS)),
    Step("mypy", ("-m", "mypy")),
)


def run(suite: str, arguments: Sequence[str]) -> int:
    """Run all steps of the suite, also after one has failed; 0 only when none has."""
    console = Console(stderr=True)
    table = Table("check", "result", "seconds", title=f"proba test {suite}", title_justify="left")
    steps = steps_of(suite, arguments)
    done: list[Done] = []
    with ThreadPoolExecutor(max_workers=1) as aside:
        later: list[tuple[Step, Future[tuple[Done, str]]]] = []
        for step in steps:
            if step.beside:
                later.append((step, aside.submit(_quietly, step, suite)))
            else:
                console.rule(step.name)
                done.append(_done(step, suite, None))
        for step, future in later:
            end, words = future.result()
            console.rule(step.name)
            sys.stdout.write(words)
            sys.stdout.flush()
            done.append(end)
    for end in done:
        state = "[green]passed[/green]" if end.code == 0 else f"[red]failed ({end.code})[/red]"
        table.add_row(end.name, state, f"{end.seconds:.1f}")
    console.print(table)
    return ExitCode.FAILED if any(end.code for end in done) else ExitCode.OK


def _quietly(step: Step, suite: str) -> tuple[Done, str]:
    with tempfile.TemporaryFile() as output:
        end = _done(step, suite, output)
        output.seek(0)
        return end, output.read().decode(errors="replace")


def _done(step: Step, suite: str, output: IO[bytes] | None) -> Done:
    began = time.monotonic()
    command = [sys.executable, *step.arguments]
    ended = subprocess.run(command, cwd=ROOT, env=_environment(suite), stdout=output, stderr=output, check=False)
    return Done(step.name, ended.returncode, time.monotonic() - began)


def steps_of(suite: str, arguments: Sequence[str]) -> list[Step]:
    """What the suite runs, in order: what fails quickest first."""
    if suite in REPEATING:
        return [Step(f"pytest, {suite}", ("-m", "pytest", "-m", suite, "--timeout=3600", *arguments))]
    if suite == "fuzz":
        return [Step("fuzz", ("-m", "tests.fuzz.campaign", *arguments))]
    if suite == "chaos":
        return [Step("chaos", ("-m", "tests.chaos.campaign", *arguments))]
    if suite == "sanitized":
        return [Step("pytest, sanitized", ("-m", "pytest", *SANITIZED_TESTS, *arguments))]
    if suite == "fast":
        return [*LINTERS, Step("pytest, unit", ("-m", "pytest", "tests/unit", *arguments))]
    return _everything(arguments)


def _everything(arguments: Sequence[str]) -> list[Step]:
    if arguments:  # they may name some tests only
        return [*LINTERS, Step("pytest", ("-m", "pytest", "--durations=10", *arguments))]
    root = os.geteuid() == 0
    return [
        *(replace(step, beside=root and step.name == "mypy") for step in LINTERS),
        Step("pytest, unit", ("-m", "pytest", "tests/unit"), beside=root),
        Step(
            "pytest, attacks", ("-m", "pytest", "--durations=10", ATTACKS)
        ),  # before it: they want the cores that it uses
        Step("pytest, the service", ("-m", "pytest", "--durations=10", *SERVICE_TESTS), beside=root),
        Step(
            "pytest, the others", ("-m", "pytest", "--durations=10", *_without(["tests/unit", ATTACKS, *SERVICE_TESTS]))
        ),
    ]


def _without(tests: Sequence[str]) -> list[str]:
    return [f"--ignore={test}" for test in tests]


def _environment(suite: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX) or name in KEPT}
    return {**kept, "PROBA_TEST_SANITIZED": "1"} if suite == "sanitized" else kept
