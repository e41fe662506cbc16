from dataclasses import dataclass
from datetime import timedelta

from domain.runs.enums import Ending, Limit


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a submission. ``name`` is a single path component; ``content`` is what the client sent, byte for
    byte.
    """

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may use; every field is enforced by the sandbox.

    ``memory``, ``stack``, ``output`` (stdout and stderr together) and ``file_size`` are bytes; ``memory`` is that of
    the whole process tree, ``cpu_time`` the user and system time of every process of the run.
    """

    cpu_time: timedelta
    wall_time: timedelta
    memory: int
    output: int
    processes: int
    stack: int
    file_size: int
    open_files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """How one run ended: a value, never an exception.

    ``cpu_time``, ``wall_time`` and ``memory`` (peak, bytes, whole tree) come from the kernel. ``limits_passed`` names
    every limit that was passed, in the order in which that was noticed; ``first_limit`` is its first. ``stdout_head``
    and ``stderr_head`` are the first 4 KiB. ``isolation`` names the layers that were on, joined by "+".
    """

    ending: Ending
    exit_code: int | None
    signal: int | None
    cpu_time: timedelta
    wall_time: timedelta
    memory: int
    limits_passed: tuple[Limit, ...]
    stdout_size: int
    stderr_size: int
    stdout_head: bytes
    stderr_head: bytes
    isolation: str

    @property
    def first_limit(self) -> Limit | None:
        """The limit that was passed first, if any."""
        return self.limits_passed[0] if self.limits_passed else None

    @property
    def succeeded(self) -> bool:
        """Whether the program ended by itself with code 0 within every limit."""
        return self.ending is Ending.EXITED and self.exit_code == 0 and not self.limits_passed
