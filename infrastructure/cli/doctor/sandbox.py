"""The sandbox itself: built, started, and a program run in it, as a worker would."""

from collections.abc import Iterator
from dataclasses import dataclass

from application.sandbox import SandboxFailure
from infrastructure.cli.doctor.cgroups import cgroup_cure
from infrastructure.cli.doctor.check import LEVEL, WORKER, Check, Status, off, on, warn
from infrastructure.cli.doctor.host_facts import HostFacts
from infrastructure.cli.doctor.kernel import namespace_cure
from infrastructure.cli.preflight import look_at_host
from infrastructure.config import Config
from infrastructure.sandbox import slot_users
from infrastructure.sandbox.build import BuildFailure, find_compiler
from infrastructure.sandbox.preflight import Check as LayerCheck
from infrastructure.sandbox.preflight import Preflight
from infrastructure.sandbox.slot_users import SlotUser

LAYERS = ("namespaces", "landlock")


@dataclass(frozen=True, slots=True)
class SandboxFindings:
    """``level`` and ``isolation``: what a worker would have; "" when it would have none."""

    checks: tuple[Check, ...]
    level: str = ""
    isolation: str = ""


def look_at_sandbox(config: Config, facts: HostFacts, slots: int) -> SandboxFindings:
    """Builds the launcher where it is missing."""
    if facts.platform != "linux":
        return SandboxFindings(())
    found = look_at_host(config)
    level = next((c.layer for c in found.checks if c.layer in LAYERS and c.on), "") if found.ok else ""
    isolation = "+".join(
        c.layer for c in found.checks if c.on and c.layer in (*LAYERS, "seccomp", "cgroup1", "cgroup2")
    )
    checks = [_compiler(found), *(_layer(check, facts) for check in found.checks), _level(config, level)]
    if facts.uid == 0:
        checks.append(_uids(config.sandbox_uid_base, slots))
    return SandboxFindings(tuple(checks), level, isolation if level else "")


def _compiler(found: Preflight) -> Check:
    built = any(check.layer == "launcher" and check.on for check in found.checks)
    try:
        return on("sandbox.compiler", " ".join(find_compiler().argv))
    except BuildFailure as error:
        cure = "apt-get install gcc libc6-dev"
        if built:
            return warn("sandbox.compiler", "none, and a launcher that was brought here does", cure)
        return off("sandbox.compiler", str(error), cure, WORKER)


def _layer(check: LayerCheck, facts: HostFacts) -> Check:
    required = WORKER if check.required else ()
    if check.on:
        return Check(f"sandbox.{check.layer}", Status.ON, check.why or "in every slot", "", required)
    return Check(f"sandbox.{check.layer}", Status.OFF, check.why, layer_cure(check, facts), required)


def layer_cure(check: LayerCheck, facts: HostFacts) -> str:
    """What mends a layer that is off: what the kernel said to us is nearer than what the launcher could tell."""
    if "/proc" in check.why and "mountinfo" not in facts.files:
        return "mount -t proc proc /proc"
    if "/proba-slot-users" in check.why:
        return slot_users.CURE
    if check.layer == "namespaces" and ("namespace" in check.why or "unshare" in check.why):
        needed = [
            kind for kind in facts.namespaces if kind != "cgroup" and (kind != "user" or facts.needs_user_namespace)
        ]
        refused = next((kind for kind in needed if facts.namespaces[kind]), None)
        if refused:
            return namespace_cure(facts, refused, facts.namespaces[refused])
    if check.layer.startswith("cgroup") and "PROBA_" not in check.cure:
        return cgroup_cure(facts, "memory")
    return check.cure


def _level(config: Config, level: str) -> Check:
    asked = f"level {config.sandbox_level} (PROBA_SANDBOX_LEVEL), floor {config.sandbox_floor} (PROBA_SANDBOX_FLOOR)"
    if level == "namespaces":
        return on("sandbox.level-chosen", f"{asked}: namespaces, the best there is", LEVEL)
    if level == "landlock":
        why = f"{asked}: landlock, the weaker one; docs/security.md says what it lacks"
        return warn("sandbox.level-chosen", why, "PROBA_SANDBOX_LEVEL=auto and PROBA_SANDBOX_FLOOR=namespaces")
    return off("sandbox.level-chosen", f"{asked}: none that reaches the floor", "", LEVEL)


def _uids(base: int, slots: int) -> Check:
    """The ids that slots would get now: nobody else's, be it a user of the machine or another worker's slot."""
    users: list[SlotUser] = []
    try:
        users += (SlotUser(base) for _ in range(slots))
        ids = [user.uid for user in users]
    except SandboxFailure as error:
        return off("sandbox.uids", str(error), "PROBA_SANDBOX_UID_BASE=a range that nobody uses", WORKER)
    finally:
        for user in users:
            user.close()
    shown = ", ".join(map(str, ids))
    if taken := {uid: name for uid, name in _users() if uid in ids}:
        named = ", ".join(f"{uid} is {name}" for uid, name in sorted(taken.items()))
        why = f"the slots would be users {shown}, which belong to somebody: {named}"
        return off("sandbox.uids", why, "PROBA_SANDBOX_UID_BASE=a range that nobody uses", WORKER)
    return on("sandbox.uids", f"the slots would be users {shown}, which belong to nobody", WORKER)


def _users() -> Iterator[tuple[int, str]]:
    import pwd  # noqa: PLC0415  # not on every system

    return ((user.pw_uid, user.pw_name) for user in pwd.getpwall())
