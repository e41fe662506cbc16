"""Several processes of one submission, as one end."""

import signal
from dataclasses import replace
from datetime import timedelta

from domain.runs.entities import Execution
from domain.runs.enums import Ending, Limit
from domain.runs.first_end import End
from domain.runs.joint_end import joint_end
from tests.unit.judging.saying import execution

SECOND = timedelta(seconds=1)
GOOD = execution(0)  # half a second of cpu time, a second of wall time
CRASHED = execution(1)
LOST = execution(None, ending=Ending.SIGNALED, signal=signal.SIGPIPE)


def ends(*executions: Execution) -> list[End]:
    return [End(each, number * SECOND) for number, each in enumerate(executions)]


def test_one_process_is_itself() -> None:
    (end,) = ends(CRASHED)
    assert joint_end([end], SECOND) is end


def test_cpu_time_adds_up_and_the_rest_is_the_greatest() -> None:
    larger = replace(GOOD, memory=99, wall_time=7 * SECOND)
    joint = joint_end(ends(GOOD, larger), SECOND).execution
    assert (joint.cpu_time, joint.wall_time, joint.memory) == (SECOND, 7 * SECOND, GOOD.memory)
    assert joint.succeeded


def test_the_sum_is_held_against_the_limit() -> None:
    joint = joint_end(ends(GOOD, GOOD, GOOD), SECOND).execution
    assert joint.limits_passed == (Limit.CPU_TIME,)
    assert joint_end(ends(GOOD, GOOD, CRASHED), SECOND).execution.limits_passed == ()


def test_the_first_that_failed_by_itself_decides() -> None:
    assert joint_end(ends(GOOD, CRASHED, execution(9)), SECOND).execution.exit_code == 1
    assert joint_end(ends(LOST, CRASHED), SECOND).ended_at == SECOND
    assert joint_end(ends(GOOD, LOST), SECOND).execution.signal == signal.SIGPIPE
