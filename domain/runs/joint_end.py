"""The end of a submission that runs as several processes, each in a box of its own, as if it were one run."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from domain.runs.enums import Limit
from domain.runs.first_end import End, hung_up


def joint_end(ends: Sequence[End], cpu_limit: timedelta) -> End:
    """It ended as the first process that failed by itself did. Its cpu time is the sum, held against ``cpu_limit`` as a
    whole; memory is the greatest, since each box has the whole limit; wall time is the longest.

    Source: CMS, ``cms/grading/tasktypes/Communication.py`` and ``steps/stats.py`` (which adds up memory too).
    """
    if len(ends) == 1:
        return ends[0]
    failed = sorted((end for end in ends if not end.execution.succeeded), key=lambda end: end.ended_at)
    # whoever found its pipe broken has lost it to another that failed
    causes = [end for end in failed if not hung_up(end.execution)] or failed
    decides = causes[0] if causes else max(ends, key=lambda end: end.ended_at)
    total = sum((end.execution.cpu_time for end in ends), timedelta())
    passed = decides.execution.limits_passed
    if not failed and total > cpu_limit:
        passed = (Limit.CPU_TIME,)
    execution = replace(
        decides.execution,
        cpu_time=total,
        wall_time=max(end.execution.wall_time for end in ends),
        memory=max(end.execution.memory for end in ends),
        limits_passed=passed,
    )
    return End(execution, decides.ended_at)
