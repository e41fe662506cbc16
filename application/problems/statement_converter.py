"""Gateway to what makes HTML of statements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from application.sandbox import Sandbox

CONVERTIBLE = ("markdown", "latex")
"""Of two texts in one language the first is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementSource:
    """A text in one of CONVERTIBLE. ``texts`` are parts that it may take in, ``pictures`` the names of what it may
    show; ``package_format`` tells its dialect ("kattis", "polygon", "dmoj" …).
    """

    format: str
    language: str
    title: str
    text: bytes = field(repr=False)
    texts: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    pictures: tuple[str, ...] = ()
    package_format: str = ""


@dataclass(frozen=True, slots=True)
class Converted:
    """``html`` is a whole, sanitised page; None: the text could not be converted, ``complaint`` says why."""

    html: bytes | None
    complaint: str = ""


class StatementConverter(Protocol):
    """Whatever the machine has for it."""

    @property
    def missing(self) -> str:
        """Why nothing can be converted here, with the cure; "": it can."""

    async def convert(self, sandbox: Sandbox, source: StatementSource) -> Converted:
        """In the sandbox, like a compiler. Raises SandboxFailure."""
