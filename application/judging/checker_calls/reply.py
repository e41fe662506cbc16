"""What a setter's program said, read with suspicion: it may quote what the submission wrote."""

import math
import re

from application.judging.checker_call import Said
from application.judging.exceptions import SetterProgramBroken
from domain.runs.enums import Ending, Limit
from domain.submissions.entities import CheckResult
from domain.submissions.verdicts import signal_text
from domain.verdicts import Verdict

TEXT_SIZE = 4096
"""The most bytes of a comment or a note, in UTF-8."""
_COMPLAINT_SIZE = 512
_MOST_POINTS = 1e12
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_LONGEST_NUMBER = 64
_LIMITS = {
    Limit.OUTPUT: "printed more than its output limit",
    Limit.CPU_TIME: "ran out of cpu time",
    Limit.WALL_TIME: "ran out of wall time",
    Limit.MEMORY: "ran out of memory",
}
_EPSILON = 1e-9


def text_of(said: bytes, size: int = TEXT_SIZE) -> str:
    """Legible, without NUL and without white space around; at most ``size`` bytes in UTF-8."""
    text = said.decode(errors="replace").replace("\0", "\ufffd").strip()
    return text.encode()[:size].decode(errors="ignore")


def number_of(text: str) -> float | None:
    """A finite decimal number of sane size, alone but for white space around it; None: anything else."""
    text = text.strip()
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) and abs(number) <= _MOST_POINTS else None


def exit_code_of(said: Said, path: str) -> int:
    """Of a program that ended by itself within its limits; any other end breaks every protocol.

    Raises SetterProgramBroken.
    """
    execution = said.execution
    if execution.first_limit is not None:
        raise broken(path, _LIMITS[execution.first_limit], said)
    if execution.ending is Ending.SIGNALED and execution.signal is not None:
        raise broken(path, f"was killed by {signal_text(execution.signal)}", said)
    if execution.ending is not Ending.EXITED or execution.exit_code is None:
        raise broken(path, "was ended before it had judged", said)
    return execution.exit_code


def broken(path: str, what: str, said: Said) -> SetterProgramBroken:
    """To be raised, with what the program said: stderr's head, or stdout's where that is empty."""
    printed = text_of(said.stderr, _COMPLAINT_SIZE) or text_of(said.stdout, _COMPLAINT_SIZE)
    return SetterProgramBroken(path, f"{what}; it said: {printed}" if printed else what)


def graded(share: float, comment: str = "", note: str = "", points: float | None = None) -> CheckResult:
    """AC for all, WA for nothing, PA between."""
    share = min(max(share, 0.0), 1.0)
    if share >= 1.0 - _EPSILON:
        return CheckResult(Verdict.AC, 1.0, comment, note, points)
    return CheckResult(Verdict.PA if share > 0.0 else Verdict.WA, share, comment, note, points)
