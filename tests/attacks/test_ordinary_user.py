"""The same attacks where the worker is an ordinary user: user namespaces, no groups to count, no user for each slot."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.attacks.conftest import LEVELS

CHECKOUT = Path(__file__).parents[2]
UID = 200_000 + os.getpid() % 100_000
"""Nobody else's, also when the suite runs twice: an ordinary user's processes are counted together."""
ORDINARY = ("setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups")


def _python() -> str:
    """One that an ordinary user may start and that can import what this one does."""
    for candidate in (sys.executable, "/usr/bin/python3"):
        # through a shell: setpriv itself still has root's rights while it executes
        script = f'cd {CHECKOUT} && exec {candidate} -c "import sys, pytest, pytest_asyncio, tests.attacks.engine"'
        probe = (*ORDINARY, "sh", "-c", script)
        if subprocess.run(probe, check=False, capture_output=True, env=_environment()).returncode == 0:
            return candidate
    pytest.skip("there is no Python that an ordinary user may start and that finds what the tests import")


def _environment() -> dict[str, str]:
    path = os.pathsep.join(entry for entry in sys.path if entry.endswith("-packages"))
    return {"PATH": os.environ["PATH"], "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent"}


@pytest.mark.skipif(os.geteuid() != 0, reason="is run by an ordinary user as it is")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("level", LEVELS)
def test_the_attacks_fail_against_an_ordinary_users_worker_too(level: str, open_place: Path) -> None:
    place = open_place / "ordinary"
    place.mkdir()
    os.chown(place, UID, UID)
    environment = _environment() | {"PROBA_BUILD_DIR": str(place / "build"), "TMPDIR": str(place)}
    options = (
        f"--basetemp={place}/base",
        "-p",
        "no:cacheprovider",
        "-q",
        "-rs",
        "--tb=short",
        "-k",
        f"test_attack and {level}",
    )
    argv = (*ORDINARY, _python(), "-m", "pytest", "tests/attacks/test_attacks.py", *options)
    done = subprocess.run(argv, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    skipped = re.search(r"SKIPPED.*does not allow the level", done.stdout)
    if skipped:
        pytest.skip(f"an ordinary user of this host cannot have the level {level}")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout
    assert int(passed[1]) > 100, done.stdout
