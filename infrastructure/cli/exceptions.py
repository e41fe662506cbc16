"""Why a mode cannot go on.

CommandError                a sentence for the user and the exit code
├── WrongSettings           2: a setting has a value that it cannot have
├── HostCannot              3: this machine lacks something; the sentence names the cure
└── CommandFailed           1: it was tried and did not work
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the process ends with."""

    OK = 0
    FAILED = 1
    USAGE = 2
    HOST_CANNOT = 3
    INTERRUPTED = 130


class CommandError(Exception):
    """Base of the errors here."""

    code: ClassVar[ExitCode] = ExitCode.FAILED


class CommandFailed(CommandError):
    """It was tried and did not work."""


@dataclass(frozen=True, slots=True)
class WrongSetting:
    """One setting, by the name of its environment variable."""

    name: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}={self.value}: {self.reason}" if self.value else f"{self.name} {self.reason}"


class WrongSettings(CommandError):
    """Settings with values that they cannot have."""

    code = ExitCode.USAGE

    def __init__(self, settings: Sequence[WrongSetting]) -> None:
        super().__init__(settings)
        self.settings = tuple(settings)

    def __str__(self) -> str:
        lines = "\n".join(f"  {setting}" for setting in self.settings)
        return f"wrong settings (from the environment or .env; .env.example explains each):\n{lines}"


class HostCannot(CommandError):
    """This machine lacks something."""

    code = ExitCode.HOST_CANNOT

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what, cure)
        self.what, self.cure = what, cure

    def __str__(self) -> str:
        return f"{self.what}\n{self.cure}"
