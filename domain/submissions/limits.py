"""The limits in force for one submission: the problem's, made fair to the language."""

from dataclasses import replace
from datetime import timedelta

from domain.languages.entities import LanguageId
from domain.problems.entities import ProblemLimits, Revision
from domain.problems.setup import LanguageLimits
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


def limits_for(
    revision: Revision, language: LanguageId, *, time_factor: float = 1.0, memory_addition: int = 0
) -> Limits:
    """Those of a problem for one language: what the problem says of the language goes before the language's own factor;
    a problem whose limits are ``absolute`` knows no factor of time (its format has none).
    """
    own = revision.setup.language_limits.get(language, LanguageLimits())
    limits = replace(
        revision.limits,
        cpu_time=own.cpu_time or revision.limits.cpu_time,
        memory=own.memory or revision.limits.memory,
    )
    if own.cpu_time is not None or revision.setup.absolute_limits:
        time_factor = 1.0
    return effective_limits(
        limits, time_factor=time_factor, memory_addition=0 if own.memory is not None else memory_addition
    )
