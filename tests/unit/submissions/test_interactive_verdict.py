"""Both ends of a conversation, and the verdict that follows."""

import signal
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.languages.entities import MemoryExhaustion
from domain.runs.entities import Execution, Limits
from domain.runs.enums import Ending, Limit
from domain.runs.first_end import TOLERANCE, End
from domain.submissions.entities import CheckResult
from domain.submissions.interactive_verdict import judge_conversation
from domain.submissions.verdicts import judge_execution
from domain.verdicts import Verdict
from tests.unit.judging.saying import execution

AC, WA, PE, PA, TLE, MLE, RTE = (
    Verdict.AC, Verdict.WA, Verdict.PE, Verdict.PA, Verdict.TLE, Verdict.MLE, Verdict.RTE
)  # fmt: skip
LIMITS = Limits(
    cpu_time=timedelta(seconds=1), wall_time=timedelta(seconds=3), memory=64 << 20, output=1 << 20, processes=1,
    stack=1 << 20, file_size=1 << 20, open_files=16,
)  # fmt: skip
BEFORE, ABOUT, AFTER = -2 * TOLERANCE, timedelta(milliseconds=3), 2 * TOLERANCE
"""When the program ended, seen from the interactor's end."""
ANY = (BEFORE, -ABOUT, ABOUT, AFTER)


def died(number: int) -> Execution:
    return execution(None, ending=Ending.SIGNALED, signal=number)


def killed(limit: Limit) -> Execution:
    return execution(None, ending=Ending.KILLED, signal=signal.SIGKILL, passed=(limit,))


WELL, FAILED = execution(0), execution(1)
OVER = execution(0, passed=(Limit.CPU_TIME,))
BROKEN_PIPE = died(signal.SIGPIPE)
BROKEN_PIPE_IN_PYTHON = replace(FAILED, stderr_head=b"Traceback:\nBrokenPipeError: [Errno 32] Broken pipe\n")
BROKEN_PIPE_IN_A_SHELL = execution(141)
CRASHED, SLOW, FAT = died(signal.SIGSEGV), killed(Limit.CPU_TIME), killed(Limit.MEMORY)


def verdict(program: Execution, when: timedelta, interactor: Execution, said: Verdict | None) -> Verdict | None:
    result = None if said is None else CheckResult(said, 1.0 if said is AC else 0.0)
    now = timedelta(hours=1)
    own = judge_execution(program, LIMITS, MemoryExhaustion())
    judged = judge_conversation(End(program, now + when), own, End(interactor, now), result)
    return None if judged is None else judged.verdict


@pytest.mark.parametrize(
    ("program", "said", "expected", "whenever"),
    [
        (WELL, AC, AC, ANY),
        (WELL, WA, WA, ANY),
        (WELL, PE, PE, ANY),
        (WELL, PA, PA, ANY),
        (FAILED, AC, RTE, ANY),
        (CRASHED, AC, RTE, ANY),
        (SLOW, AC, TLE, ANY),
        (OVER, AC, TLE, ANY),
        (FAT, PA, MLE, ANY),
        (BROKEN_PIPE, AC, AC, ANY),
        (BROKEN_PIPE_IN_PYTHON, AC, AC, ANY),
        (BROKEN_PIPE_IN_A_SHELL, AC, AC, ANY),
        (BROKEN_PIPE, WA, WA, ANY),
        (BROKEN_PIPE_IN_PYTHON, WA, WA, ANY),
        (FAILED, WA, RTE, (BEFORE,)),
        (FAILED, WA, WA, (-ABOUT, ABOUT, AFTER)),
        (CRASHED, WA, RTE, (BEFORE,)),
        (CRASHED, PE, PE, (-ABOUT, ABOUT, AFTER)),
        (SLOW, WA, TLE, (BEFORE, -ABOUT, ABOUT)),
        (SLOW, WA, WA, (AFTER,)),
        (OVER, WA, TLE, (BEFORE, -ABOUT, ABOUT)),
        (OVER, WA, WA, (AFTER,)),
        (FAT, WA, WA, (AFTER,)),
    ],
)
def test_who_has_judged(program: Execution, said: Verdict, expected: Verdict, whenever: tuple[timedelta, ...]) -> None:
    for when in whenever:
        assert verdict(program, when, WELL, said) is expected, when


@pytest.mark.parametrize(
    ("program", "interactor", "expected", "whenever"),
    [
        (WELL, FAILED, None, ANY),
        (WELL, SLOW, None, ANY),
        (WELL, BROKEN_PIPE, WA, ANY),
        (WELL, BROKEN_PIPE_IN_PYTHON, WA, ANY),
        (FAILED, FAILED, RTE, (BEFORE,)),
        (FAILED, FAILED, None, (-ABOUT, ABOUT, AFTER)),
        (FAILED, BROKEN_PIPE, RTE, ANY),
        (CRASHED, FAILED, RTE, (BEFORE,)),
        (CRASHED, FAILED, None, (-ABOUT, ABOUT, AFTER)),
        (SLOW, FAILED, TLE, (BEFORE, -ABOUT, ABOUT)),
        (SLOW, SLOW, TLE, (BEFORE,)),
        (SLOW, SLOW, None, (AFTER,)),
        (BROKEN_PIPE, FAILED, None, ANY),
        (BROKEN_PIPE, BROKEN_PIPE, None, ANY),
    ],
)
def test_an_interactor_that_broke_its_contract(
    program: Execution, interactor: Execution, expected: Verdict | None, whenever: tuple[timedelta, ...]
) -> None:
    for when in whenever:
        assert verdict(program, when, interactor, None) is expected, when


def test_sentences_are_those_of_whoever_decided() -> None:
    now = timedelta()
    said = CheckResult(WA, 0.0, "the secret was 7", "too many questions")
    own = judge_execution(CRASHED, LIMITS, MemoryExhaustion())
    interactors = judge_conversation(End(CRASHED, AFTER), own, End(WELL, now), said)
    programs = judge_conversation(End(CRASHED, BEFORE), own, End(WELL, now), said)
    assert interactors is not None
    assert programs is not None
    assert (interactors.message, interactors.comment) == ("wrong answer; too many questions", "the secret was 7")
    assert (programs.message, programs.comment) == ("killed by signal 11 (SIGSEGV, Segmentation fault)", "")
