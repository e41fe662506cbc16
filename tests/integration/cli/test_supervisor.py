"""Real children that end, fail to start, and ignore signals."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from infrastructure.cli.up import supervisor as module
from infrastructure.cli.up.supervisor import Supervisor
from infrastructure.embedded.server_process import ServerProcess

DEAF = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('ready', flush=True)\ntime.sleep(60)"


class Child:
    def __init__(
        self, name: str, directory: Path, journal: list[str], code: str = "import time; time.sleep(60)"
    ) -> None:
        self.name, self._journal, self.code = name, journal, code
        self.refusals = 0
        self.stop_error: OSError | None = None
        self.process = ServerProcess(name, directory / f"{name}.log")

    def start(self) -> None:
        if self.refusals:
            self.refusals -= 1
            raise OSError("refused")
        self.process.start([sys.executable, "-c", self.code], {})

    def poll(self) -> int | None:
        return self.process.poll()

    def said(self) -> str:
        return self.process.said()

    def stop(self) -> None:
        self._journal.append(self.name)
        if self.stop_error is not None:
            raise self.stop_error
        self.process.stop(signal.SIGTERM, 0.5)


@pytest.fixture(autouse=True)
def _no_long_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_DELAY", 0.01)


def tend_until(supervisor: Supervisor, child: Child, seconds: float = 20) -> None:
    """Until it runs again."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        supervisor.tend()
        if child.process.pid is not None:
            return
        time.sleep(0.01)
    pytest.fail("it was not started again")


def kill(child: Child) -> None:
    assert child.process.pid is not None
    os.kill(child.process.pid, signal.SIGKILL)
    while child.process.pid is not None:
        time.sleep(0.01)


def test_all_are_stopped_in_reverse_order_even_when_one_raises(tmp_path: Path) -> None:
    journal: list[str] = []
    children = [Child(name, tmp_path, journal) for name in ("a", "b", "c")]
    supervisor = Supervisor()
    for child in children:
        supervisor.start(child)
    children[1].stop_error = OSError("will not")
    supervisor.stop()
    assert journal == ["c", "b", "a"]
    assert children[0].process.pid is None
    assert children[2].process.pid is None
    children[1].process.stop(signal.SIGKILL, 5)


def test_what_ends_by_itself_is_started_again_and_the_log_says_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    child = Child("fragile", tmp_path, [], "import time; print('so long', flush=True); time.sleep(60)")
    supervisor = Supervisor()
    supervisor.start(child)
    while "so long" not in child.said():
        time.sleep(0.01)
    kill(child)
    tend_until(supervisor, child)
    assert "fragile ended by itself (SIGKILL)" in caplog.text
    assert "so long" in caplog.text
    supervisor.stop()


def test_what_cannot_be_started_again_is_tried_until_it_can(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    child = Child("stubborn", tmp_path, [])
    supervisor = Supervisor()
    supervisor.start(child)
    child.refusals = 3
    kill(child)
    tend_until(supervisor, child)
    assert caplog.text.count("stubborn could not be started again: refused") == 3
    supervisor.stop()


def test_what_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    child = Child("deaf", tmp_path, [], DEAF)
    supervisor = Supervisor()
    supervisor.start(child)
    while "ready" not in child.said():
        time.sleep(0.01)
    began = time.monotonic()
    supervisor.stop()
    assert child.poll() == -signal.SIGKILL
    assert time.monotonic() - began < 5
