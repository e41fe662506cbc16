from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a proof stands. ``step``: "generate", "validate" or "judge"; ``done`` of ``total``, in tests or
    submissions; ``detail`` names the one that was done last.
    """

    step: str
    done: int
    total: int
    detail: str = ""


Report = Callable[[Progress], None]
