"""Which levels of isolation may be tried, in which order; and what to say when none is left."""

import errno
from typing import Literal

from application.sandbox import SandboxFailure
from infrastructure.sandbox.launcher_process import LauncherFailed
from infrastructure.sandbox.settings import Floor, LevelChoice

IsolationLevel = Literal["namespaces", "landlock"]
_AGREE = "PROBA_SANDBOX_FLOOR=landlock agrees to the weaker isolation that docs/security.md describes"


class BelowFloor(SandboxFailure):
    """Only what is weaker than the configured floor can be had. ``failure``: why; None: it was asked for."""

    cure = _AGREE

    def __init__(self, failure: LauncherFailed | None = None) -> None:
        super().__init__(failure)
        self.failure = failure

    def __str__(self) -> str:
        if self.failure is None:
            return "PROBA_SANDBOX_LEVEL=landlock is below the floor, PROBA_SANDBOX_FLOOR=namespaces"
        return str(self.failure)


def levels_to_try(choice: LevelChoice, floor: Floor) -> tuple[IsolationLevel, ...]:
    """Best first. A level that was named is the only one. Raises BelowFloor."""
    if choice == "auto":
        return ("namespaces",) if floor == "namespaces" else ("namespaces", "landlock")
    if choice == "landlock" and floor == "namespaces":
        raise BelowFloor
    return (choice,)


def landlock_cure(error: int) -> str:
    """What turns Landlock on where the kernel answered with this errno; "" for others."""
    return {
        errno.ENOSYS: "Linux 5.13 or newer, built with CONFIG_SECURITY_LANDLOCK=y",
        errno.EOPNOTSUPP: "boot with lsm=landlock,… (and what /sys/kernel/security/lsm lists)",
        errno.EPERM: "a container whose seccomp profile lets Landlock through (docker 23 or newer)",
    }.get(error, "")
