"""Who ended first: by the clock where it can tell, else by how they ended."""

from datetime import timedelta

import pytest

from domain.runs.entities import Execution
from domain.runs.enums import Ending, Limit
from domain.runs.first_end import TOLERANCE, End, first_to_end

LATER = TOLERANCE + timedelta(milliseconds=1)
SOON = timedelta(milliseconds=3)


def end(after: timedelta, ending: Ending = Ending.EXITED, *, code: int | None = None, signal: int | None = None) -> End:
    execution = Execution(
        ending=ending,
        exit_code=code,
        signal=signal,
        cpu_time=timedelta(),
        wall_time=timedelta(),
        memory=0,
        limits_passed=(Limit.CPU_TIME,) if ending is Ending.KILLED else (),
        stdout_size=0,
        stderr_size=0,
        stdout_head=b"",
        stderr_head=b"",
        isolation="namespaces",
    )
    return End(execution, timedelta(hours=5) + after)


NOW = timedelta()
SIGNALED, KILLED, CANCELLED = Ending.SIGNALED, Ending.KILLED, Ending.CANCELLED


@pytest.mark.parametrize(
    ("ends", "first"),
    [
        ([end(NOW, code=0)], 0),
        ([end(NOW, code=43), end(LATER, code=1)], 0),
        ([end(LATER, code=43), end(NOW, SIGNALED, signal=11)], 1),
        ([end(SOON, code=43), end(NOW, code=1)], None),
        ([end(SOON, code=43), end(NOW, SIGNALED, signal=11)], None),
        ([end(SOON, code=43), end(NOW, SIGNALED, signal=13)], 0),
        ([end(LATER, code=43), end(NOW, SIGNALED, signal=13)], 1),
        ([end(NOW, code=43), end(SOON, KILLED)], 1),
        ([end(NOW, KILLED), end(SOON, KILLED)], None),
        ([end(SOON, code=42), end(NOW, CANCELLED)], 0),
        ([end(NOW, SIGNALED, signal=13), end(SOON, SIGNALED, signal=13)], None),
        ([end(SOON, code=0), end(NOW, SIGNALED, signal=13), end(LATER, code=1)], 0),
    ],
)
def test_first_to_end(ends: list[End], first: int | None) -> None:
    assert first_to_end(ends) == first


def test_nobody() -> None:
    with pytest.raises(ValueError, match="nobody"):
        first_to_end([])
