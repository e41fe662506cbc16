"""``up`` as its users start it, killed in every way."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from infrastructure.cli.up.mode_process import MARK
from infrastructure.embedded import processes

ROOT = Path(__file__).parents[3]
START_SECONDS, STOP_SECONDS = 90, 10
SUBMISSION = {
    "language": "python3",
    "sources": [{"name": "main.py", "content": "print(sum(map(int, input().split())))"}],
    "tests": [{"input": "1 2", "output": "3"}],
}


class Up:
    """One directory, and the ``up`` that runs there."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.process: subprocess.Popen[bytes] | None = None

    def spawn(self, **settings: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {"PROBA_HTTP_PORT": "0", "PROBA_WORKER_LANGUAGES": "python3"} | settings
        with (self.directory.with_suffix(".out")).open("ab") as out:
            return subprocess.Popen(
                [sys.executable, ROOT / "__main__.py", "up", "--own-servers"],
                env=environment | {"PROBA_DIR": str(self.directory)},
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def start(self, **settings: str) -> dict[str, Any]:
        """Start and wait for what it writes."""
        self.process = self.spawn(**settings)
        pid = self.process.pid
        wait_for(lambda: self.written().get("pid") == pid or self.process_ended(), START_SECONDS, self.said)
        assert self.process.poll() is None, self.said()
        return self.written()

    def process_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def written(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.directory / "up.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    def said(self) -> str:
        return self.directory.with_suffix(".out").read_text()

    def children(self) -> dict[str, int]:
        """Pids of server, worker, PostgreSQL, Valkey."""
        marked = processes.with_environment(f"{MARK}={self.directory}")
        modes = ("server", "worker")
        found: dict[str, int] = {m: pid for pid in marked for m in modes if m in processes.command_line(pid)}
        found["postgres"] = int((self.directory / "postgres/postmaster.pid").read_text().split()[0])
        found["valkey"] = int((self.directory / "valkey/valkey.pid").read_text())
        return found

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """How long it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        assert self.process.wait(30) == 0, self.said()
        return time.monotonic() - began


def wait_for(condition: Callable[[], object], seconds: float, said: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, said()
        time.sleep(0.05)


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    service = Up(tmp_path / "proba")
    yield service
    if service.process is not None and service.process.poll() is None:
        service.process.terminate()
        service.process.wait(30)


def judge(found: dict[str, Any]) -> str:
    """Submit; the id of the accepted submission."""
    headers = {"Authorization": f"Bearer {found['key']}"}
    answer = httpx.post(
        f"{found['url']}/api/v1/submissions?wait=50", json=SUBMISSION, headers=headers, timeout=60, trust_env=False
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["verdict"] == "AC", answer.text
    return str(answer.json()["id"])


def shown(found: dict[str, Any], submission: str) -> str:
    """The verdict of a stored submission."""
    answer = httpx.get(
        f"{found['url']}/api/v1/submissions/{submission}",
        headers={"Authorization": f"Bearer {found['key']}"},
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["verdict"])


def test_from_nothing_to_a_verdict_and_away_again(up: Up) -> None:
    found = up.start()
    assert set(found) == {"url", "key", "pid"}
    assert (up.directory / "up.json").stat().st_mode & 0o777 == 0o600
    judge(found)
    assert f"address  {found['url']}" in up.said()
    second = up.spawn()
    assert second.wait(30) == 1
    assert f"{up.directory} is in use by another proba (pid {found['pid']})" in up.said()
    children = up.children()
    assert set(children) == {"server", "worker", "postgres", "valkey"}
    assert up.stop(signal.SIGINT) < STOP_SECONDS
    assert not any(processes.is_alive(pid) for pid in children.values())
    assert up.written() == {}
    log = up.said()
    order = [log.index(f"{name} has ended") for name in ("the worker", "the server", "Valkey", "PostgreSQL")]
    assert order == sorted(order)


def proba(up: Up, *arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """As its operator calls it, who has set nothing but where it runs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PROBA_")}
    environment |= {"PROBA_DIR": str(up.directory)} | settings
    command = [sys.executable, ROOT / "__main__.py", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_its_data_is_backed_up_and_cleared_up_while_it_runs(up: Up, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    for command in (("gc",), ("backup", file)):
        done = proba(up, *command)
        assert (done.returncode, "PROBA_DATABASE_URL is not set" in done.stderr) == (1, True), done.stderr
        assert str(up.directory) in done.stderr
    judge(up.start())
    place = up.directory / "servers.json"
    assert place.stat().st_mode & 0o777 == 0o600
    done = proba(up, "backup", file)
    assert (done.returncode, "2 blobs" in done.stderr) == (0, True), done.stderr
    done = proba(up, "gc", "--json")
    assert (done.returncode, json.loads(done.stdout)["kept"]) == (0, 2), done.stderr
    # blobs of one service and rows of another would be taken for garbage
    done = proba(up, "gc", PROBA_DATA_DIR=str(tmp_path / "other"))
    assert (done.returncode, "PROBA_DATA_DIR" in done.stderr) == (2, True), done.stderr
    # what is named wins, also when nobody is there
    done = proba(up, "gc", PROBA_DATABASE_URL="postgresql+asyncpg://proba@127.0.0.1:1/none")
    assert done.returncode == 1, done.stdout
    assert "in use" in proba(up, "restore", file, "--replace").stderr
    written = place.read_text()
    judge(up.written())
    up.stop()
    assert not place.exists()
    place.write_text(written)  # as after a kill -9
    assert "no './proba up' runs" in proba(up, "gc").stderr
    done = proba(up, "restore", file, "--replace")
    assert (done.returncode, "2 blobs" in done.stderr) == (0, True), done.stderr
    found = up.start()
    headers = {"Authorization": f"Bearer {found['key']}"}
    listed = httpx.get(f"{found['url']}/api/v1/submissions", headers=headers, trust_env=False).json()
    assert len(listed["items"]) == 1, "the second one came after the backup"


def test_everything_killed_at_once_loses_nothing(up: Up) -> None:
    before = up.start()
    submission = judge(before)
    assert up.process is not None
    for pid in (up.process.pid, *up.children().values()):
        os.kill(pid, signal.SIGKILL)
    up.process.wait()
    after = up.start()
    assert after["key"] == before["key"]
    assert shown(after, submission) == "AC"
    judge(after)
    up.stop()


def test_what_a_killed_up_leaves_running_is_ended_first(up: Up) -> None:
    before = up.start()
    submission = judge(before)
    assert up.process is not None
    orphans = up.children()
    os.kill(orphans["worker"], signal.SIGSTOP)  # so that it cannot hear that its parent has died
    os.kill(orphans["postgres"], signal.SIGSTOP)
    up.process.kill()
    up.process.wait()
    time.sleep(0.2)
    os.kill(orphans["postgres"], signal.SIGCONT)
    after = up.start()
    assert shown(after, submission) == "AC"
    assert not any(processes.is_alive(pid) for pid in orphans.values())
    up.stop()


def test_a_child_that_dies_is_started_again(up: Up) -> None:
    found = up.start()
    for name in ("worker", "server", "valkey", "postgres"):
        before = up.children()[name]
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: "was started again" in up.said(), START_SECONDS, up.said)
        up.directory.with_suffix(".out").write_text("")
        assert up.children()[name] != before
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            judge(found)
        except (AssertionError, httpx.HTTPError):
            assert time.monotonic() < deadline, up.said()
            time.sleep(0.2)
        else:
            break
    up.stop()


def test_a_port_that_is_taken_is_named(up: Up) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = up.spawn(PROBA_HTTP_PORT=str(port))
        assert process.wait(60) == 1
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use; set PROBA_HTTP_PORT" in up.said()
    assert not (up.directory / "postgres").exists()


def test_a_wrong_setting_ends_it_with_2(up: Up) -> None:
    assert up.spawn(PROBA_HTTP_PORT="http").wait(60) == 2
    assert "PROBA_HTTP_PORT=http: " in up.said()
    assert "Traceback" not in up.said()


def test_a_worker_that_cannot_start_ends_it_and_says_why(up: Up) -> None:
    assert up.spawn(PROBA_WORKER_LANGUAGES="klingon").wait(90) == 1
    assert "klingon" in up.said()
    assert not processes.with_environment(f"{MARK}={up.directory}")
