"""Other sandboxes of this machine, each with a job comparable to ours: read-only /usr, own /proc, fresh /tmp and box.

None is a dependency; what is not installed is named with the command that brings it. bubblewrap and crun are started by
the same timed vfork + exec as the bare program; DMOJ's sandbox is a library, driven inside a Python of its own.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bare import timer

ENVIRONMENT = "PATH=/usr/bin:/bin"
_LINKS = [name for name in ("bin", "lib", "lib32", "lib64", "sbin") if Path("/", name).is_symlink()]
_UID = 64_999
_ON_UNIFIED = 'mount -t cgroup2 none /sys/fs/cgroup && exec "$@"'
"""crun refuses hybrid hosts, where version 1 lies over version 2: it is shown version 2 alone, and told to use none."""


@dataclass(frozen=True, slots=True)
class Peer:
    """``driver`` gives the argv of timed runs of a program. ``on`` is what the run had around it."""

    name: str
    version: str
    on: str
    driver: Callable[[Path, list[str]], list[str]]


@dataclass(frozen=True, slots=True)
class AbsentPeer:
    """Not measured, and what would change it."""

    name: str
    why: str


def find_peers() -> list[Peer | AbsentPeer]:
    """Those that this machine has, and those that it lacks."""
    return [_bubblewrap(), _crun(), _dmoj()]


def _version(argv: list[str]) -> str:
    answer = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=20)
    found = re.search(r"\d+(\.\d+)+", answer.stdout + answer.stderr)
    return found[0] if found else "?"


def _bubblewrap() -> Peer | AbsentPeer:
    path = shutil.which("bwrap")
    if path is None:
        return AbsentPeer("bubblewrap", "not installed: apt-get install bubblewrap")
    on = "mount, pid, ipc, net, uts, user and cgroup namespaces; no limits, no seccomp, no accounting"

    def driver(directory: Path, argv: list[str]) -> list[str]:
        links = [word for name in _LINKS for word in ("--symlink", f"usr/{name}", f"/{name}")]
        program = str(Path(argv[0]))
        shown = [] if program.startswith("/usr/") else ["--ro-bind", program, program]
        return [
            str(timer(directory)), path, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv",
            "--setenv", *ENVIRONMENT.split("=", 1), "--ro-bind", "/usr", "/usr", *links, *_etc(), "--proc", "/proc",
            "--dev", "/dev", "--tmpfs", "/tmp", *shown, "--tmpfs", "/box", "--chdir", "/box", *argv,
        ]  # fmt: skip

    return Peer("bubblewrap", _version([path, "--version"]), on, driver)


def _etc() -> list[str]:
    return ["--ro-bind", "/etc/alternatives", "/etc/alternatives"] if Path("/etc/alternatives").is_dir() else []


def _crun() -> Peer | AbsentPeer:
    path = shutil.which("crun")
    if path is None:
        return AbsentPeer("crun", "not installed: apt-get install crun")
    if os.geteuid():
        return AbsentPeer("crun", "measured as root only")
    on = "mount, pid, ipc, net and uts namespaces, no capabilities, own uid; no cgroup, no seccomp, no accounting"

    def driver(directory: Path, argv: list[str]) -> list[str]:
        bundle = _bundle(directory, argv)
        crun = [path, "--root", str(directory / "crun"), "--cgroup-manager=disabled", "run", "--bundle", str(bundle)]
        unified = ["unshare", "--mount", "sh", "-c", _ON_UNIFIED, "sh"]
        hybrid = Path("/sys/fs/cgroup/unified").is_dir()
        return [*(unified if hybrid else []), str(timer(directory)), *crun, "proba-bench"]

    return Peer("crun", _version([path, "--version"]), on, driver)


def _bundle(directory: Path, argv: list[str]) -> Path:
    """An OCI bundle that runs the program."""
    bundle = directory / f"bundle-{Path(argv[0]).name}"
    root = bundle / "rootfs"
    for name in ("usr", "app", "box", "tmp", "proc", "dev"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name in _LINKS:
        if not (root / name).is_symlink():
            (root / name).symlink_to(f"usr/{name}")
    mounts = [("/proc", "proc", "proc", []), ("/usr", "bind", "/usr", ["rbind", "ro"])]
    mounts.append(("/dev", "tmpfs", "tmpfs", ["nosuid", "mode=755"]))
    mounts += [(place, "tmpfs", "tmpfs", ["nosuid", "nodev", "mode=1777"]) for place in ("/tmp", "/box")]
    command = argv
    if not argv[0].startswith("/usr/"):
        command = [f"/app/{Path(argv[0]).name}", *argv[1:]]
        mounts.append((command[0], "bind", argv[0], ["bind", "ro"]))
    sets = ("bounding", "effective", "inheritable", "permitted", "ambient")
    document = {
        "ociVersion": "1.0.2",
        "process": {
            "terminal": False,
            "user": {"uid": _UID, "gid": _UID},
            "args": command,
            "env": [ENVIRONMENT],
            "cwd": "/box",
            "capabilities": {name: [] for name in sets},
            "noNewPrivileges": True,
        },
        "root": {"path": "rootfs", "readonly": True},
        "hostname": "proba",
        "mounts": [{"destination": d, "type": t, "source": s, "options": o} for d, t, s, o in mounts],
        "linux": {"namespaces": [{"type": kind} for kind in ("pid", "ipc", "uts", "mount", "network")]},
    }
    (bundle / "config.json").write_text(json.dumps(document))
    return bundle


def _dmoj() -> Peer | AbsentPeer:
    python = os.environ.get("PROBA_BENCH_DMOJ") or (sys.executable if importlib.util.find_spec("dmoj") else None)
    if python is None:
        return AbsentPeer(
            "DMOJ", "not installed: pip install dmoj into an environment, and PROBA_BENCH_DMOJ=its/bin/python"
        )
    asked = "import importlib.metadata as m, dmoj.cptbox; print(m.version('dmoj'))"
    try:
        answer = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        return AbsentPeer("DMOJ", f"PROBA_BENCH_DMOJ={python}: {error}")
    if answer.returncode:
        last = (answer.stderr.strip().splitlines() or ["it ended"])[-1]
        return AbsentPeer("DMOJ", f"PROBA_BENCH_DMOJ={python} cannot import dmoj.cptbox: {last}")
    on = "seccomp and ptrace, rlimits, cpu and memory accounted; no namespaces, no box made or cleaned"
    script = str(Path(__file__).with_name("dmoj_driver.py"))
    return Peer("DMOJ", answer.stdout.strip(), on, lambda _, argv: [python, script, *argv])
