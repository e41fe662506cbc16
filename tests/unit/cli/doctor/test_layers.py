import errno

import pytest

from infrastructure.cli.doctor.host_facts import HostFacts
from infrastructure.cli.doctor.sandbox import layer_cure
from infrastructure.sandbox.preflight import Check

MOUNTED = {"mountinfo": "x"}
UNSHARE = Check("namespaces", on=False, why="failed at user namespace: unshare: No space left", cure="guessed")


@pytest.mark.parametrize(
    ("check", "facts", "cure"),
    [
        (
            UNSHARE,
            HostFacts(
                uid=1, files=MOUNTED, namespaces={"user": errno.ENOSPC}, sysctls={"user/max_user_namespaces": "0"}
            ),
            "sudo sysctl -w user.max_user_namespaces=15000",
        ),
        (UNSHARE, HostFacts(files=MOUNTED, namespaces={"user": errno.EPERM, "mount": 0}), "guessed"),
        (
            Check("namespaces", on=False, why="failed at user namespace: write (/proc/self/setgroups)"),
            HostFacts(),
            "mount -t proc proc /proc",
        ),
        (
            Check("namespaces", on=False, why="failed at taking a user id (/dev/shm/proba-slot-users)"),
            HostFacts(files=MOUNTED, namespaces={"mount": errno.EPERM}),
            "mount -t tmpfs tmpfs /dev/shm",
        ),
        (Check("cgroup", on=False, why="none"), HostFacts(container="docker"), "docker run --cgroupns=private"),
        (
            Check("cgroup", on=False, why="turned off", cure="PROBA_SANDBOX_CGROUP=auto"),
            HostFacts(container="docker"),
            "PROBA_SANDBOX_CGROUP=auto",
        ),
        (Check("seccomp", on=False, why="x", cure="its own"), HostFacts(files=MOUNTED), "its own"),
    ],
)
def test_a_layer_that_is_off_names_what_is_nearest(check: Check, facts: HostFacts, cure: str) -> None:
    assert layer_cure(check, facts).startswith(cure)
