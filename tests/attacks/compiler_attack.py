"""What one attack on a compiler is: a source, and the compile error that it must end in."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CompilerAttack:
    """``source`` is given the path of the secret. ``message`` is a regular expression that the sentence of the compile
    error matches, ``output`` one that is found in what the compiler printed. The secret is in neither.
    """

    name: str
    tries: str
    source: Callable[[str], str]
    message: str
    output: str = ""
    language: str = "c17"
    seconds: float = 25.0

    def __str__(self) -> str:
        return "CE"


def fixed(text: str) -> Callable[[str], str]:
    """A source that does not ask for the secret."""
    return lambda _secret: text
