import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from infrastructure.embedded.exceptions import EmbeddedServerFailed
from infrastructure.embedded.processes import dies_with_parent

POLL_SECONDS = 0.01
LOG_TAIL = 2000


class ServerProcess:
    """A server as a child of this process, in a session of its own so that the terminal's Ctrl-C does not reach it."""

    def __init__(self, name: str, log: Path) -> None:
        self._name, self._log = name, log
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @property
    def pid(self) -> int | None:
        """Of the running child."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self, command: Sequence[str], environment: Mapping[str, str], directory: Path | None = None) -> None:
        """Start, in ``directory`` if given; what it says is appended to the log."""
        with self._log.open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                cwd=directory,
                preexec_fn=dies_with_parent(signal.SIGINT),  # noqa: PLW1509  # one prctl
                start_new_session=True,
            )

    def wait_until(self, is_ready: Callable[[int], bool], seconds: float) -> None:
        """Wait for ``is_ready`` (told the child's pid). Raises EmbeddedServerFailed, having stopped it."""
        assert self._process is not None
        deadline = time.monotonic() + seconds
        while self._process.poll() is None:
            if is_ready(self._process.pid):
                return
            if time.monotonic() > deadline:
                self.stop(signal.SIGKILL, 5)
                raise self.failure(f"it was not ready after {seconds:g} s")
            time.sleep(POLL_SECONDS)
        raise self.failure(f"it ended with code {self._process.returncode}", self._process.returncode)

    def failure(self, reason: str, exit_code: int | None = None) -> EmbeddedServerFailed:
        """The error, with what it said since it was started last."""
        return EmbeddedServerFailed(self._name, reason, self.said(), exit_code)

    def said(self) -> str:
        """The end of what it said since it was started last."""
        try:
            with self._log.open("rb") as log:
                log.seek(max(self._log_start, log.seek(0, os.SEEK_END) - LOG_TAIL))
                return log.read().decode(errors="replace").strip()
        except OSError:
            return ""

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        return None if self._process is None else self._process.poll()

    def stop(self, number: signal.Signals, seconds: float) -> None:
        """Ask it to end, and kill it when it has not within ``seconds``; safe to call twice."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
