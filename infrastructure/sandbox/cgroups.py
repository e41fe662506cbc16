"""Finding a place among the control groups of the machine, and preparing it.

Version 2: the worker needs a cgroup of its own with the memory controller: a delegated one (a service or a scope of
systemd with ``Delegate=yes``), the root of a container's, or, as root, a new one at the top. Its processes move to a
leaf, because a group that hands controllers down may hold none. Version 1: as root, below the groups of the worker.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from infrastructure.sandbox.settings import CgroupChoice

NONE, V1, V2 = 0, 1, 2
DIRECTORY = "proba"
_WORKER_LEAF = "proba-worker"
_CONTROLLERS = ("memory", "pids", "cpu")


@dataclass(frozen=True, slots=True)
class CgroupPlace:
    """Where the launchers make their groups. ``why`` explains ``mode`` NONE, ``cure`` what would change it."""

    mode: int
    memory: str = ""
    pids: str = ""
    cpu: str = ""
    why: str = ""
    cure: str = ""


class _Unusable(Exception):
    """This version cannot be used here; the text says why."""


def find_place(choice: CgroupChoice) -> CgroupPlace:
    """The best place that ``choice`` allows. Moves this process into a leaf where version 2 needs it."""
    if choice == "none":
        return CgroupPlace(NONE, why="turned off by PROBA_SANDBOX_CGROUP=none", cure="PROBA_SANDBOX_CGROUP=auto")
    reasons = []
    for version, find in (("v2", _find_v2), ("v1", _find_v1)):
        if choice not in ("auto", version):
            continue
        try:
            return find()
        except _Unusable as error:
            reasons.append(f"{version}: {error}")
        except OSError as error:
            reasons.append(f"{version}: {error.filename}: {error.strerror}")
    cure = (
        "systemd-run --user --scope -p Delegate=yes -- ./proba worker"
        if os.geteuid()
        else "mount cgroup v2 read-write (a container: --cgroupns=private -v /sys/fs/cgroup:/sys/fs/cgroup:rw)"
    )
    return CgroupPlace(NONE, why="; ".join(reasons), cure=cure)


def _own_groups() -> dict[str, str]:
    """Controller ("" is version 2) to the path of this process's group."""
    groups = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            groups[controller] = path
    return groups


def _mounts() -> Iterable[tuple[str, str, set[str]]]:
    """(type, mount point, super options) of each mounted hierarchy."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        if kind in ("cgroup", "cgroup2"):
            point = before.split(" ")[4].encode().decode("unicode_escape")
            yield kind, point, set(options.split(","))


def _below(mount_point: str, path: str) -> Path:
    """The directory of a group; a container may show its own group as the root of the mount."""
    directory = Path(mount_point + path)
    return directory if directory.is_dir() else Path(mount_point)


def _find_v2() -> CgroupPlace:
    mount = next((point for kind, point, _ in _mounts() if kind == "cgroup2"), None)
    path = _own_groups().get("")
    if mount is None or path is None:
        raise _Unusable("not mounted")
    own = _below(mount, path)
    if own.name == _WORKER_LEAF:  # another sandbox of this process was here before
        own = own.parent
    root = Path(mount)
    parent = _parent_v2(root, own)
    is_true_root = parent == root and not (root / "cgroup.type").exists()
    if not is_true_root:
        _move_into_leaf(parent)
    place = parent / DIRECTORY
    place.mkdir(exist_ok=True)
    for directory in (parent, place):
        for controller in _CONTROLLERS:
            if controller in _words(directory / "cgroup.controllers"):
                with suppress(OSError):
                    (directory / "cgroup.subtree_control").write_text(f"+{controller}")
    if "memory" not in _words(place / "cgroup.subtree_control"):
        raise _Unusable(f"the memory controller cannot be turned on in {place}")
    _sweep(place)
    return CgroupPlace(V2, memory=str(place))


def _parent_v2(root: Path, own: Path) -> Path:
    """The group that is ours to divide."""
    if "memory" not in _words(root / "cgroup.controllers"):
        raise _Unusable("the memory controller is not on this hierarchy")
    if own != root and "memory" in _words(own / "cgroup.controllers") and (os.geteuid() or _is_delegated(own)):
        parent = own
    elif os.geteuid() == 0:
        parent = root
    else:
        raise _Unusable(f"the memory controller is not delegated to {own}")
    if not os.access(parent / "cgroup.procs", os.W_OK) or not os.access(parent, os.W_OK):
        raise _Unusable(f"{parent} is not writable for this user")
    return parent


def _words(file: Path) -> list[str]:
    return file.read_text().split()


def _is_delegated(directory: Path) -> bool:
    """Marked so by systemd."""
    for name in ("trusted.delegate", "user.delegate"):
        with suppress(OSError):
            if os.getxattr(directory, name) == b"1":
                return True
    return False


def _move_into_leaf(parent: Path) -> None:
    leaf = parent / _WORKER_LEAF
    leaf.mkdir(exist_ok=True)
    for pid in _words(parent / "cgroup.procs"):
        with suppress(ProcessLookupError):
            (leaf / "cgroup.procs").write_text(pid)


def _find_v1() -> CgroupPlace:
    groups = _own_groups()
    places = {}
    for kind, point, options in _mounts():
        if kind != "cgroup":
            continue
        for controller in {"memory", "pids", "cpuacct"} & options:
            own = _below(point, groups.get(controller, "/"))
            if own.name == DIRECTORY:
                own = own.parent
            if not os.access(own, os.W_OK):
                continue
            place = own / DIRECTORY
            with suppress(OSError):
                place.mkdir(exist_ok=True)
                _sweep(place)
                places[controller] = str(place)
    if "memory" not in places:
        raise _Unusable("no memory hierarchy that this user may write to")
    return CgroupPlace(V1, memory=places["memory"], pids=places.get("pids", ""), cpu=places.get("cpuacct", ""))


def _sweep(place: Path) -> None:
    """Remove what launchers of workers that are no more have left."""
    for directory in place.iterdir():
        pid = directory.name.partition("-")[0]
        if directory.is_dir() and pid.isdecimal() and not Path(f"/proc/{pid}").exists():
            with suppress(OSError):
                (directory / "cgroup.kill").write_text("1")
            with suppress(OSError):
                directory.rmdir()
