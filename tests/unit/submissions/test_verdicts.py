"""Every row of the order of verdicts (docs: judging), and its human sentence."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.languages.entities import MemoryExhaustion
from domain.runs.entities import Execution, Limits
from domain.runs.enums import Ending, Limit
from domain.submissions.entities import CheckResult
from domain.submissions.verdicts import judge_check, judge_execution
from domain.verdicts import Verdict

MIB = 1024 * 1024
LIMITS = Limits(
    cpu_time=timedelta(seconds=1),
    wall_time=timedelta(seconds=3),
    memory=256 * MIB,
    output=64 * MIB,
    processes=64,
    stack=256 * MIB,
    file_size=64 * MIB,
    open_files=64,
)
FINE = Execution(
    ending=Ending.EXITED,
    exit_code=0,
    signal=None,
    cpu_time=timedelta(milliseconds=10),
    wall_time=timedelta(milliseconds=12),
    memory=3 * MIB,
    limits_passed=(),
    stdout_size=2,
    stderr_size=0,
    stdout_head=b"1\n",
    stderr_head=b"",
    isolation="namespaces",
)
JAVA = MemoryExhaustion(exit_codes=(3,), stderr_marks=(b"java.lang.OutOfMemoryError",))
PLAIN = MemoryExhaustion()


def ended(**changes: object) -> Execution:
    return replace(FINE, **changes)  # type: ignore[arg-type]


def killed(*limits: Limit, **changes: object) -> Execution:
    return ended(ending=Ending.KILLED, exit_code=None, signal=9, limits_passed=limits, **changes)


SLOW = timedelta(seconds=1.25)
LONG = timedelta(seconds=3.5)
ROWS = [
    (FINE, PLAIN, None, ""),
    (killed(Limit.OUTPUT), PLAIN, Verdict.OLE, "output limit exceeded: wrote more than 64 MiB"),
    (killed(Limit.CPU_TIME, cpu_time=SLOW), PLAIN, Verdict.TLE, "cpu time limit exceeded: used 1.25 s, limit 1 s"),
    (
        ended(limits_passed=(Limit.CPU_TIME,), cpu_time=timedelta(seconds=1.1)),
        PLAIN,
        Verdict.TLE,
        "cpu time limit exceeded: used 1.1 s, limit 1 s",
    ),
    (
        killed(Limit.WALL_TIME, wall_time=LONG),
        PLAIN,
        Verdict.TLE,
        "wall time limit exceeded: ran for 3.5 s, limit 3 s (cpu time used: 0.01 s)",
    ),
    (
        killed(Limit.MEMORY, memory=256 * MIB),
        PLAIN,
        Verdict.MLE,
        "memory limit exceeded: used 256 MiB, limit 256 MiB",
    ),
    # the limit that was hit first decides; the message names every one
    (
        killed(Limit.MEMORY, Limit.CPU_TIME, cpu_time=SLOW, memory=256 * MIB),
        PLAIN,
        Verdict.MLE,
        "memory limit exceeded: used 256 MiB, limit 256 MiB; cpu time limit exceeded: used 1.25 s, limit 1 s",
    ),
    (
        killed(Limit.OUTPUT, Limit.WALL_TIME, wall_time=LONG),
        PLAIN,
        Verdict.OLE,
        (
            "output limit exceeded: wrote more than 64 MiB; "
            "wall time limit exceeded: ran for 3.5 s, limit 3 s (cpu time used: 0.01 s)"
        ),
    ),
    (
        ended(ending=Ending.SIGNALED, exit_code=None, signal=11),
        PLAIN,
        Verdict.RTE,
        "killed by signal 11 (SIGSEGV, Segmentation fault)",
    ),
    (ended(exit_code=3), PLAIN, Verdict.RTE, "exited with code 3"),
    # a limit outranks a crash
    (
        ended(exit_code=1, limits_passed=(Limit.CPU_TIME,), cpu_time=SLOW),
        PLAIN,
        Verdict.TLE,
        "cpu time limit exceeded: used 1.25 s, limit 1 s",
    ),
    # memory that ran out inside the limit: the peak, the exit code, the mark on stderr
    (
        ended(ending=Ending.SIGNALED, exit_code=None, signal=6, memory=250 * MIB),
        PLAIN,
        Verdict.MLE,
        "memory limit exceeded: used 250 MiB, limit 256 MiB",
    ),
    (ended(exit_code=3), JAVA, Verdict.MLE, "memory limit exceeded: used 3 MiB, limit 256 MiB"),
    (
        ended(exit_code=1, stderr_head=b"Exception in thread main java.lang.OutOfMemoryError: heap"),
        JAVA,
        Verdict.MLE,
        "memory limit exceeded: used 3 MiB, limit 256 MiB",
    ),
    # near the memory limit but well: the checker decides
    (ended(memory=255 * MIB), PLAIN, None, ""),
    (ended(stderr_head=b"java.lang.OutOfMemoryError, caught"), JAVA, None, ""),
]


@pytest.mark.parametrize(("execution", "exhaustion", "verdict", "message"), ROWS)
def test_ends(execution: Execution, exhaustion: MemoryExhaustion, verdict: Verdict | None, message: str) -> None:
    judgement = judge_execution(execution, LIMITS, exhaustion)
    if verdict is None:
        assert judgement is None
    else:
        assert judgement is not None
        assert (judgement.verdict, judgement.message, judgement.share) == (verdict, message, 0.0)


@pytest.mark.parametrize(
    ("check", "share", "message"),
    [
        (CheckResult(Verdict.AC, 1.0), 1.0, ""),
        (CheckResult(Verdict.WA, 0.0, "token 3: expected 7, got 8"), 0.0, "wrong answer"),
        (CheckResult(Verdict.PE, 0.0), 0.0, "presentation error"),
        (CheckResult(Verdict.PA, 0.4, "4 of 10"), 0.4, "partially correct"),
        (CheckResult(Verdict.PA, 7.0), 1.0, "partially correct"),
    ],
)
def test_checker_decides_what_ended_well(check: CheckResult, share: float, message: str) -> None:
    judgement = judge_check(check)
    assert (judgement.verdict, judgement.share, judgement.message) == (check.verdict, share, message)
    assert judgement.comment == check.comment
