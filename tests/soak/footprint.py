"""What a pool of launchers holds at one moment, of this process and of theirs, and whether it has grown."""

import gc
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.integration.sandbox.test_life import descendants

PAGE = 4096
RUNS_PER_LEAK = 100
"""A leak of one descriptor or page in so many runs must be seen."""
JUDGED = "own memory"
"""What is shared with others grows and shrinks with them."""
BLOCKS = 500
"""Of Python's memory, come and go by themselves."""
ARENA = 1 << 20
"""In which Python's allocator takes memory; what is lost in smaller pieces is seen by the number of its blocks."""
KERNEL = ("Slab", "SUnreclaim", "KernelStack", "PageTables", "Percpu", "Shmem")
CACHES = (
    "mnt_cache",
    "nsproxy",
    "pid_namespace",
    "cgroup",
    "dentry",
    "shmem_inode_cache",
    "proc_inode_cache",
    "task_struct",
)


@dataclass
class Footprint:
    """``counts`` may not grow at all, ``bytes_`` not by a page in a hundred runs; ``machine`` is shared with others."""

    runs: int
    counts: dict[str, int] = field(default_factory=dict)
    bytes_: dict[str, int] = field(default_factory=dict)
    blocks: int = 0
    machine: dict[str, int] = field(default_factory=dict)


def footprint(runs: int, keepers: list[int]) -> Footprint:
    """Of this process and of the launchers below the keepers; nothing may run meanwhile."""
    gc.collect()
    taken = Footprint(runs, blocks=sys.getallocatedblocks(), machine=_machine())
    _add(taken, "worker", os.getpid())
    for slot, keeper in enumerate(keepers):
        tree = [keeper, *descendants(keeper)]
        taken.counts[f"slot {slot} processes"] = len(tree)
        taken.counts[f"slot {slot} zombies"] = sum(_state(pid) == "Z" for pid in tree)
        for name, pid in zip(("keeper", "launcher"), tree, strict=False):
            _add(taken, f"slot {slot} {name}", pid)
        own = Path(f"/proc/{tree[1]}/ns/ipc").readlink() != Path("/proc/self/ns/ipc").readlink()
        (taken.counts if own else taken.machine)[f"slot {slot} SysV"] = _sysv(tree[1])
    taken.counts["groups"] = sum(1 for _ in Path("/sys/fs/cgroup").glob(f"**/proba/{os.getpid()}-*"))
    taken.counts["own mounts"] = len(Path("/proc/self/mountinfo").read_text().splitlines())
    scratch = [p for place in ("/dev/shm", "/tmp") for p in Path(place).glob(f"proba-box-{os.getpid()}-*")]
    taken.counts["scratch directories"] = len(scratch)
    return taken


def growth(samples: list[Footprint]) -> list[str]:
    """What has leaked from the first sample to the last, in words; empty when nothing has."""
    first, last = samples[0], samples[-1]
    runs = last.runs - first.runs
    said = [
        f"{name}: {first.counts.get(name)} at first, {count} after {runs} runs"
        for name, count in last.counts.items()
        if count > first.counts.get(name, 0)
    ]
    for name in (name for name in last.bytes_ if name.endswith(JUDGED)):
        per_run = slope([(s.runs, s.bytes_[name]) for s in samples])
        allowed = max(runs / RUNS_PER_LEAK * PAGE, ARENA if name.startswith("worker") else 0)
        if per_run * RUNS_PER_LEAK >= PAGE and last.bytes_[name] - first.bytes_[name] >= allowed:
            said.append(f"{name}: {per_run * RUNS_PER_LEAK:.0f} bytes more for each {RUNS_PER_LEAK} runs")
    if last.blocks - first.blocks >= max(runs / RUNS_PER_LEAK, BLOCKS):
        said.append(f"worker: {last.blocks - first.blocks} more blocks of Python's memory after {runs} runs")
    return said


def slope(points: list[tuple[int, int]]) -> float:
    """Of the straight line with the least squares."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def _add(taken: Footprint, name: str, pid: int) -> None:
    process = Path(f"/proc/{pid}")
    links = [_link(fd) for fd in (process / "fd").iterdir()]
    taken.counts[f"{name} descriptors"] = len(links)
    taken.counts[f"{name} memfds"] = sum(link.startswith("/memfd:") for link in links)
    taken.counts[f"{name} mappings"] = len((process / "maps").read_text().splitlines())
    taken.counts[f"{name} threads"] = sum(1 for _ in (process / "task").iterdir())
    if pid != os.getpid():
        taken.counts[f"{name} mounts"] = len((process / "mountinfo").read_text().splitlines())
    else:
        del taken.counts[f"{name} mappings"]  # Python's allocator maps and unmaps arenas
    rollup = dict(line.split()[:2] for line in (process / "smaps_rollup").read_text().splitlines()[1:])
    taken.bytes_[f"{name} PSS"] = int(rollup["Pss:"]) * 1024
    taken.bytes_[f"{name} {JUDGED}"] = int(rollup["Anonymous:"]) * 1024
    taken.bytes_[f"{name} RSS"] = int(rollup["Rss:"]) * 1024


def _link(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except FileNotFoundError:  # the one by which the directory was read
        return ""


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _sysv(pid: int) -> int:
    tables = [f"/proc/sysvipc/{kind}" for kind in ("shm", "sem", "msg")]
    argv = ["nsenter", f"--ipc=/proc/{pid}/ns/ipc", "cat", *tables]
    return len(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()) - len(tables)


def _machine() -> dict[str, int]:
    lines = (line.split() for line in Path("/proc/meminfo").read_text().splitlines())
    found = {words[0][:-1]: int(words[1]) for words in lines if words[0][:-1] in KERNEL}
    try:
        slabs = [line.split() for line in Path("/proc/slabinfo").read_text().splitlines()]
    except OSError:
        return found
    return found | {f"{words[0]} objects": int(words[1]) for words in slabs if words[0] in CACHES}
