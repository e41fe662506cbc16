"""What the sandbox is told about the machine and the worker."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Floor = Literal["namespaces", "landlock"]
LevelChoice = Literal["auto", "namespaces", "landlock"]
CgroupChoice = Literal["auto", "v2", "v1", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """``slots`` 0: as many as there are cores. ``uid_base``: the first slot's user as root; the next slots follow it.
    ``level``: "auto" takes namespaces where the host allows them, else landlock where the floor does.

    ``binds`` are host paths that programs see read-only at the same place, besides /usr: the toolchains' own. Those
    under /etc are copied when the worker starts. ``build_dir``: where the launcher is kept; None: ``PROBA_BUILD_DIR``
    or ``build/`` in the checkout.
    """

    slots: int = 0
    level: LevelChoice = "auto"
    floor: Floor = "namespaces"
    cgroup: CgroupChoice = "auto"
    uid_base: int = 64_000
    binds: tuple[str, ...] = ()
    build_dir: Path | None = None
    hostname: str = "proba"
