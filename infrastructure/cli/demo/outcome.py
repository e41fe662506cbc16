import json
from dataclasses import dataclass
from typing import Any, Self

from infrastructure.cli.demo.cases import Case


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """A case and what became of it. ``cpu_time`` is seconds, ``memory`` bytes; None where nothing ran."""

    case: Case
    got: str
    cpu_time: float | None
    memory: int | None
    message: str

    @classmethod
    def of(cls, case: Case, submission: dict[str, Any]) -> Self:
        """From the finished submission as the API shows it."""
        return cls(
            case, submission["verdict"], submission["cpuTime"], submission["memory"], submission["message"] or ""
        )

    @property
    def ok(self) -> bool:
        """Whether the verdict is the expected one."""
        return self.got == self.case.expected

    def as_json(self) -> str:
        """One line."""
        return json.dumps(
            {
                "language": self.case.language,
                "case": self.case.name,
                "expected": self.case.expected,
                "got": self.got,
                "cpuTime": self.cpu_time,
                "memory": self.memory,
                "ok": self.ok,
            }
        )
