"""What the machine says of itself, as plain values. Nothing here judges; nothing here raises."""

import json
import os
import platform
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROBE_SECONDS = 20.0
SYSCTLS = (
    "kernel/unprivileged_userns_clone",
    "kernel/apparmor_restrict_unprivileged_userns",
    "kernel/pid_max",
    "kernel/threads-max",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "vm/oom_kill_allocating_task",
    *(f"user/max_{kind}_namespaces" for kind in ("user", "mnt", "pid", "ipc", "net", "uts", "cgroup")),
)
FILES = {
    "clocksource": "/sys/devices/system/clocksource/clocksource0/current_clocksource",
    "hugepages": "/sys/kernel/mm/transparent_hugepage/enabled",
    "governor": "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
    "smt": "/sys/devices/system/cpu/smt/active",
    "lsm": "/sys/kernel/security/lsm",
    "selinux": "/sys/fs/selinux/enforce",
    "cmdline": "/proc/cmdline",
    "stat": "/proc/stat",
    "meminfo": "/proc/meminfo",
    "mountinfo": "/proc/self/mountinfo",
    "own_groups": "/proc/self/cgroup",
    "status": "/proc/self/status",
    "version": "/proc/version",
    "uid_map": "/proc/self/uid_map",
}
WHOLE_MACHINE = "0 0 4294967295"
"""The map of user ids outside of any user namespace."""
_CONTAINER_MARKS = {"/.dockerenv": "docker", "/run/.containerenv": "podman"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CgroupFacts:
    """Hierarchies that are mounted. A directory that is "" is not there."""

    v2_own: str = ""
    """Our own group's directory on version 2."""
    v2_root: str = ""
    v2_controllers: frozenset[str] = frozenset()
    """Those that could be handed down to a group of ours."""
    v2_writable: bool = False
    v2_files: frozenset[str] = frozenset()
    """Names of the files in our own group."""
    v1: Mapping[str, bool] = field(default_factory=dict)
    """Controller to whether this user may make groups there."""
    v1_swap_accounting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFacts:
    """``files`` are the texts of ``FILES`` that could be read, stripped; ``sysctls`` those of ``SYSCTLS``."""

    platform: str = "linux"
    release: str = ""
    machine: str = "x86_64"
    uid: int = 0
    cores_online: int = 1
    cores_allowed: tuple[int, ...] = (0,)
    siblings: tuple[tuple[int, ...], ...] = ()
    """Groups of cores, among those allowed, that share one physical core."""
    files: Mapping[str, str] = field(default_factory=dict)
    sysctls: Mapping[str, str] = field(default_factory=dict)
    cgroups: CgroupFacts = field(default_factory=CgroupFacts)
    container: str = ""
    systemd: bool = False
    nproc: int = -1
    """Soft RLIMIT_NPROC; -1: unlimited."""
    nofile_hard: int = -1
    namespaces: Mapping[str, int] = field(default_factory=dict)
    """Kind to the errno of making one; 0: it can be made. Empty: could not be asked."""
    landlock: int | None = None
    """The ABI, or a negative errno."""
    seccomp: int | None = None

    @property
    def needs_user_namespace(self) -> bool:
        """Whether this is an ordinary user, or root of a user namespace only."""
        return bool(self.uid) or self.files.get("uid_map", WHOLE_MACHINE).split() != WHOLE_MACHINE.split()

    @property
    def kernel(self) -> tuple[int, int]:
        """Version and its minor; (0, 0) when unknown."""
        parts = self.release.split("-")[0].split(".")
        try:
            return int(parts[0]), int(parts[1])
        except (ValueError, IndexError):
            return 0, 0

    def meminfo(self, name: str) -> int:
        """A line of /proc/meminfo in bytes; -1 when it is not there."""
        for line in self.files.get("meminfo", "").splitlines():
            key, _, rest = line.partition(":")
            if key == name and rest.split():
                return int(rest.split()[0]) * 1024
        return -1


def read_host_facts() -> HostFacts:
    """Of this machine."""
    files = {name: text for name, path in FILES.items() if (text := read_text(path)) is not None}
    sysctls = {name: text for name in SYSCTLS if (text := read_text(f"/proc/sys/{name}")) is not None}
    allowed = tuple(sorted(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else (0,)
    probe = _probe()
    return HostFacts(
        platform=sys.platform,
        release=platform.release(),
        machine=platform.machine(),
        uid=os.geteuid(),
        cores_online=os.cpu_count() or 1,
        cores_allowed=allowed,
        siblings=_siblings(allowed),
        files=files,
        sysctls=sysctls,
        cgroups=read_cgroups(files.get("mountinfo", ""), files.get("own_groups", "")),
        container=_container(files),
        systemd=Path("/run/systemd/system").is_dir(),
        nproc=resource.getrlimit(resource.RLIMIT_NPROC)[0],
        nofile_hard=resource.getrlimit(resource.RLIMIT_NOFILE)[1],
        namespaces=probe.get("namespaces", {}),
        landlock=probe.get("landlock"),
        seccomp=probe.get("seccomp"),
    )


def read_text(path: str | Path) -> str | None:
    """Of a file of the kernel, stripped; None when it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None


def _probe() -> dict[str, Any]:
    argv = [sys.executable, "-I", str(Path(__file__).with_name("kernel_probe.py"))]
    try:
        answer = subprocess.run(argv, capture_output=True, check=False, timeout=PROBE_SECONDS)
        found = json.loads(answer.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return {}
    return found if isinstance(found, dict) else {}


def _siblings(allowed: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    groups = set()
    for core in allowed:
        text = read_text(f"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list")
        members = tuple(other for other in parse_list(text or "") if other in allowed)
        if len(members) > 1:
            groups.add(members)
    return tuple(sorted(groups))


def parse_list(text: str) -> tuple[int, ...]:
    """``0-2,5`` as numbers."""
    numbers: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        if first.isdecimal() and (last or first).isdecimal():
            numbers.extend(range(int(first), int(last or first) + 1))
    return tuple(numbers)


def _container(files: Mapping[str, str]) -> str:
    for mark, kind in _CONTAINER_MARKS.items():
        if Path(mark).exists():
            return kind
    if "microsoft" in files.get("version", "").lower():
        return "WSL"
    named = os.environ.get("container", "") or (read_text("/run/systemd/container") or "")  # noqa: SIM112
    return named or ("kubernetes" if "KUBERNETES_SERVICE_HOST" in os.environ else "")


def read_cgroups(mountinfo: str, own_groups: str) -> CgroupFacts:
    """Of the hierarchies in these two files of /proc/self."""
    own = {}
    for line in own_groups.splitlines():
        _, names, path = line.split(":", 2)
        own.update(dict.fromkeys(names.split(","), path))
    v1: dict[str, bool] = {}
    v2_own = v2_root = ""
    swap = False
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        point = before.split(" ")[4]
        if kind == "cgroup2":
            v2_root, v2_own = point, _below(point, own.get("", "/"))
        elif kind == "cgroup":
            for controller in {"memory", "pids", "cpuacct", "cpu"} & set(options.split(",")):
                directory = _below(point, own.get(controller, "/"))
                v1[controller] = os.access(directory, os.W_OK)
                swap = swap or (controller == "memory" and Path(directory, "memory.memsw.limit_in_bytes").exists())
    group = Path(v2_own) if v2_own else None
    divided = v2_root if os.geteuid() == 0 else v2_own  # root may make a group of its own at the top
    controllers = (read_text(Path(divided, "cgroup.controllers")) if divided else None) or ""
    return CgroupFacts(
        v2_own=v2_own,
        v2_root=v2_root,
        v2_controllers=frozenset(controllers.split()),
        v2_writable=bool(divided) and os.access(divided, os.W_OK),
        v2_files=frozenset(_names(group)) if group else frozenset(),
        v1=v1,
        v1_swap_accounting=swap,
    )


def _below(point: str, path: str) -> str:
    directory = point + path.rstrip("/")
    return directory if Path(directory).is_dir() else point


def _names(directory: Path) -> list[str]:
    try:
        return [path.name for path in directory.iterdir()]
    except OSError:
        return []
