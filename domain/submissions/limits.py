"""The limits in force for one submission: the problem's, made fair to the language."""

from datetime import timedelta

from domain.problems.entities import ProblemLimits
from domain.runs.entities import Limits

MIB = 1024 * 1024
DEFAULT_CPU_TIME = timedelta(seconds=1)
DEFAULT_MEMORY = 256 * MIB
DEFAULT_OUTPUT = 64 * MIB
DEFAULT_PROCESSES = 64
DEFAULT_FILE_SIZE = 64 * MIB
DEFAULT_OPEN_FILES = 256
WALL_FACTOR = 2
WALL_ADDITION = timedelta(seconds=1)
"""Wall time by default: 2 × cpu + 1 s; it catches sleepers."""


def effective_limits(limits: ProblemLimits, *, time_factor: float = 1.0, memory_addition: int = 0) -> Limits:
    """What the program really gets: the problem's limits or the defaults, times multiplied, memory added to."""
    cpu_time = (limits.cpu_time or DEFAULT_CPU_TIME) * time_factor
    wall_time = limits.wall_time * time_factor if limits.wall_time else WALL_FACTOR * cpu_time + WALL_ADDITION
    memory = (limits.memory or DEFAULT_MEMORY) + memory_addition
    return Limits(
        cpu_time=cpu_time,
        wall_time=wall_time,
        memory=memory,
        output=limits.output or DEFAULT_OUTPUT,
        processes=limits.processes or DEFAULT_PROCESSES,
        stack=limits.stack or memory,
        file_size=limits.file_size or DEFAULT_FILE_SIZE,
        open_files=limits.open_files or DEFAULT_OPEN_FILES,
    )
