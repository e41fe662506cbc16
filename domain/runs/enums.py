from enum import StrEnum


class Limit(StrEnum):
    """A limit that a run can pass. The values are part of the launcher's protocol and of stored results."""

    OUTPUT = "output"
    CPU_TIME = "cpuTime"
    WALL_TIME = "wallTime"
    MEMORY = "memory"


class Ending(StrEnum):
    """How a run ended, apart from whether its output is right."""

    EXITED = "exited"
    """The program ended by itself; ``exit_code`` says how."""
    SIGNALED = "signaled"
    """A signal that the program or the kernel sent ended it; ``signal`` says which."""
    KILLED = "killed"
    """The sandbox ended it at a limit; ``Execution.first_limit`` says at which."""
    CANCELLED = "cancelled"
    """The worker asked for the end."""
