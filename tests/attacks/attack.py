"""What one attack is: a program, its limits, how it must end, and how long that may take."""

import signal as signals
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from domain.languages.entities import MemoryExhaustion
from domain.runs.entities import Execution, Limits
from domain.runs.enums import Limit
from domain.submissions.verdicts import judge_execution
from domain.verdicts import Verdict

Role = Literal["program", "compiler", "checker"]
"""What the attacker's program is to the judge: each is started with other files beside it and other ones collected."""

_LIMIT_NAMES = {
    Limit.OUTPUT: "output",
    Limit.CPU_TIME: "cpu time",
    Limit.WALL_TIME: "wall time",
    Limit.MEMORY: "memory",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """How a run must have ended. ``verdict`` None: it went on to the checker. What is None is not looked at.

    ``memory``: the least peak, in bytes, that must have been billed. ``stderr``: what must be found in it.
    """

    verdict: Verdict | None = None
    limit: Limit | None = None
    signal: int | None = None
    exit_code: int | None = None
    output: bytes | None = None
    stderr: bytes = b""
    memory: int = 0
    words: str = ""
    """For the table of docs/security.md, where the verdict alone does not tell."""

    def __str__(self) -> str:
        if self.verdict is None:
            return self.words or "refused"
        detail = self.words
        if not detail and self.limit is not None:
            detail = _LIMIT_NAMES[self.limit]
        if not detail and self.signal is not None:
            detail = signals.Signals(self.signal).name
        if not detail and self.exit_code is not None:
            detail = f"exit {self.exit_code}"
        return f"{self.verdict.value} ({detail})" if detail else self.verdict.value

    def complaints(self, execution: Execution, limits: Limits) -> list[str]:
        """What is not as it must be."""
        judgement = judge_execution(execution, limits, MemoryExhaustion())
        verdict = judgement.verdict if judgement else None
        seen: list[tuple[str, object, object]] = [
            ("verdict", verdict, self.verdict),
            ("first limit", execution.first_limit, self.limit),
            ("signal", execution.signal, self.signal if self.signal is not None else execution.signal),
            ("exit code", execution.exit_code, self.exit_code if self.exit_code is not None else execution.exit_code),
            ("output", execution.stdout_head, self.output if self.output is not None else execution.stdout_head),
        ]
        found = [f"{what}: {is_!r}, not {wanted!r}" for what, is_, wanted in seen if is_ != wanted]
        if execution.memory < self.memory:
            found.append(f"memory: {execution.memory}, not {self.memory}")
        if self.stderr not in execution.stderr_head:
            found.append(f"stderr: {execution.stderr_head!r} without {self.stderr!r}")
        return found


HELD = Ends(output=b"held\n")
"""Everything that the program tried was refused or in vain, as it found itself."""
OUT_OF_CPU = Ends(verdict=Verdict.TLE, limit=Limit.CPU_TIME)
ASLEEP = Ends(verdict=Verdict.TLE, limit=Limit.WALL_TIME)
OUT_OF_MEMORY = Ends(verdict=Verdict.MLE, limit=Limit.MEMORY)
TALKATIVE = Ends(verdict=Verdict.OLE, limit=Limit.OUTPUT)


def crashed(number: int) -> Ends:
    """Ended by this signal of its own."""
    return Ends(verdict=Verdict.RTE, signal=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """``ends`` is the outcome at the level of namespaces; ``landlock``, ``ungrouped`` (where no control group counts
    memory) and ``landlock_ungrouped`` (both) are what differs from it, the last that is given wins.

    ``limits`` replaces fields of ``tests.attacks.engine.LIMITS``. ``seconds`` bounds the run with all that surrounds
    it, on a machine that does other things too.
    """

    name: str
    tries: str
    program: str
    ends: Ends
    arguments: tuple[str, ...] = ()
    landlock: Ends | None = None
    ungrouped: Ends | None = None
    landlock_ungrouped: Ends | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)
    stdin: bytes = b""
    role: Role = "program"
    artefacts: frozenset[str] | None = None
    """What exactly is collected of the box; None: that is no matter."""
    or_else: Ends | None = None
    """Another outcome that is as good: which of both it is depends on the kernel."""
    seconds: float = 12.0
    needs: Literal["", "x86_64", "group"] = ""
    late: bool = False
    """Whether the kernel may free what it held some time after the run, so that the next is billed a part of it: a
    known weakness, which docs/security.md tells of.
    """
    broken: str = ""
    """Why it is expected to fail as yet."""

    def expected(self, *, reduced: bool, grouped: bool) -> Ends:
        """The outcome where it runs."""
        candidates = [self.ends]
        if not grouped:
            candidates.append(self.ungrouped or self.ends)
        if reduced:
            candidates.append(self.landlock or candidates[-1])
        if reduced and not grouped:
            candidates.append(self.landlock_ungrouped or candidates[-1])
        return candidates[-1]
