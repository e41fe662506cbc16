"""The verdict of one test: one pure function of how the program ended and what the checker says.

The order: the limit that was hit first, then signal or exit code, then the checker. A managed runtime, or a program
whose malloc gave null, ends by an exception when memory runs out: an abnormal end with a peak of at least 95 % of the
limit, or with a mark that its language names, is MLE too. Judge errors and skipped tests never come here.
"""

import signal as signals
from dataclasses import dataclass

from domain.languages.entities import MemoryExhaustion
from domain.runs.entities import Execution, Limits
from domain.runs.enums import Ending, Limit
from domain.runs.units import size_text, time_text
from domain.submissions.entities import CheckResult
from domain.verdicts import Verdict

NEAR_MEMORY_LIMIT = 0.95
_OF_LIMIT = {
    Limit.OUTPUT: Verdict.OLE,
    Limit.CPU_TIME: Verdict.TLE,
    Limit.WALL_TIME: Verdict.TLE,
    Limit.MEMORY: Verdict.MLE,
}
_SENTENCE = {
    Verdict.AC: "",
    Verdict.WA: "wrong answer",
    Verdict.PE: "presentation error",
    Verdict.PA: "partially correct",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its sentence for people. ``comment`` is the checker's: it may tell of the answer, so that it is
    kept apart from the sentence, and shown only to those who may see the test. ``points``: see CheckResult.
    """

    verdict: Verdict
    message: str
    share: float = 0.0
    comment: str = ""
    points: float | None = None


def judge_execution(execution: Execution, limits: Limits, exhaustion: MemoryExhaustion) -> Judgement | None:
    """The verdict of an execution that did not end well; None: it did, and the checker decides."""
    passed = _limits_passed(execution, limits, exhaustion)
    if passed:
        message = "; ".join(limit_sentence(limit, execution, limits) for limit in passed)
        return Judgement(_OF_LIMIT[passed[0]], message)
    if execution.ending is Ending.SIGNALED and execution.signal is not None:
        return Judgement(Verdict.RTE, f"killed by {signal_text(execution.signal)}")
    if execution.exit_code != 0:
        return Judgement(Verdict.RTE, f"exited with code {execution.exit_code}")
    return None


def judge_check(check: CheckResult) -> Judgement:
    """The verdict of an execution that ended well."""
    share = 1.0 if check.verdict is Verdict.AC else min(max(check.share, 0.0), 1.0)
    message = "; ".join(filter(None, (_SENTENCE[check.verdict], check.note)))
    return Judgement(check.verdict, message, share, check.comment, check.points)


def signal_text(number: int) -> str:
    """``11`` → ``"signal 11 (SIGSEGV, Segmentation fault)"``."""
    try:
        name = signals.Signals(number).name
    except ValueError:
        return f"signal {number}"
    return f"signal {number} ({name}, {signals.strsignal(number)})"


def _limits_passed(execution: Execution, limits: Limits, exhaustion: MemoryExhaustion) -> tuple[Limit, ...]:
    passed = execution.limits_passed
    if not execution.succeeded and Limit.MEMORY not in passed and _memory_ran_out(execution, limits, exhaustion):
        passed = (*passed, Limit.MEMORY)
    return passed


def _memory_ran_out(execution: Execution, limits: Limits, exhaustion: MemoryExhaustion) -> bool:
    if execution.ending not in (Ending.EXITED, Ending.SIGNALED) or execution.exit_code == 0:
        return False
    return (
        execution.memory >= NEAR_MEMORY_LIMIT * limits.memory
        or (execution.ending is Ending.EXITED and execution.exit_code in exhaustion.exit_codes)
        or any(mark in execution.stderr_head for mark in exhaustion.stderr_marks)
    )


def limit_sentence(limit: Limit, execution: Execution, limits: Limits) -> str:
    """Which limit, its value, and the value reached."""
    match limit:
        case Limit.CPU_TIME:
            return f"cpu time limit exceeded: used {time_text(execution.cpu_time)}, limit {time_text(limits.cpu_time)}"
        case Limit.WALL_TIME:
            return (
                f"wall time limit exceeded: ran for {time_text(execution.wall_time)}, "
                f"limit {time_text(limits.wall_time)} (cpu time used: {time_text(execution.cpu_time)})"
            )
        case Limit.MEMORY:
            return f"memory limit exceeded: used {size_text(execution.memory)}, limit {size_text(limits.memory)}"
        case Limit.OUTPUT:
            return f"output limit exceeded: wrote more than {size_text(limits.output)}"
