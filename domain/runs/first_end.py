"""Which of several programs that talked to each other ended first: it decides whose end was the cause."""

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from domain.runs.entities import Execution
from domain.runs.enums import Ending

TOLERANCE = timedelta(milliseconds=20)
"""Ends closer than this are not told apart by the clock. An end is noticed when a process that waits for it gets the
processor; a peer that reads the end of its input may be gone by then. Of pairs that end so, on one core, up to 29
in 100 were noticed in the wrong order, by up to 10 ms."""

_BROKEN_PIPE = (b"BrokenPipeError", b"Broken pipe")
_SHELLS_SIGPIPE = 128 + signal.SIGPIPE


@dataclass(frozen=True, slots=True)
class End:
    """How one of the programs ended, and when, by a clock that all of them share."""

    execution: Execution
    ended_at: timedelta


def first_to_end(ends: Sequence[End], tolerance: timedelta = TOLERANCE) -> int | None:
    """Its index; None where that cannot be told, so that a verdict never hangs on which process was scheduled first.

    Within the tolerance the ends themselves speak: a broken pipe, or an end that the worker asked for, follows another
    end; one at a limit follows none.
    """
    if not ends:
        raise ValueError("nobody to end")
    earliest = min(end.ended_at for end in ends)
    close = [index for index, end in enumerate(ends) if end.ended_at - earliest < tolerance]
    if len(close) == 1:
        return close[0]
    at_limits = [index for index in close if ends[index].execution.ending is Ending.KILLED]
    causes = at_limits or [index for index in close if not _follows(ends[index].execution)]
    return causes[0] if len(causes) == 1 else None


def hung_up(execution: Execution) -> bool:
    """Whether it ended because nobody read its pipe any more: SIGPIPE, a shell's exit code for it, or where a runtime
    ignores that signal (Python, Java) a failure that speaks of a broken pipe.
    """
    if execution.ending is Ending.SIGNALED:
        return execution.signal == signal.SIGPIPE
    if execution.ending is not Ending.EXITED or execution.limits_passed or not execution.exit_code:
        return False
    return execution.exit_code == _SHELLS_SIGPIPE or any(mark in execution.stderr_head for mark in _BROKEN_PIPE)


def _follows(execution: Execution) -> bool:
    return execution.ending is Ending.CANCELLED or execution.signal == signal.SIGPIPE
