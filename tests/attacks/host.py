"""What an attack must leave as it was: the host's processes, files, mounts, groups, IPC objects, sockets and clock.

Other things happen on the machine meanwhile, so what is compared is what can be told to be the attack's: processes and
files by the slot's user or by the mark that every attack carries, everything else that belongs to this process alone.
"""

import os
import socket
import time
from dataclasses import dataclass, fields
from pathlib import Path

from tests.integration.sandbox.test_life import descendants

MARK = "proba-attack"
"""In the environment of each attack, and in the name of everything it makes that has one."""
OURS = str(os.getpid())
"""The mark's value: the suite may run twice on a machine."""
_PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock")
_CLOCK_ACCURACY = 0.5


@dataclass(frozen=True, slots=True)
class Host:
    """A snapshot; two of them are compared."""

    processes: frozenset[int]
    marked: frozenset[int]
    files: frozenset[str]
    secret: tuple[object, ...]
    neighbour: tuple[str, ...]
    mounts: tuple[str, ...]
    groups: frozenset[str]
    ipc: frozenset[str]
    sockets: frozenset[str]
    hostname: str
    domain: str
    modules: frozenset[str]
    descriptors: int
    settings: tuple[str, ...]
    clock: float

    def changes(self, after: "Host") -> list[str]:
        """What differs, in words."""
        found = [
            f"{f.name}: {getattr(self, f.name)!r} has become {getattr(after, f.name)!r}"
            for f in fields(self)
            if f.name != "clock" and getattr(self, f.name) != getattr(after, f.name)
        ]
        if abs(self.clock - after.clock) > _CLOCK_ACCURACY:
            found.append(f"clock: moved by {after.clock - self.clock} s")
        return found


def look(user: int, secret: Path, neighbour: int) -> Host:
    """``user`` is the slot's own as the host sees it; ``neighbour`` is a process that carries the mark and should."""
    own = os.getpid()
    return Host(
        processes=frozenset(descendants(own)),
        marked=frozenset(_marked()) - {neighbour},
        files=frozenset(_files(user)),
        secret=_trace(secret),
        neighbour=_state(neighbour),
        mounts=tuple(_mounts()),
        groups=frozenset(_groups()),
        ipc=frozenset(_ipc(user)),
        sockets=frozenset(_sockets(user)),
        hostname=socket.gethostname(),
        domain=Path("/proc/sys/kernel/domainname").read_text(),
        modules=frozenset(line.split()[0] for line in _lines("/proc/modules")),
        descriptors=sum(1 for _ in Path("/proc/self/fd").iterdir()),
        settings=tuple("".join(_lines(f"/proc/sys/{name}")) for name in ("kernel/core_pattern", "vm/drop_caches")),
        clock=time.time() - time.monotonic(),
    )


def _groups() -> list[str]:
    """Of this process; those of others come and go while one looks."""
    found: list[str] = []
    for directory, names, _ in os.walk("/sys/fs/cgroup"):
        inside = f"/proba/{os.getpid()}-"
        if directory.endswith("/proba"):
            names[:] = [name for name in names if f"/proba/{name}".startswith(inside)]
        if inside in directory:
            found.append(directory)
    return found


def _marked() -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={OURS}".encode() + b"\0" in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found


def _mounts() -> list[str]:
    """Those of the root's own directories, and such as carry the mark."""
    lines = _lines("/proc/self/mountinfo")
    return [line for line in lines if line.split()[4].count("/") == 1 or MARK in line]


def _state(process: int) -> tuple[str, ...]:
    """Whether it is stopped or gone, its priority, its core, its limits."""
    lines = _lines(f"/proc/{process}/stat")
    if not lines:
        return ("gone",)
    numbers = lines[0].rpartition(")")[2].split()
    cores = [line for line in _lines(f"/proc/{process}/status") if line.startswith("Cpus_allowed_list")]
    stopped = "stopped" if numbers[0] in "TtZX" else "alive"
    return (
        stopped,
        *numbers[15:17],
        *cores,
        *_lines(f"/proc/{process}/limits"),
        *_lines(f"/proc/{process}/oom_score_adj"),
    )


def _files(user: int) -> list[str]:
    found = []
    for place in _PLACES:
        if not Path(place).is_dir():
            continue
        for entry in os.scandir(place):
            try:
                marked = MARK in entry.name
                if marked or (user != os.getuid() and entry.stat(follow_symlinks=False).st_uid == user):
                    found.append(entry.path)
            except OSError:
                continue
    return found


def _trace(secret: Path) -> tuple[object, ...]:
    found: list[object] = []
    for path in (secret.parent, *sorted(secret.parent.iterdir())):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        found.append((path.name, status.st_mode, status.st_uid, status.st_nlink, status.st_mtime_ns, content))
    return tuple(found)


def _ipc(user: int) -> list[str]:
    """Identifiers of System V's objects of the user; the columns differ, "uid" names it in each."""
    found = []
    for kind in ("shm", "sem", "msg"):
        head, *lines = _lines(f"/proc/sysvipc/{kind}")
        column = head.split().index("uid")
        found += [f"{kind} {line.split()[1]}" for line in lines if int(line.split()[column]) == user]
    return found


def _sockets(user: int) -> list[str]:
    found = [line.split()[-1] for line in _lines("/proc/net/unix") if MARK in line]
    for kind in ("tcp", "udp", "tcp6", "udp6", "raw", "packet"):
        column = 8 if kind == "packet" else 7
        found += [f"{kind} {s}" for s in _lines(f"/proc/net/{kind}")[1:] if s.split()[column] == str(user) != "0"]
    return found


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
