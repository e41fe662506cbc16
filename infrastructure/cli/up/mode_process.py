import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from infrastructure.cli.settings import ROOT
from infrastructure.embedded.exceptions import EmbeddedServerFailed
from infrastructure.embedded.server_process import ServerProcess

MARK = "PROBA_SUPERVISOR"
"""Environment variable of every child: whose child it is."""


class ModeProcess:
    """``__main__.py server`` or ``worker`` as a child."""

    def __init__(self, mode: str, directory: Path, settings: Mapping[str, str], stop_seconds: float) -> None:
        self.name = f"the {mode}"
        self._mode, self._stop_seconds = mode, stop_seconds
        self._mark = {MARK: str(directory)}
        self.settings = dict(settings)
        self._process = ServerProcess(self.name, directory / f"{mode}.log")

    def start(self) -> None:
        """Start it, without waiting until it is ready."""
        environment = os.environ | self.settings | self._mark
        self._process.start([sys.executable, str(ROOT / "__main__.py"), self._mode], environment, ROOT)

    def failure(self, reason: str) -> EmbeddedServerFailed:
        """The error of a child that did not start, with the end of its log."""
        return self._process.failure(reason, self.poll())

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        return self._process.poll()

    def said(self) -> str:
        """The end of what it said."""
        return self._process.said()

    def stop(self) -> None:
        """Ask it to end and kill it when it does not: an idle taskiq worker may ignore SIGTERM on Python 3.11, and its
        jobs are leased, so that nothing is lost.
        """
        self._process.stop(signal.SIGTERM, self._stop_seconds)
