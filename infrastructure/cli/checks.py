"""``test``: every check of the project in one go."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from infrastructure.cli.exceptions import ExitCode
from infrastructure.cli.settings import PREFIX, ROOT

KEPT = frozenset({"PROBA_BUILD_DIR", "PROBA_DEBUG", "PROBA_TEST_RUNS", "PROBA_TEST_SANITIZED"})
"""The only settings that reach the tests: these do not change what is tested."""
REPEATING = ("slow", "soak")
SANITIZED_TESTS = ("tests/unit/sandbox", "tests/integration/sandbox", "-k", "not memory_accounting")
"""Sanitizers make a program's memory larger: it cannot be exact."""
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True, slots=True)
class Step:
    """One check: a command that ends with 0 when all is well."""

    name: str
    arguments: tuple[str, ...]


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
    failed = False
    for step in steps_of(suite, arguments):
        console.rule(step.name)
        began = time.monotonic()
        code = subprocess.run(
            [sys.executable, *step.arguments], cwd=ROOT, env=_environment(suite), check=False
        ).returncode
        failed = failed or code != 0
        state = "[green]passed[/green]" if code == 0 else f"[red]failed ({code})[/red]"
        table.add_row(step.name, state, f"{time.monotonic() - began:.1f}")
    console.print(table)
    return ExitCode.FAILED if failed else ExitCode.OK


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
    return [*LINTERS, Step("pytest", ("-m", "pytest", "--durations=10", *arguments))]


def _environment(suite: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX) or name in KEPT}
    return {**kept, "PROBA_TEST_SANITIZED": "1"} if suite == "sanitized" else kept
