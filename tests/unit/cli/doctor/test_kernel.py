"""What mends what, for machines written down as what they would say."""

import errno

import pytest

from infrastructure.cli.doctor.check import Check, Needs, Status
from infrastructure.cli.doctor.host_facts import HostFacts
from infrastructure.cli.doctor.kernel import kernel_checks, namespace_cure

PROC = "22 1 0:20 / /proc rw,nosuid shared:5 - proc proc rw"
ALL = dict.fromkeys(("user", "mount", "pid", "ipc", "net", "uts", "cgroup"), 0)


def found(facts: HostFacts) -> dict[str, Check]:
    checks = list(kernel_checks(facts, 4, 512))
    assert len({check.id for check in checks}) == len(checks)
    return {check.id.removeprefix("kernel."): check for check in checks}


def test_a_kernel_that_has_everything() -> None:
    facts = HostFacts(
        release="6.12.1", uid=1000, files={"mountinfo": PROC}, namespaces=ALL, landlock=7, seccomp=errno.EFAULT
    )
    assert {check.status for check in found(facts).values()} == {Status.ON}


@pytest.mark.parametrize(
    ("facts", "kind", "error", "cure"),
    [
        (
            HostFacts(uid=1000, sysctls={"kernel/unprivileged_userns_clone": "0"}),
            "user",
            errno.EPERM,
            "sudo sysctl -w kernel.unprivileged_userns_clone=1",
        ),
        (
            HostFacts(uid=1000, sysctls={"kernel/apparmor_restrict_unprivileged_userns": "1"}),
            "user",
            errno.EACCES,
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        (
            HostFacts(uid=0, sysctls={"user/max_mnt_namespaces": "0"}),
            "mount",
            errno.ENOSPC,
            "sysctl -w user.max_mnt_namespaces=15000",
        ),
        (
            HostFacts(uid=1000, sysctls={"user/max_user_namespaces": "0"}),
            "net",
            errno.ENOSPC,
            "sudo sysctl -w user.max_user_namespaces=15000",
        ),
        (HostFacts(), "pid", errno.EINVAL, "CONFIG_PID_NS=y"),
        (HostFacts(container="docker"), "mount", errno.EPERM, "docker run --user 10001 --security-opt seccomp=deploy/"),
        (HostFacts(uid=1000, files={"selinux": "1"}), "user", errno.EACCES, "ausearch"),
        (HostFacts(), "mount", errno.EPERM, "CAP_SYS_ADMIN"),
        (HostFacts(uid=1000), "user", errno.EPERM, "run as root"),
    ],
)
def test_a_refused_namespace_names_its_own_cure(facts: HostFacts, kind: str, error: int, cure: str) -> None:
    assert cure in namespace_cure(facts, kind, error)


def test_root_needs_no_user_namespace_but_the_root_of_one_does() -> None:
    refused = {**ALL, "user": errno.ENOSPC}
    of_machine = found(HostFacts(namespaces=refused))["user-namespace"]
    assert (of_machine.status, of_machine.required_for) == (Status.WARN, ())
    of_a_namespace = found(HostFacts(namespaces=refused, files={"uid_map": "0 1000 1"}))["user-namespace"]
    assert (of_a_namespace.status, of_a_namespace.required_for) == (Status.OFF, (Needs.LEVEL,))


@pytest.mark.parametrize(
    ("abi", "status", "words"),
    [
        (7, Status.ON, "ABI 7"),
        (4, Status.ON, "without: ioctl of devices, abstract sockets"),
        (-errno.ENOSYS, Status.WARN, "CONFIG_SECURITY_LANDLOCK"),
        (-errno.EOPNOTSUPP, Status.WARN, "lsm=landlock,lockdown,yama"),
    ],
)
def test_landlock(abi: int, status: Status, words: str) -> None:
    check = found(HostFacts(landlock=abi, files={"lsm": "lockdown,yama"}))["landlock"]
    assert check.status is status
    assert words in f"{check.why}; {check.cure}"


def test_limits_of_the_worker_come_with_their_numbers() -> None:
    checks = found(HostFacts(uid=1000, nproc=100, nofile_hard=256, files={"mountinfo": PROC}))
    assert checks["nproc"].status is Status.WARN
    assert checks["nproc"].cure.startswith("ulimit -u 512")
    assert checks["nofile"].forbids(Needs.WORKER)
    assert "at most 256 open files; 4 slots want 512" in checks["nofile"].why


def test_settings_of_memory_that_break_limits() -> None:
    checks = found(HostFacts(sysctls={"vm/overcommit_memory": "2", "vm/panic_on_oom": "1"}))
    assert checks["overcommit"].cure == "sysctl -w vm.overcommit_memory=0"
    assert checks["panic-on-oom"].forbids(Needs.WORKER)


def test_proc() -> None:
    hidden = PROC.replace("proc rw", "proc rw,hidepid=2")
    assert found(HostFacts(uid=1000, files={"mountinfo": hidden}))["proc"].status is Status.WARN
    assert found(HostFacts(uid=0, files={"mountinfo": hidden}))["proc"].status is Status.ON
    assert found(HostFacts())["proc"].forbids(Needs.WORKER)


def test_a_kernel_that_could_not_be_asked_is_unknown() -> None:
    checks = found(HostFacts())
    for name in ("namespaces", "landlock", "seccomp"):
        assert checks[name].status is Status.UNKNOWN
