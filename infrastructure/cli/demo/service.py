import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infrastructure.cli.exceptions import CommandFailed, ExitCode, HostCannot
from infrastructure.cli.settings import ROOT
from infrastructure.embedded.processes import dies_with_parent

START_SECONDS, STOP_SECONDS = 180.0, 30.0
POLL_SECONDS = 0.05


@contextmanager
def throw_away_service() -> Iterator[tuple[str, str]]:
    """``up`` in a directory that is removed afterwards: its address and key. Raises CommandFailed, HostCannot."""
    with tempfile.TemporaryDirectory(prefix="proba-demo-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        with (directory / "up.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, str(ROOT / "__main__.py"), "up", "--own-servers"],
                env=os.environ | {"PROBA_DIR": name, "PROBA_HTTP_PORT": "0", "PROBA_HTTP_HOST": "127.0.0.1"},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509  # one prctl
                start_new_session=True,
            )
        try:
            yield _wait(process, directory)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], directory: Path) -> tuple[str, str]:
    up_file, deadline = directory / "up.json", time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if up_file.exists():
            up = json.loads(up_file.read_text(encoding="utf-8"))
            return up["url"], up["key"]
        time.sleep(POLL_SECONDS)
    said = (directory / "up.log").read_text(encoding="utf-8", errors="replace").strip()
    if process.returncode == ExitCode.HOST_CANNOT:
        raise HostCannot("the service cannot run on this machine:", said)
    raise CommandFailed(f"the service did not start; it said:\n{said}")
