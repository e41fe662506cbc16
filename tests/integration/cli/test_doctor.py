"""The doctor on this machine, and on what can be made of it: other users, other limits, nothing to compile with."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from infrastructure.cli.doctor.servers import look_at_servers
from infrastructure.cli.exceptions import ExitCode
from infrastructure.config import Config

CHECKOUT = Path(__file__).parents[3]
GROUPS = ["machine", "kernel", "cgroups", "sandbox", "toolchains", "servers", "disk", "configuration"]
ORDINARY = ("setpriv", "--reuid=54321", "--regid=54321", "--clear-groups")
NO_NAMESPACES = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'


def doctor(before: Sequence[str] = (), python: str = sys.executable, **settings: str) -> tuple[int, dict[str, Any]]:
    """Exit code and document; the shape of the document is checked each time."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PROBA_")}
    environment |= {"PROBA_BUILD_DIR": os.environ.get("PROBA_BUILD_DIR") or str(CHECKOUT / "build"), **settings}
    argv = [*before, python, str(CHECKOUT / "__main__.py"), "doctor", "--json"]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False, timeout=110)
    assert "Traceback" not in done.stderr
    document = json.loads(done.stdout)
    assert set(document) == {"ok", "workerMayStart", "summary", "level", "isolation", "groups"}
    assert [group["name"] for group in document["groups"]] == GROUPS
    ids = []
    for group in document["groups"]:
        assert set(group) == {"name", "checks"}
        for check in group["checks"]:
            assert set(check) == {"id", "status", "requiredFor", "why", "cure"}
            assert check["status"] in {"on", "off", "warn", "unknown"}
            assert set(check["requiredFor"]) <= {"worker", "server", "level"}
            assert check["id"].startswith(f"{group['name']}.")
            assert check["why"]
            ids.append(check["id"])
    assert len(set(ids)) == len(ids)
    missing = [c for group in document["groups"] for c in group["checks"] if c["status"] == "off"]
    assert document["workerMayStart"] == (not any("worker" in c["requiredFor"] for c in missing))
    assert done.returncode == (ExitCode.OK if document["workerMayStart"] else ExitCode.HOST_CANNOT)
    return done.returncode, document


def check_of(document: dict[str, Any], id_: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [c for group in document["groups"] for c in group["checks"] if c["id"] == id_]
    assert len(found) == 1, id_
    return found[0]


def test_this_machine() -> None:
    code, document = doctor()
    assert (code, document["ok"]) == (ExitCode.OK, True), document["summary"]
    assert document["level"] == "namespaces"
    assert document["isolation"].startswith("namespaces+seccomp")
    assert check_of(document, "kernel.seccomp")["status"] == "on"
    assert check_of(document, "servers.database")["status"] in {"on", "warn"}
    languages = next(group["checks"] for group in document["groups"] if group["name"] == "toolchains")
    assert len(languages) == 28 + 2  # how many can be offered, and pandoc
    missing = {c["id"]: c["cure"] for c in languages if c["status"] == "off"}
    missing.pop("toolchains.python2", None)  # Debian has it no more
    assert all(cure.startswith("apt-get install ") for cure in missing.values())


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="needs prlimit")
def test_servers_that_do_not_answer_and_limits_that_are_too_low() -> None:
    code, document = doctor(
        ["prlimit", "--nofile=100:100"],
        PROBA_DATABASE_URL="postgresql+asyncpg://proba:hidden@127.0.0.1:1/proba",
        PROBA_REDIS_URL="redis://127.0.0.1:1/0",
        PROBA_WORKER_SLTS="3",
        PROBA_DATA_DIR="/proc/nowhere",
    )
    assert code == ExitCode.HOST_CANNOT
    assert "hidden" not in json.dumps(document)
    for id_ in ("servers.database", "servers.redis", "disk.data", "kernel.nofile"):
        check = check_of(document, id_)
        assert (check["status"], "worker" in check["requiredFor"]) == ("off", True)
        assert check["cure"]
        assert id_ in document["summary"]
    assert "PROBA_WORKER_SLTS → PROBA_WORKER_SLOTS" in check_of(document, "configuration.names")["cure"]


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare")
def test_a_machine_that_refuses_user_namespaces() -> None:
    inside = ["unshare", "--user", "--map-root-user", "sh", "-c", NO_NAMESPACES, "sh"]
    if subprocess.run([*inside, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine allows no user namespace, in which to forbid them")
    code, document = doctor(inside)
    assert code == ExitCode.HOST_CANNOT
    assert document["level"] == ""
    user = check_of(document, "kernel.user-namespace")
    assert (user["status"], user["requiredFor"]) == ("off", ["level"])
    sandbox = check_of(document, "sandbox.namespaces")
    assert (sandbox["status"], sandbox["requiredFor"]) == ("off", ["worker"])
    assert sandbox["cure"].endswith("sysctl -w user.max_user_namespaces=15000")


@pytest.mark.skipif(os.geteuid() != 0, reason="is run by an ordinary user as it is")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv")
def test_an_ordinary_user(open_place: Path) -> None:
    python, packages = python_of_everybody()
    (open_place / "own").mkdir()
    shutil.chown(open_place / "own", 54321, 54321)
    settings = {f"PROBA_{name}": str(open_place / "own" / name) for name in ("BUILD_DIR", "DATA_DIR", "DIR")}
    code, document = doctor(ORDINARY, python, PYTHONPATH=packages, PYTHONDONTWRITEBYTECODE="1", **settings)
    assert "user 54321" in check_of(document, "machine.system")["why"]
    assert check_of(document, "disk.data")["status"] in {"on", "warn"}
    user = check_of(document, "kernel.user-namespace")
    assert "level" in user["requiredFor"]
    if user["status"] == "on":
        assert code == ExitCode.OK, document["summary"]
    else:
        assert user["cure"]
        assert code == ExitCode.HOST_CANNOT


def python_of_everybody() -> tuple[str, str]:
    """A Python that an ordinary user may start, and where it finds the packages."""
    for candidate, packages in ((sys.executable, ""), ("/usr/bin/python3", sysconfig.get_path("purelib"))):
        # through a shell: setpriv itself still has root's rights while it executes
        script = f'PYTHONPATH={packages} exec {candidate} -c "import pydantic_core, pydantic_settings, rich, typer"'
        if subprocess.run([*ORDINARY, "sh", "-c", script], check=False, capture_output=True).returncode == 0:
            return candidate, packages
    pytest.skip("there is no Python with the packages that an ordinary user may start")


def test_a_wrong_setting_is_wrong_usage() -> None:
    argv = [sys.executable, str(CHECKOUT / "__main__.py"), "doctor", "--json"]
    environment = {**os.environ, "PROBA_WORKER_SLOTS": "many"}
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == ExitCode.USAGE
    assert "PROBA_WORKER_SLOTS=many" in done.stderr


def test_real_servers(config: Config, empty_database_url: str) -> None:
    statuses = {check.id: check.status.value for check in look_at_servers(config)}
    assert statuses.pop("servers.redis-persistence") in {"on", "warn"}
    assert statuses == dict.fromkeys(
        ("servers.database", "servers.migrations", "servers.redis", "servers.redis-eviction"), "on"
    )
    bare = config.model_copy(update={"database_url": empty_database_url})
    migrations = next(check for check in look_at_servers(bare) if check.id == "servers.migrations")
    assert migrations.status.value == "off"
    assert "alembic upgrade head" in migrations.cure
