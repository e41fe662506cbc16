"""Launchers built with sanitizers, and what these have to say."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infrastructure.sandbox.build import build_launcher


@contextmanager
def sanitized_launchers() -> Iterator[Path]:
    """Every launcher that is started meanwhile has sanitizers; they report to the file that is given."""
    launcher = build_launcher(sanitize=True)
    log = launcher.with_name(f"{launcher.name}.log")
    log.touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROBA_LAUNCHER", str(launcher))
        yield log


@contextmanager
def nothing_reported(log: Path | None) -> Iterator[None]:
    """Raises AssertionError with the reports that the file has been given meanwhile."""
    before = log.stat().st_size if log else 0
    yield
    said = log.read_bytes()[before:].decode(errors="replace") if log else ""
    assert "Sanitizer" not in said, said
    assert "runtime error" not in said, said
