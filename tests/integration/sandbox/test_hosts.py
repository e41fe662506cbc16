"""The sandbox as other users of this machine meet it."""

import ctypes
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infrastructure.sandbox.preflight import check_host
from infrastructure.sandbox.settings import SandboxSettings
from infrastructure.sandbox.slot_users import CURE, PARENTS


def landlock_abi() -> int:
    """As the kernel tells it; 0: none."""
    create_ruleset, ask_version = 444, 1
    return max(int(ctypes.CDLL(None).syscall(create_ruleset, None, ctypes.c_size_t(0), ask_version)), 0)


CHECKOUT = Path(__file__).parents[3]
NEEDS_UTIL_LINUX = pytest.mark.skipif(
    shutil.which("unshare") is None or shutil.which("setpriv") is None, reason="needs util-linux"
)
ORDINARY_USER = 54321
ORDINARY = ("setpriv", f"--reuid={ORDINARY_USER}", f"--regid={ORDINARY_USER}", "--clear-groups")
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
    return {"PATH": os.environ["PATH"], "PROBA_BUILD_DIR": str(build_directory), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.mark.skipif(os.geteuid() != 0, reason="is run by an ordinary user as it is")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv")
@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_an_ordinary_user_has_it_too(python: str, open_place: Path, level: str) -> None:
    if level == "landlock" and not landlock_abi():
        pytest.skip("this kernel has no Landlock")
    argv = (*ORDINARY, python, "-m", "infrastructure.sandbox.selftest", "--level", level, "--json")
    done = subprocess.run(
        argv, cwd=CHECKOUT, env=environment(open_place / "b"), capture_output=True, text=True, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line for line in lines if not line["ok"]] == [], done.stderr
    assert len(lines) > 20
    assert done.returncode == 0


def on_a_host_without_user_namespaces(python: str, program: str, build_directory: Path) -> str:
    """What Python prints in a user namespace where the limit is set to nothing, and the user's rights are given up."""
    script = (
        "echo 0 > /proc/sys/user/max_user_namespaces && "
        f'exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs {python} -c "$1"'
    )
    argv = (*(ORDINARY if os.geteuid() == 0 else ()), "unshare", "--user", "--map-root-user", "sh", "-c", script, "sh")
    env = environment(build_directory)
    done = subprocess.run((*argv, program), cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)
    for parent in PARENTS:  # it is root of its namespace, and has made one for its locks; no worker is this user
        shutil.rmtree(parent / f"proba-slot-users-{ORDINARY_USER}", ignore_errors=True)
    assert done.returncode == 0, done
    return done.stdout


@NEEDS_UTIL_LINUX
def test_a_host_that_refuses_user_namespaces_is_told_what_mends_it(python: str, open_place: Path) -> None:
    said = on_a_host_without_user_namespaces(python, PREFLIGHT, open_place / "b")
    assert said.startswith("False\n")
    assert "the sandbox cannot run here" in said
    assert "user namespace" in said
    assert "mend it with: " in said
    assert "PROBA_SANDBOX_FLOOR=landlock" in said


@NEEDS_UTIL_LINUX
@pytest.mark.skipif(os.geteuid() != 0, reason="needs a directory of another user")
def test_what_another_user_left_there_bars_nobody_or_is_told(python: str, open_place: Path) -> None:
    strangers = PARENTS[-1] / "proba-slot-users-54320"
    taken = PARENTS[-1] / f"proba-slot-users-{ORDINARY_USER}"
    try:
        strangers.mkdir()
        assert "user namespace" in on_a_host_without_user_namespaces(python, PREFLIGHT, open_place / "b")
        taken.mkdir(mode=0o700)
        said = on_a_host_without_user_namespaces(python, PREFLIGHT, open_place / "c")
        assert f"failed at taking a user id ({taken})" in said
        assert f"mend it with: {CURE}; or PROBA_SANDBOX_FLOOR=landlock" in said
    finally:
        strangers.rmdir()
        shutil.rmtree(taken, ignore_errors=True)


@NEEDS_UTIL_LINUX
@pytest.mark.skipif(not landlock_abi(), reason="this kernel has no Landlock")
def test_such_a_host_has_the_reduced_level_where_that_was_agreed_to(python: str, open_place: Path) -> None:
    program = PREFLIGHT.replace("SandboxSettings()", 'SandboxSettings(floor="landlock")')
    said = on_a_host_without_user_namespaces(
        python, program + "print([c.layer for c in found.checks])", open_place / "b"
    )
    assert said.startswith("True\n"), said
    assert "['launcher', 'landlock', 'seccomp'" in said
    forced = program.replace('floor="landlock"', 'floor="landlock", level="namespaces"')
    assert on_a_host_without_user_namespaces(python, forced, open_place / "c").startswith("False\n")


def test_this_host_is_found_able() -> None:
    found = check_host(SandboxSettings(uid_base=61_000))
    assert found.ok, found.refusal
    assert found.refusal == ""
    assert {check.layer for check in found.checks} >= {"launcher", "namespaces", "seccomp"}
