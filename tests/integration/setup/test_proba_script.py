"""The script ``proba`` in a checkout of its own with empty requirements: every branch is quick and needs no network."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PRINT_ARGUMENTS = "import os, sys\nprint([os.getcwd(), sys.prefix, *sys.argv[1:]])\n"
OVERHEAD_SECONDS = 0.3


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that is set up: making a .venv takes seconds."""
    place = make_checkout(tmp_path_factory.mktemp("template"))
    assert call(place, "x").returncode == 0
    return place


@pytest.fixture
def checkout(template: Path, tmp_path: Path) -> Path:
    """One that is set up."""
    place = tmp_path / "with spaces"
    shutil.copytree(template, place, symlinks=True)
    return place


@pytest.fixture
def fresh_checkout(tmp_path: Path) -> Path:
    return make_checkout(tmp_path / "with spaces")


def make_checkout(place: Path) -> Path:
    (place / "requirements").mkdir(parents=True)
    for group in ("main", "dev", "zig"):
        (place / "requirements" / f"{group}.txt").write_text("# nothing\n")
    shutil.copy(ROOT / "proba", place)
    (place / "__main__.py").write_text(PRINT_ARGUMENTS)
    return place


@pytest.fixture
def strangers_checkout(open_place: Path) -> Path:
    """Where nobody but its owner may write, and everybody may read."""
    return make_checkout(open_place / "checkout")


def call(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "proba", *arguments],
        env=os.environ | {"PROBA_PYTHON": sys.executable} | environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def test_first_call_sets_up_and_the_second_adds_next_to_nothing(fresh_checkout: Path) -> None:
    first = call(fresh_checkout, "mode", "a b", "*", "")
    assert first.stdout == str(["/", str(fresh_checkout / ".venv"), "mode", "a b", "*", ""]) + "\n", first.stderr
    assert "making .venv" in first.stderr
    began = time.monotonic()
    second = call(fresh_checkout, "mode")
    took = time.monotonic() - began
    assert second.returncode == 0
    assert second.stderr == ""
    began = time.monotonic()
    subprocess.run(
        [fresh_checkout / ".venv/bin/python", fresh_checkout / "__main__.py"], check=True, stdout=subprocess.DEVNULL
    )
    assert took - (time.monotonic() - began) < OVERHEAD_SECONDS


def test_groups_are_brought_when_a_mode_needs_them(checkout: Path) -> None:
    call(checkout, "server")
    assert not (checkout / ".venv/.proba-dev").exists()
    assert "dev.txt" in call(checkout, "test").stderr
    assert call(checkout, "test").stderr == ""
    (checkout / "requirements/main.txt").write_text("# something else\n")
    assert "main.txt" in call(checkout, "test").stderr


def test_without_a_c_compiler_zig_is_brought(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "cksum", "grep", "id", "mv", "rm", "mkdir", "readlink", "flock"):
        (tools / name).symlink_to(shutil.which(name) or name)
    assert "zig.txt" not in call(checkout, "server", PATH=str(tools)).stderr
    assert "zig.txt" in call(checkout, "worker", PATH=str(tools)).stderr


def test_through_a_symbolic_link(checkout: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(checkout / "proba")
    done = subprocess.run(
        [link, "x"], env=os.environ | {"PROBA_PYTHON": sys.executable}, capture_output=True, text=True, check=False
    )
    assert str(checkout / ".venv") in done.stdout


@pytest.mark.parametrize("home", ["", "/nonexistent"])
def test_without_a_home(checkout: Path, home: str) -> None:
    assert call(checkout, "x", HOME=home).returncode == 0


def leave_unfinished(venv: Path) -> None:
    (venv / ".proba-unfinished").touch()


def take_python_away(venv: Path) -> None:
    (venv / "bin/python").unlink()
    (venv / "bin/python").symlink_to("/gone/python3")


@pytest.mark.parametrize("damage", [leave_unfinished, take_python_away])
def test_a_venv_that_is_not_to_be_trusted_is_made_anew(checkout: Path, damage: Callable[[Path], None]) -> None:
    (checkout / ".venv/witness").touch()
    damage(checkout / ".venv")
    again = call(checkout, "x")
    assert again.returncode == 0, again.stderr
    assert "making .venv" in again.stderr
    assert not (checkout / ".venv/witness").exists()
    assert call(checkout, "x").stderr == ""


def test_killed_half_way_it_is_finished_by_the_next_call(fresh_checkout: Path) -> None:
    process = subprocess.Popen(
        [fresh_checkout / "proba", "x"],
        env=os.environ | {"PROBA_PYTHON": sys.executable},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not (fresh_checkout / ".venv/bin/python").exists():
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = call(fresh_checkout, "x")
    assert done.returncode == 0, done.stderr
    assert call(fresh_checkout, "x").stderr == ""


def test_of_two_calls_at_once_one_sets_up(fresh_checkout: Path) -> None:
    processes = [
        subprocess.Popen(
            [fresh_checkout / "proba", "x"],
            env=os.environ | {"PROBA_PYTHON": sys.executable},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=100) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    assert sum("making .venv" in err for _, err in said) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_where_nothing_can_be_written_it_says_so(strangers_checkout: Path) -> None:
    done = subprocess.run(
        ["setpriv", "--reuid=54321", "--regid=54321", "--clear-groups", strangers_checkout / "proba", "x"],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "cannot be written to" in done.stderr


def test_a_python_that_will_not_do_is_named(fresh_checkout: Path) -> None:
    done = call(fresh_checkout, "x", PROBA_PYTHON="/bin/false")
    assert done.returncode == 3
    assert "PROBA_PYTHON=/bin/false is not a Python 3.11 or newer" in done.stderr


def test_a_python_without_pip_names_the_package(fresh_checkout: Path, tmp_path: Path) -> None:
    crippled = tmp_path / "python3.98"
    crippled.write_text(f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\nexec "{sys.executable}" "$@"\n')
    crippled.chmod(0o755)
    answer = tmp_path / "answer"
    answer.write_text(f'#!/bin/sh\ncase "$*" in *realpath*) echo {crippled} ;; *) exec "{crippled}" "$@" ;; esac\n')
    answer.chmod(0o755)
    done = call(fresh_checkout, "x", PROBA_PYTHON=str(answer))
    assert done.returncode == 3
    expected = f"apt-get install python3.{sys.version_info.minor}-venv" if shutil.which("apt-get") else "ensurepip"
    assert expected in done.stderr
