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

    @property
    def pid(self) -> int | None:
        """Of the running child."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start; what it says is appended to the log."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(environment),
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
        raise self.failure(f"it ended with code {self._process.returncode}")

    def failure(self, reason: str) -> EmbeddedServerFailed:
        """The error, with the end of the log."""
        try:
            said = self._log.read_bytes()[-LOG_TAIL:].decode(errors="replace").strip()
        except OSError:
            said = ""
        return EmbeddedServerFailed(self._name, reason, said)

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
