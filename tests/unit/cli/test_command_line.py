import os
import subprocess
import sys
from pathlib import Path

import pytest

from infrastructure.cli import app, checks
from infrastructure.cli.exceptions import ExitCode
from infrastructure.cli.failures import exit_code_of
from infrastructure.cli.main import main
from infrastructure.embedded.exceptions import EmbeddedServerFailed, EmbeddedServerUnavailable

ROOT = Path(__file__).parents[3]


def test_without_a_mode_it_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == ExitCode.USAGE
    shown = capsys.readouterr().out
    served = ("demo", "up", "server", "worker", "doctor", "languages")
    for mode in (*served, "keys", "problems", "migrate", "test", "bench"):
        assert f" {mode} " in shown


def test_a_misspelt_mode_is_corrected(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sever"]) == ExitCode.USAGE
    assert "server" in capsys.readouterr().err


def test_the_worker_says_that_it_needs_linux(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert main(["worker"]) == ExitCode.HOST_CANNOT
    said = capsys.readouterr().err
    assert "the worker needs Linux" in said
    assert "Traceback" not in said


def test_a_mode_that_lacks_its_servers_says_so_without_a_traceback() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PROBA_")}
    done = subprocess.run(
        [sys.executable, ROOT / "__main__.py", "server"],
        env=environment | {"PROBA_REDIS_URL": "redis://localhost", "PROBA_DATABASE_URL": "postgres://x"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == ExitCode.USAGE
    assert "PROBA_DATABASE_URL=postgres://x: should start with postgresql+asyncpg://" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EmbeddedServerUnavailable("PostgreSQL", "there is none", "do this"), ExitCode.HOST_CANNOT),
        (EmbeddedServerFailed("PostgreSQL", "it ended", "its log"), ExitCode.FAILED),
        (RuntimeError("oops"), ExitCode.FAILED),
    ],
)
def test_errors_become_codes_and_words(error: Exception, code: ExitCode) -> None:
    assert exit_code_of(error)[0] is code
    assert str(error) in exit_code_of(error)[1]


def test_the_suites() -> None:
    names = {suite.value: [step.name for step in checks.steps_of(suite, ["-x"])] for suite in app.Suite}
    assert names["fast"][-1] == "pytest, unit"
    assert names["all"][:4] == names["fast"][:4]
    assert names["chaos"] == ["chaos"]
    everything = {step.name: step for step in checks.steps_of("all", [])}
    beside = [step.name for step in everything.values() if step.beside]
    assert beside == ([] if os.geteuid() else ["mypy", "pytest, unit", "pytest, the service"])
    assert "tests/unit" in everything["pytest, unit"].arguments
    others = everything["pytest, the others"].arguments
    apart = [*everything["pytest, unit"].arguments[2:], *everything["pytest, attacks"].arguments[3:]]
    apart += everything["pytest, the service"].arguments[3:]
    assert [argument for argument in others if "ignore" in argument] == [f"--ignore={tests}" for tests in apart]
    assert [tests for tests in apart if not (ROOT / tests).is_dir()] == []
    assert all(checks.steps_of(suite, ["-x"])[-1].arguments[-1] == "-x" for suite in app.Suite)
