"""The machine: what it must be, and what makes measured times trustworthy."""

from collections.abc import Iterator

from infrastructure.cli.doctor.check import LEVEL, WORKER, Check, off, on, unknown, warn
from infrastructure.cli.doctor.host_facts import HostFacts

MIB = 1 << 20
SLOT_MEMORY = 512 * MIB
"""Bytes that should be available for each slot; what the limits of a common problem ask for."""
STEADY_CLOCKS = ("tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page")
STEAL_PERCENT = 2.0
NEEDED = (5, 12)
"""mount_setattr, without which the file view cannot be made read-only in one step."""
GAINS = (
    ((5, 13), "5.13: Landlock"),
    ((5, 14), "5.14: cgroup.kill, and limits of processes that count a user namespace's own"),
    ((5, 19), "5.19: memory.peak"),
    ((6, 12), "6.12: memory.peak can be reset"),
)


def machine_checks(facts: HostFacts, slots: int) -> Iterator[Check]:
    """``slots``: how many programs the worker would run at the same time."""
    yield _system(facts)
    if facts.platform != "linux":
        return
    yield _kernel(facts)
    yield _architecture(facts)
    yield from _cores(facts, slots)
    yield from _memory(facts, slots)
    yield from _time(facts)
    yield on("machine.container", f"inside {facts.container}" if facts.container else "no container was recognised")


def _system(facts: HostFacts) -> Check:
    if facts.platform != "linux":
        why = f"programs run on Linux only, this is {facts.platform}; a server runs here"
        return off("machine.system", why, "run the worker on a Linux machine (WSL 2 will do)", WORKER)
    return on("machine.system", f"Linux, as {'root' if facts.uid == 0 else f'user {facts.uid}'}", WORKER)


def _kernel(facts: HostFacts) -> Check:
    if facts.kernel == (0, 0):
        return unknown("machine.kernel", f"cannot read the version {facts.release!r}")
    lacks = [what for version, what in GAINS if facts.kernel < version]
    why = f"Linux {facts.release}" + (f"; newer ones bring {'; '.join(lacks)}" if lacks else "")
    if facts.kernel < NEEDED:
        return off("machine.kernel", f"{why}; 5.12 is needed for namespaces", "a newer kernel", LEVEL)
    return warn("machine.kernel", why, "a newer kernel") if facts.kernel < (5, 19) else on("machine.kernel", why, LEVEL)


def _architecture(facts: HostFacts) -> Check:
    if facts.machine in ("x86_64", "aarch64"):
        return on("machine.architecture", facts.machine, WORKER)
    why = f"{facts.machine}: the filter of system calls is written for x86_64 and aarch64"
    return off("machine.architecture", why, "a machine of one of these", WORKER)


def _cores(facts: HostFacts, slots: int) -> Iterator[Check]:
    allowed = len(facts.cores_allowed)
    why = f"{facts.cores_online} online, {allowed} allowed to this process, {slots} slots"
    if slots > allowed:
        yield warn("machine.cores", f"{why}: slots would share cores", f"PROBA_WORKER_SLOTS={allowed}")
    else:
        yield on("machine.cores", why)
    if facts.siblings:
        pairs = ", ".join("+".join(map(str, group)) for group in facts.siblings)
        yield warn(
            "machine.smt",
            f"cores {pairs} share a physical core: a busy neighbour makes measured times longer",
            "echo off > /sys/devices/system/cpu/smt/control (or fewer PROBA_WORKER_SLOTS)",
        )
    else:
        yield on("machine.smt", "no two of the allowed cores share a physical one, as far as is shown")


def _memory(facts: HostFacts, slots: int) -> Iterator[Check]:
    total, available = facts.meminfo("MemTotal"), facts.meminfo("MemAvailable")
    why = f"{available // MIB} MiB available of {total // MIB} MiB"
    if available < 0:
        yield unknown("machine.memory", "/proc/meminfo cannot be read")
    elif available < slots * SLOT_MEMORY:
        yield warn(
            "machine.memory",
            f"{why}; {slots} slots want {SLOT_MEMORY // MIB} MiB each",
            f"PROBA_WORKER_SLOTS={max(available // SLOT_MEMORY, 1)}, or more memory",
        )
    else:
        yield on("machine.memory", why)
    swap = facts.meminfo("SwapTotal")
    bounded = facts.cgroups.v1_swap_accounting or (
        "memory" in facts.cgroups.v2_controllers and "memory" not in facts.cgroups.v1
    )
    if swap <= 0:
        yield on("machine.swap", "none")
    elif bounded:
        yield on("machine.swap", f"{swap // MIB} MiB, which runs cannot use (swap is limited with memory)")
    else:
        yield warn(
            "machine.swap",
            f"{swap // MIB} MiB, and no limit of a run's swap: a program could exceed its memory and run slowly",
            "swapoff -a (or boot with swapaccount=1)",
        )


def _time(facts: HostFacts) -> Iterator[Check]:
    clock = facts.files.get("clocksource")
    if clock is None:
        yield unknown("machine.clock", "the kernel does not tell its clock source")
    elif clock in STEADY_CLOCKS:
        yield on("machine.clock", clock)
    else:
        yield warn("machine.clock", f"{clock} is slow to read", "boot with clocksource=tsc, where the processor has it")
    steal = steal_percent(facts.files.get("stat", ""))
    if steal >= STEAL_PERCENT:
        yield warn(
            "machine.steal",
            f"{steal:.1f} % of the time since boot was taken by other virtual machines: wall time is not to be trusted",
            "cores of its own for this virtual machine (pinning, or a dedicated plan)",
        )
    else:
        yield on("machine.steal", f"{steal:.1f} % of the time since boot")
    pages = facts.files.get("hugepages", "")
    if "[always]" in pages:
        cure = "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"
        yield warn("machine.hugepages", "always: peak memory of a program may vary by 2 MiB steps", cure)
    else:
        yield on("machine.hugepages", pages or "not in this kernel")
    governor = facts.files.get("governor")
    if governor in (None, "performance"):
        yield on("machine.governor", governor or "the frequency is not this system's to choose")
    else:
        yield warn("machine.governor", f"{governor}: times vary with the load", "cpupower frequency-set -g performance")


def steal_percent(stat: str) -> float:
    """Of the first line of /proc/stat."""
    words = stat.partition("\n")[0].split()[1:]
    if len(words) < 8 or not all(word.isdecimal() for word in words):
        return 0.0
    ticks = [int(word) for word in words[:8]]
    return 100 * ticks[7] / max(sum(ticks), 1)
