"""The sandbox as other users of this machine meet it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infrastructure.sandbox.preflight import check_host
from infrastructure.sandbox.settings import SandboxSettings

CHECKOUT = Path(__file__).parents[3]
ORDINARY = ("setpriv", "--reuid=54321", "--regid=54321", "--clear-groups")
PREFLIGHT = """
from infrastructure.sandbox.preflight import check_host
from infrastructure.sandbox.settings import SandboxSettings
found = check_host(SandboxSettings())
print(found.ok)
print(found.refusal)
"""


@pytest.fixture
def python() -> str:
    """One that an ordinary user may start."""
    for candidate in (sys.executable, "/usr/bin/python3"):
        # through a shell: setpriv itself still has root's rights while it executes
        script = f'exec {candidate} -c "import sys; sys.exit(sys.version_info < (3, 11))"'
        probe = (*ORDINARY, "sh", "-c", script)
        if os.geteuid() or subprocess.run(probe, check=False, capture_output=True).returncode == 0:
            return candidate
    pytest.skip("there is no Python 3.11 that an ordinary user may start")


def environment(build_directory: Path) -> dict[str, str]:
    build_directory.mkdir()
    build_directory.chmod(0o1777)
    for parent in build_directory.parents:
        if parent.owner() == "root" and parent != Path("/tmp") and str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    return {"PATH": os.environ["PATH"], "PROBA_BUILD_DIR": str(build_directory), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.mark.skipif(os.geteuid() != 0, reason="is run by an ordinary user as it is")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv")
@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_an_ordinary_user_has_it_too(python: str, tmp_path: Path, level: str) -> None:
    if level == "landlock" and not check_host(SandboxSettings(level="landlock", floor="landlock")).ok:
        pytest.skip("this kernel has no Landlock")
    argv = (*ORDINARY, python, "-m", "infrastructure.sandbox.selftest", "--level", level, "--json")
    done = subprocess.run(
        argv, cwd=CHECKOUT, env=environment(tmp_path / "b"), capture_output=True, text=True, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line for line in lines if not line["ok"]] == [], done.stderr
    assert len(lines) > 20
    assert done.returncode == 0


@pytest.mark.skipif(shutil.which("unshare") is None or shutil.which("setpriv") is None, reason="needs util-linux")
def test_a_host_that_refuses_user_namespaces_is_told_what_mends_it(python: str, tmp_path: Path) -> None:
    # in a user namespace of its own the limit can be set to nothing, and the user's rights be given up
    script = (
        "echo 0 > /proc/sys/user/max_user_namespaces && "
        f'exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs {python} -c "$1"'
    )
    argv = (*(ORDINARY if os.geteuid() == 0 else ()), "unshare", "--user", "--map-root-user", "sh", "-c", script, "sh")
    env = environment(tmp_path / "b")
    done = subprocess.run((*argv, PREFLIGHT), cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("False\n"), done
    assert "the sandbox cannot run here" in done.stdout
    assert "user namespace" in done.stdout
    assert "mend it with: " in done.stdout


def test_this_host_is_found_able() -> None:
    found = check_host(SandboxSettings(uid_base=61_000))
    assert found.ok, found.refusal
    assert found.refusal == ""
    assert {check.layer for check in found.checks} >= {"launcher", "namespaces", "seccomp"}
