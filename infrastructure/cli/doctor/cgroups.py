"""Control groups: without them memory is sampled instead of limited exactly. Nothing here is required."""

from collections.abc import Iterator

from infrastructure.cli.doctor.check import Check, off, on, warn
from infrastructure.cli.doctor.host_facts import CgroupFacts, HostFacts

MEANS = {"memory": "memory is limited exactly", "pids": "processes are counted exactly", "cpu": "cpu time is counted"}


def cgroup_checks(facts: HostFacts) -> Iterator[Check]:
    """What is mounted, then each controller with what turns it on."""
    groups = facts.cgroups
    yield _version(facts)
    for controller, meaning in MEANS.items():
        yield _controller(facts, controller, meaning)
    if uses_v2(groups):
        yield _feature(facts, "kill", (5, 14), "all processes of a run end at once")
        yield _feature(facts, "peak", (5, 19), "the kernel keeps the peak of memory")
    elif "memory" in groups.v1:
        yield (
            on("cgroups.swap", "counted with memory")
            if groups.v1_swap_accounting
            else warn("cgroups.swap", "not counted", "boot with swapaccount=1, or: swapoff -a")
        )


def uses_v2(groups: CgroupFacts) -> bool:
    """Whether runs would be born in groups of version 2."""
    return "memory" in groups.v2_controllers and groups.v2_writable


def _version(facts: HostFacts) -> Check:
    groups = facts.cgroups
    if groups.v2_own and not groups.v1:
        return on("cgroups.version", f"version 2, this process in {groups.v2_own}")
    if groups.v1:
        found = "versions 1 and 2 (hybrid)" if groups.v2_own else "version 1"
        why = f"{found}: {', '.join(sorted(groups.v1))} on version 1; version 2 can be delegated to ordinary users"
        cure = "boot with systemd.unified_cgroup_hierarchy=1 cgroup_no_v1=all"
        return warn("cgroups.version", why, "" if facts.container else cure)
    return off("cgroups.version", "none is mounted", cgroup_cure(facts, "memory"))


def _controller(facts: HostFacts, controller: str, meaning: str) -> Check:
    groups, id_ = facts.cgroups, f"cgroups.{controller}"
    if controller in groups.v2_controllers and groups.v2_writable:
        return on(id_, f"version 2: {meaning}")
    for name in (controller, "cpuacct") if controller == "cpu" else (controller,):
        if groups.v1.get(name):
            return on(id_, f"version 1: {meaning}")
    there = controller in groups.v1 or controller in groups.v2_controllers
    why = "this user may not make groups" if there else "not handed down to this process"
    return off(id_, f"{why}; without it: {'sampling' if controller == 'memory' else 'rlimits'}",
               cgroup_cure(facts, controller))  # fmt: skip


def cgroup_cure(facts: HostFacts, controller: str) -> str:  # noqa: PLR0911  # a table of reasons
    """The command or setting that gives this process a group with the controller."""
    line = facts.files.get("cmdline", "").split()
    if f"cgroup_disable={controller}" in line:
        return f"boot without cgroup_disable={controller}"
    if facts.uid and facts.cgroups.v1:
        return "run the worker as root: version 1 cannot be delegated; or boot with systemd.unified_cgroup_hierarchy=1"
    if facts.container in ("docker", "podman"):
        return f"{facts.container} run --cgroupns=private -v /sys/fs/cgroup:/sys/fs/cgroup:rw …"
    if facts.container:
        return f"let {facts.container} mount cgroup version 2 read-write inside"
    if facts.uid == 0:
        if not facts.cgroups.v2_own and not facts.cgroups.v1:
            return "mount -t cgroup2 none /sys/fs/cgroup"
        return f"boot with cgroup_enable={controller} systemd.unified_cgroup_hierarchy=1"
    if facts.systemd and facts.cgroups.v2_own and not facts.cgroups.v1:
        return "systemd-run --user --scope -p Delegate=yes -- ./proba worker (a service: Delegate=memory pids cpu)"
    return "run the worker as root, or give this user a cgroup of version 2 (chown of its directory and cgroup.procs)"


def _feature(facts: HostFacts, name: str, since: tuple[int, int], meaning: str) -> Check:
    file = {"kill": "cgroup.kill", "peak": "memory.peak"}[name]
    if file in facts.cgroups.v2_files or facts.kernel >= since:
        resets = name == "peak" and facts.kernel >= (6, 12)
        return on(f"cgroups.{name}", f"{file}: {meaning}" + (", and can be reset" if resets else ""))
    return warn(f"cgroups.{name}", f"no {file}: Linux {since[0]}.{since[1]} brings it", "a newer kernel")
