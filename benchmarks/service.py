"""The whole service on this machine, as ``proba up`` starts it, in a throw-away directory."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Service:
    """Where it answers, a key of all scopes, and where its data lies."""

    url: str
    key: str
    directory: Path


@contextmanager
def running_service(**settings: str) -> Iterator[Service]:
    """Start, yield, stop. ``settings`` are PROBA_ settings without the prefix, in any case."""
    with tempfile.TemporaryDirectory(prefix="proba-bench-") as directory:
        environment = os.environ | {f"PROBA_{k.upper()}": v for k, v in settings.items()}
        environment |= {"PROBA_DIR": directory, "PROBA_HTTP_PORT": "0"}
        with (Path(directory) / "up.log").open("w+") as log:
            process = subprocess.Popen(
                [sys.executable, str(ROOT / "__main__.py"), "up"], env=environment, cwd=ROOT, stdout=log, stderr=log
            )
            try:
                yield _wait(process, Path(directory))
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(30)


def _wait(process: subprocess.Popen[bytes], directory: Path) -> Service:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if (directory / "up.json").exists():
            up = json.loads((directory / "up.json").read_text())
            return Service(up["url"], up["key"], directory)
        time.sleep(0.05)
    raise RuntimeError("the service did not start:\n" + (directory / "up.log").read_text()[-4000:])
