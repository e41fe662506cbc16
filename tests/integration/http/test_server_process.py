"""The server as a process of its own: its port, its bodies on a real socket, its end."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infrastructure.cannot_listen import CannotListen
from infrastructure.server import PORT_FILE, listen

ROOT = Path(__file__).parents[3]
SERVE = """
import sys
from infrastructure.config import Config
from infrastructure.server import run

if __name__ == "__main__":
    sys.exit(run(Config()))
"""


@pytest.fixture
def environment(own_database_url: str, redis_url: str, tmp_path: Path) -> dict[str, str]:
    return dict(os.environ) | {
        "PROBA_DATABASE_URL": own_database_url,
        "PROBA_REDIS_URL": redis_url,
        "PROBA_DATA_DIR": str(tmp_path),
        "PROBA_HTTP_PORT": "0",
        "PROBA_MAX_BODY_SIZE": "100000",
        "PROBA_LOG_FORMAT": "json",
        PORT_FILE: str(tmp_path / "port"),
    }


@pytest.fixture(params=["1", "2"], ids=["one process", "two processes"])
def server(request: pytest.FixtureRequest, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    environment["PROBA_HTTP_PROCESSES"] = request.param
    command = [sys.executable, "-c", SERVE]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def url_of(environment: dict[str, str]) -> str:
    port_file = Path(environment[PORT_FILE])
    deadline = time.monotonic() + 60
    while not port_file.exists():
        assert time.monotonic() < deadline, "the server has told no port"
        time.sleep(0.05)
    return f"http://127.0.0.1:{int(port_file.read_text())}"


def test_it_serves_refuses_large_bodies_and_ends(server: subprocess.Popen[str], environment: dict[str, str]) -> None:
    with httpx.Client(base_url=url_of(environment), timeout=60) as client:
        assert client.get("/readyz").json()["troubles"] == {}
        for path in ("/api/v1/submissions", "/nowhere"):
            answer = client.post(path, content=b"x" * 5_000_000, headers={"Content-Type": "application/json"})
            assert answer.status_code in (401, 404)
            assert answer.headers["content-type"] == "application/problem+json"
        assert client.get("/healthz").status_code == 200
    server.send_signal(signal.SIGTERM)
    _, log = server.communicate(timeout=30)
    assert server.returncode == 0, log
    assert '"path": "/readyz", "status": 200' in log
    assert "Traceback" not in log


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"127\.0\.0\.1:{port}.*PROBA_HTTP_PORT"):
            listen("127.0.0.1", port)
    with pytest.raises(CannotListen, match=r"no\.such\.host\.invalid"):
        listen("no.such.host.invalid", 0)
