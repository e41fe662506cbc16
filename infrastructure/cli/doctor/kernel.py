"""What the kernel lets this user do: namespaces, filters, Landlock, limits."""

import errno
import os
from collections.abc import Iterator

from infrastructure.cli.doctor.check import LEVEL, WORKER, Check, off, on, unknown, warn
from infrastructure.cli.doctor.host_facts import HostFacts

SYSCTL_CURES = (
    ("kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"),
)
LIMIT_NAMES = {"mount": "mnt"}
CONTAINER_CURES = {
    "docker": "docker run --user 10001 --security-opt seccomp=deploy/containers/worker-seccomp.json "
    "--security-opt apparmor=unconfined --security-opt systempaths=unconfined … (docs/deploy.md)",
    "podman": "podman run --user 10001 --security-opt seccomp=deploy/containers/worker-seccomp.json "
    "--security-opt unmask=ALL … (docs/deploy.md)",
    "kubernetes": "hostUsers: false, procMount: Unmasked, and the rest of deploy/kubernetes/worker.yaml",
    "lxc": "lxc.include = nesting.conf (Proxmox, LXD: security.nesting=true)",
    "systemd-nspawn": "systemd-nspawn --system-call-filter='@mount @keyring' --private-users=no …",
}
LANDLOCK_LACKS = (
    (2, "moving files between directories"),
    (3, "truncate"),
    (4, "TCP ports"),
    (5, "ioctl of devices"),
    (6, "abstract sockets and signals to outsiders"),
    (7, "logging of refusals"),
)
NOFILE_BASE, NOFILE_SLOT = 256, 64
NPROC_BASE, NPROC_SLOT = 256, 64


def namespace_cure(facts: HostFacts, kind: str, error: int) -> str:  # noqa: PLR0911  # a table of reasons
    """What allows this kind of namespace where making one gave ``error``; the most particular reason first."""
    as_root = "" if facts.uid == 0 else "sudo "
    name = LIMIT_NAMES.get(kind, kind)
    limits = [n for n in dict.fromkeys((name, "user")) if facts.sysctls.get(f"user/max_{n}_namespaces") == "0"]
    if limits:
        return " && ".join(f"{as_root}sysctl -w user.max_{name}_namespaces=15000" for name in limits)
    if error == errno.EINVAL:
        return f"a kernel built with namespaces of this kind (CONFIG_{name.upper()}_NS=y)"
    if facts.uid:
        for sysctl, bad, command in SYSCTL_CURES:
            if facts.sysctls.get(sysctl) == bad:
                return f"sudo {command}"
    if facts.container:
        return CONTAINER_CURES.get(facts.container, f"a {facts.container} that allows CAP_SYS_ADMIN and unshare")
    if facts.files.get("selinux") == "1":
        return "a policy of SELinux with user_namespace create (what it denied: ausearch -m avc -ts recent)"
    if facts.uid == 0:
        return (
            "run with CAP_SYS_ADMIN, outside of what drops it (systemd: CapabilityBoundingSet=, RestrictNamespaces=no)"
        )
    return "run as root, or: systemd's RestrictNamespaces=no, an AppArmor profile with userns"


def kernel_checks(facts: HostFacts, slots: int, processes: int) -> Iterator[Check]:
    """``processes``: the most that a client may ask for in one run."""
    yield from _namespaces(facts)
    yield _seccomp(facts)
    yield _landlock(facts)
    yield _nproc(facts, slots)
    yield _nofile(facts, slots)
    yield _pids(facts, slots, processes)
    yield _proc(facts)
    yield _overcommit(facts)
    yield _panic(facts)


def _namespaces(facts: HostFacts) -> Iterator[Check]:
    if not facts.namespaces:
        yield unknown("kernel.namespaces", "the kernel could not be asked")
    for kind, error in facts.namespaces.items():
        id_ = f"kernel.{kind}-namespace"
        # root needs no user namespace, and nobody a cgroup namespace
        needed = LEVEL if (kind != "user" or facts.needs_user_namespace) and kind != "cgroup" else ()
        if error == 0:
            yield on(id_, "can be made", needed)
        else:
            why = f"refused: {os.strerror(error)}" if error > 0 else f"the question ended with {error}"
            cure = namespace_cure(facts, kind, error)
            yield off(id_, why, cure, needed) if needed else warn(id_, f"{why}; nothing here needs it")


def _seccomp(facts: HostFacts) -> Check:
    if facts.seccomp is None:
        return unknown("kernel.seccomp", "the kernel could not be asked")
    if facts.seccomp in (0, errno.EFAULT):
        return on("kernel.seccomp", "filters of system calls are there", WORKER)
    why = f"no filters of system calls: {os.strerror(facts.seccomp)}"
    return off("kernel.seccomp", why, "a kernel built with CONFIG_SECCOMP_FILTER=y", WORKER)


def _landlock(facts: HostFacts) -> Check:
    abi = facts.landlock
    if abi is None:
        return unknown("kernel.landlock", "the kernel could not be asked")
    if abi > 0:
        lacks = [what for version, what in LANDLOCK_LACKS if abi < version]
        why = f"ABI {abi}" + (f", without: {', '.join(lacks)}" if lacks else "")
        return on("kernel.landlock", f"{why}; used by the level landlock")
    cures = {
        errno.ENOSYS: "Linux 5.13 or newer, built with CONFIG_SECURITY_LANDLOCK=y",
        errno.EOPNOTSUPP: f"boot with lsm=landlock,{facts.files.get('lsm', '…')}",
        errno.EPERM: "a container whose seccomp profile lets Landlock through (docker 23 or newer)",
    }
    why = f"{os.strerror(-abi)}; only the level landlock, which is the weaker one, needs it"
    return warn("kernel.landlock", why, cures.get(-abi, ""))


def _nproc(facts: HostFacts, slots: int) -> Check:
    needed = NPROC_BASE + NPROC_SLOT * slots
    if facts.uid == 0 or facts.nproc < 0:
        return on("kernel.nproc", "root is not limited" if facts.uid == 0 else "unlimited")
    why = f"at most {facts.nproc} processes of this user; {slots} slots want {needed}"
    if facts.nproc < needed:
        cure = f"ulimit -u {needed} (systemd: TasksMax={needed} and LimitNPROC={needed})"
        return warn("kernel.nproc", why, cure)
    return on("kernel.nproc", why)


def _nofile(facts: HostFacts, slots: int) -> Check:
    needed = NOFILE_BASE + NOFILE_SLOT * slots
    if 0 <= facts.nofile_hard < needed:
        why = f"at most {facts.nofile_hard} open files; {slots} slots want {needed}"
        return off("kernel.nofile", why, f"ulimit -Hn {needed} (systemd: LimitNOFILE={needed})", WORKER)
    found = "unlimited" if facts.nofile_hard < 0 else f"{facts.nofile_hard} open files"
    return on("kernel.nofile", f"{found}; {slots} slots want {needed}", WORKER)


def _pids(facts: HostFacts, slots: int, processes: int) -> Check:
    most = min((int(v) for n in ("pid_max", "threads-max") if (v := facts.sysctls.get(f"kernel/{n}", "")).isdecimal()),
               default=-1)  # fmt: skip
    wanted = slots * processes + 2000
    if 0 <= most < wanted:
        why = f"{most} processes on the whole machine; {slots} runs of {processes} (PROBA_MAX_PROCESSES) want {wanted}"
        return warn("kernel.pids", why, f"sysctl -w kernel.pid_max={max(wanted, 32768)} (and kernel.threads-max)")
    return on("kernel.pids", f"{most} processes on the whole machine" if most >= 0 else "not told")


def _proc(facts: HostFacts) -> Check:
    for line in facts.files.get("mountinfo", "").splitlines():
        before, _, after = line.partition(" - ")
        if after.startswith("proc ") and before.split(" ")[4] == "/proc":
            hidden = any(word.startswith("hidepid=") and word[8:] not in ("0", "off") for word in after.split(","))
            if hidden and facts.uid:
                cure = "mount -o remount,hidepid=0 /proc (or gid= of a group that this user is in)"
                return warn("kernel.proc", "/proc hides processes of other users (hidepid)", cure)
            return on("kernel.proc", "mounted", WORKER)
    return off("kernel.proc", "/proc is not mounted", "mount -t proc proc /proc", WORKER)


def _overcommit(facts: HostFacts) -> Check:
    if facts.sysctls.get("vm/overcommit_memory") == "2":
        why = "2: reserved address space counts as memory; runtimes that reserve much (Java, Go, Node) fail to start"
        return warn("kernel.overcommit", why, "sysctl -w vm.overcommit_memory=0")
    return on("kernel.overcommit", facts.sysctls.get("vm/overcommit_memory", "not told"))


def _panic(facts: HostFacts) -> Check:
    if facts.sysctls.get("vm/panic_on_oom", "0") != "0":
        why = "the machine stops when memory runs out: any program could do it"
        return off("kernel.panic-on-oom", why, "sysctl -w vm.panic_on_oom=0", WORKER)
    return on("kernel.panic-on-oom", "off, as it should be")
