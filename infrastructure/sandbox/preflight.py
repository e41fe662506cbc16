"""Whether this machine can run the sandbox, layer by layer, and the command that turns on what is off.

``doctor`` prints all of it; ``up``, ``demo`` and ``worker`` refuse to start (exit code 3) with ``Preflight.refusal``.
"""

import asyncio
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from application.sandbox import Command, SandboxFailure
from domain.runs.entities import Limits
from infrastructure.sandbox import slot_users
from infrastructure.sandbox.build import BuildFailure, build_launcher
from infrastructure.sandbox.cgroups import NONE, find_place
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.launcher_process import LauncherFailed
from infrastructure.sandbox.level import BelowFloor, landlock_cure, levels_to_try
from infrastructure.sandbox.protocol import Layer
from infrastructure.sandbox.settings import SandboxSettings

_CONTAINER_CURE = (
    "docker run --user 10001 --security-opt seccomp=deploy/containers/worker-seccomp.json "
    "--security-opt apparmor=unconfined --security-opt systempaths=unconfined … (podman: unmask=ALL; docs/deploy.md)"
)
_SYSCTLS = (
    ("kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"),
    ("user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=15000"),
)
_PROBE_LIMITS = Limits(
    cpu_time=timedelta(seconds=5),
    wall_time=timedelta(seconds=10),
    memory=128 << 20,
    output=1 << 16,
    processes=16,
    stack=8 << 20,
    file_size=1 << 20,
    open_files=64,
)


@dataclass(frozen=True, slots=True)
class Check:
    """One layer. ``required``: without it the worker does not start. ``cure`` is a command or setting."""

    layer: str
    on: bool
    why: str
    cure: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Preflight:
    """What was found."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether everything that is required is on."""
        return all(check.on or not check.required for check in self.checks)

    @property
    def refusal(self) -> str:
        """Why the worker cannot start and what mends it, in a few lines; "" when it can."""
        lines = []
        for check in self.checks:
            if check.required and not check.on:
                lines.append(f"the sandbox cannot run here: {check.layer}: {check.why}")
                if check.cure:
                    lines.append(f"mend it with: {check.cure}")
        return "\n".join(lines)


async def preflight(settings: SandboxSettings) -> Preflight:
    """Build the launcher if need be, start one, and run a program in it."""
    if sys.platform != "linux":
        return Preflight((_missing("linux", f"programs run on Linux only, this is {sys.platform}"),))
    try:
        levels_to_try(settings.level, settings.floor)
    except BelowFloor as error:
        return Preflight((_missing("level", str(error), error.cure),))
    try:
        launcher = await asyncio.to_thread(build_launcher, settings.build_dir)
    except BuildFailure as error:
        return Preflight((_missing("launcher", str(error)),))
    built = Check("launcher", on=True, why=str(launcher), required=True)
    try:
        async with LauncherPool(replace(settings, slots=1)) as pool, pool.slot() as sandbox:
            outcome = await sandbox.run(Command(argv=("/bin/true",), limits=_PROBE_LIMITS))
            outcome.close()
            checks = (*(_layer_check(layer, settings) for layer in pool.layers), *_passed_over(pool))
    except SandboxFailure as error:
        layer = "landlock" if "landlock" in (settings.level, settings.floor) else "namespaces"
        return Preflight((built, _missing(layer, str(error), _cure(error))))
    if not outcome.execution.succeeded:
        why = f"/bin/true ended with {outcome.execution.exit_code or outcome.execution.signal}"
        return Preflight((built, *checks, _missing("run", why)))
    return Preflight((built, *checks))


def check_host(settings: SandboxSettings) -> Preflight:
    """``preflight`` for callers without an event loop."""
    return asyncio.run(preflight(settings))


def _missing(layer: str, why: str, cure: str = "") -> Check:
    return Check(layer, on=False, why=why, cure=cure, required=True)


def _passed_over(pool: LauncherPool) -> Iterable[Check]:
    """The better level, where it is not in use."""
    if pool.level == "landlock":
        failed = pool.passed_over
        why = str(failed) if failed else "PROBA_SANDBOX_LEVEL=landlock"
        yield Check("namespaces", on=False, why=why, cure=_cure(failed) if failed else "PROBA_SANDBOX_LEVEL=auto")


def _layer_check(layer: Layer, settings: SandboxSettings) -> Check:
    required = layer.name in ("namespaces", "landlock", "seccomp")
    if layer.on or not layer.name.startswith("cgroup"):
        return Check(layer.name, layer.on, layer.why, required=required)
    place = find_place(settings.cgroup)
    why = f"{place.why}: {layer.why}" if place.mode == NONE else layer.why
    return Check(layer.name, layer.on, why, place.cure)


def _cure(error: SandboxFailure) -> str:
    if isinstance(error, BelowFloor):
        return "; or ".join(cure for cure in (error.failure and _cure(error.failure), error.cure) if cure)
    if not isinstance(error, LauncherFailed):
        return ""
    if error.step.startswith("landlock"):
        return landlock_cure(error.error)
    if error.step == slot_users.STEP:
        return slot_users.CURE
    return _namespaces_cure(error.step)


def _namespaces_cure(step: str) -> str:
    sysctls = list(_sysctl_cures())
    if step.startswith(("user namespace", "namespaces", "layout")):
        if os.geteuid() and sysctls:
            return " && ".join(f"sudo {command}" for command in sysctls)
        if "mount_setattr" in step:
            return "a kernel of version 5.12 or newer"
        if _in_container():
            return _CONTAINER_CURE
        if os.geteuid():
            return "run as root, or allow this user its namespaces (sysctl user.max_user_namespaces, AppArmor, SELinux)"
        return "run on a host, or in a container with CAP_SYS_ADMIN"
    return ""


def _sysctl_cures() -> Iterable[str]:
    for name, bad, command in _SYSCTLS:
        try:
            value = Path("/proc/sys", name).read_text().strip()
        except OSError:
            continue
        if value == bad:
            yield command


def _in_container() -> bool:
    return any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv")) or "container" in os.environ
