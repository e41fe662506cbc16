"""Flags of the ICPC format's default output validator. Source: the Kattis/ICPC problem package format, legacy and
2025-09: ``float_tolerance`` is both an absolute and a relative one, each alone suffices; tokens are compared without
regard to case unless told otherwise.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

from domain.exceptions import Invalid
from domain.problems.entities import CheckerSpec
from domain.problems.enums import CheckerType

_TOLERANCES: Mapping[str, tuple[str, ...]] = {
    "float_tolerance": ("absolute", "relative"),
    "float_absolute_tolerance": ("absolute",),
    "float_relative_tolerance": ("relative",),
}
_OTHERS = ("case_sensitive", "space_change_sensitive")


@lru_cache(maxsize=256)
def default_validator(flags: tuple[str, ...]) -> CheckerSpec:
    """The comparison that these flags ask for; unknown ones are passed over (``unknown_flags``). Raises Invalid for a
    tolerance that is no number.
    """
    tolerances: dict[str, float] = {}
    words = iter(flags)
    for word in words:
        if word in _TOLERANCES:
            tolerances |= dict.fromkeys(_TOLERANCES[word], _tolerance(word, next(words, "")))
    return CheckerSpec(
        type=CheckerType.FLOAT if tolerances else CheckerType.TOKENS,
        absolute=tolerances.get("absolute"),
        relative=tolerances.get("relative"),
        case_sensitive="case_sensitive" in flags,
        space_sensitive="space_change_sensitive" in flags,
    )


def unknown_flags(flags: Sequence[str]) -> list[str]:
    """Those that the default validator does not know."""
    unknown: list[str] = []
    words = iter(flags)
    for word in words:
        if word in _TOLERANCES:
            next(words, "")
        elif word not in _OTHERS:
            unknown.append(word)
    return unknown


def _tolerance(flag: str, word: str) -> float:
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise Invalid.field("/checker", f"{flag} needs a number after it that is not negative, not {word[:40]!r}")
    return number
