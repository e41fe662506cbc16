"""What was looked at and what came of it: the document of ``doctor --json``."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """As it should be; missing; it works and could be better; could not be told."""

    ON = "on"
    OFF = "off"
    WARN = "warn"
    UNKNOWN = "unknown"


class Needs(StrEnum):
    """Who cannot do without: a worker, a server, or the isolation's better level."""

    WORKER = "worker"
    SERVER = "server"
    LEVEL = "level"


LONGEST = 100
"""Characters of a reason in the summary."""
WORKER = (Needs.WORKER,)
BOTH = (Needs.WORKER, Needs.SERVER)
LEVEL = (Needs.LEVEL,)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing. ``id`` is unique and stays the same; ``cure`` is a command or a setting, "" where there is none."""

    id: str
    status: Status
    why: str
    cure: str = ""
    required_for: tuple[Needs, ...] = ()

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "id": self.id,
            "status": self.status.value,
            "requiredFor": [need.value for need in self.required_for],
            "why": self.why,
            "cure": self.cure,
        }

    def forbids(self, need: Needs) -> bool:
        """Whether ``need`` cannot be met because of this."""
        return self.status is Status.OFF and need in self.required_for


def on(id_: str, why: str, required_for: tuple[Needs, ...] = ()) -> Check:
    """As it should be."""
    return Check(id_, Status.ON, why, "", required_for)


def warn(id_: str, why: str, cure: str = "") -> Check:
    """It works, and could be better."""
    return Check(id_, Status.WARN, why, cure)


def off(id_: str, why: str, cure: str = "", required_for: tuple[Needs, ...] = ()) -> Check:
    """Missing."""
    return Check(id_, Status.OFF, why, cure, required_for)


def unknown(id_: str, why: str) -> Check:
    """Could not tell."""
    return Check(id_, Status.UNKNOWN, why)


@dataclass(frozen=True, slots=True)
class Group:
    """Checks of one kind."""

    name: str
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``level`` and ``isolation`` are those that a worker would have; "" when it has none."""

    groups: tuple[Group, ...]
    level: str = ""
    isolation: str = ""

    def missing(self, need: Needs) -> tuple[Check, ...]:
        """Why it cannot be."""
        return tuple(check for group in self.groups for check in group.checks if check.forbids(need))

    @property
    def worker_may_start(self) -> bool:
        """Nothing that a worker needs is off."""
        return not self.missing(Needs.WORKER)

    @property
    def ok(self) -> bool:
        """Nothing that a worker or a server needs is off."""
        return self.worker_may_start and not self.missing(Needs.SERVER)

    @property
    def summary(self) -> str:
        """One line."""
        missing = self.missing(Needs.WORKER)
        if missing:
            return f"a worker may start: no, because of {', '.join(f'{c.id} ({_first(c.why)})' for c in missing)}"
        level = f"isolation {self.isolation}" if self.isolation else "everything that it needs is there"
        return f"a worker may start: yes, {level}"

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "ok": self.ok,
            "workerMayStart": self.worker_may_start,
            "summary": self.summary,
            "level": self.level,
            "isolation": self.isolation,
            "groups": [
                {"name": group.name, "checks": [check.document() for check in group.checks]} for group in self.groups
            ],
        }

    def without_repeats(self) -> "Report":
        """The same; a cure that several have is given once."""
        seen: set[str] = set()
        groups = []
        for group in self.groups:
            checks = [replace(c, cure="") if c.cure in seen else c for c in group.checks]
            seen.update(c.cure for c in checks if c.cure)
            groups.append(replace(group, checks=tuple(checks)))
        return replace(self, groups=tuple(groups))


def _first(text: str) -> str:
    line = text.splitlines()[0] if text else ""
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
