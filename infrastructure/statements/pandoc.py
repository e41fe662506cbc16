"""Which pandoc this machine has."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

LEAST = (2, 15)
"""The first that has ``--sandbox``."""
CURE = "apt-get install pandoc"
_PATH = "/usr/local/bin:/usr/bin:/bin"
"""What the sandbox shows."""
_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Pandoc:
    """``path`` None: there is none that can be used; ``why`` says so. Else ``why`` is its version."""

    path: Path | None
    why: str


def find_pandoc(path: str = _PATH) -> Pandoc:
    """Asks it for its version, which takes a moment."""
    found = shutil.which("pandoc", path=path)
    if found is None:
        return Pandoc(None, "pandoc is not installed")
    try:
        run = subprocess.run(
            [found, "--version"], capture_output=True, stdin=subprocess.DEVNULL, timeout=_SECONDS, check=False,
            env={"LC_ALL": "C.UTF-8", "HOME": "/nonexistent"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return Pandoc(None, f"{found} does not answer ({type(error).__name__})")
    version = re.match(rb"pandoc(?:\.exe)? (\d+)\.(\d+)", run.stdout)
    if run.returncode or version is None:
        return Pandoc(None, f"{found} does not tell its version")
    said = run.stdout.split(b"\n", 1)[0].decode(errors="replace")[:100]
    if (int(version[1]), int(version[2])) < LEAST:
        return Pandoc(None, f"{said} is older than {'.'.join(map(str, LEAST))}")
    return Pandoc(Path(found), said)
