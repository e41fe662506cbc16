import pytest

from infrastructure.cli.doctor.cgroups import cgroup_checks, cgroup_cure
from infrastructure.cli.doctor.check import Check, Status
from infrastructure.cli.doctor.host_facts import CgroupFacts, HostFacts

THREE = frozenset({"memory", "pids", "cpu"})
V2 = CgroupFacts(v2_own="/sys/fs/cgroup/a", v2_root="/sys/fs/cgroup", v2_controllers=THREE, v2_writable=True)
USERS = CgroupFacts(v2_own="/sys/fs/cgroup/user.slice", v2_root="/sys/fs/cgroup", v2_controllers=THREE)
V1 = CgroupFacts(v1={"memory": True, "pids": True, "cpuacct": True}, v1_swap_accounting=False)


def found(facts: HostFacts) -> dict[str, Check]:
    return {check.id.removeprefix("cgroups."): check for check in cgroup_checks(facts)}


def test_version_2_delegated() -> None:
    checks = found(HostFacts(release="6.12.0", cgroups=V2))
    assert {check.status for check in checks.values()} == {Status.ON}
    assert "can be reset" in checks["peak"].why


def test_an_old_kernel_lacks_files() -> None:
    checks = found(HostFacts(release="5.13.0", cgroups=V2))
    assert checks["kill"].status is Status.WARN
    assert checks["peak"].status is Status.WARN


def test_version_1_as_root() -> None:
    checks = found(HostFacts(release="6.1.0", cgroups=V1))
    assert [checks[name].status for name in ("memory", "pids", "cpu")] == [Status.ON] * 3
    assert checks["version"].status is Status.WARN
    assert "swapaccount=1" in checks["swap"].cure


@pytest.mark.parametrize(
    ("facts", "cure"),
    [
        (
            HostFacts(uid=1000, systemd=True, cgroups=USERS),
            "systemd-run --user --scope -p Delegate=yes -- ./proba worker",
        ),
        (HostFacts(uid=1000, cgroups=V1), "run the worker as root"),
        (HostFacts(container="docker", cgroups=CgroupFacts()), "docker run --cgroupns=private"),
        (HostFacts(container="podman", cgroups=CgroupFacts()), "podman run --cgroupns=private"),
        (HostFacts(cgroups=CgroupFacts()), "mount -t cgroup2 none /sys/fs/cgroup"),
        (HostFacts(files={"cmdline": "quiet cgroup_disable=memory"}, cgroups=V2), "boot without cgroup_disable=memory"),
        (HostFacts(cgroups=CgroupFacts(v1={"pids": True})), "cgroup_enable=memory"),
    ],
)
def test_what_brings_the_memory_controller(facts: HostFacts, cure: str) -> None:
    assert cure in cgroup_cure(facts, "memory")


def test_without_any_nothing_is_required() -> None:
    checks = found(HostFacts(cgroups=CgroupFacts()))
    assert checks["memory"].status is Status.OFF
    assert all(check.required_for == () for check in checks.values())
