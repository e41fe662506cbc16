"""Tokens that are numbers within a tolerance: decimal syntax as C has it, and never what only Python takes for one."""

import math
import re
from dataclasses import dataclass

LONGEST_NUMBER = 10_000
_DECIMAL = re.compile(rb"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ENDLESS = re.compile(rb"([+-]?)(?:(inf)(?:inity)?|nan)", re.IGNORECASE)
_NUMERIC = b"0123456789+-.eE "


def parse_number(token: bytes) -> float | None:
    """A finite decimal number, an infinity or NaN; None: a word. ``1e999`` is an infinity, as for C."""
    if len(token) > LONGEST_NUMBER:
        return None
    if _DECIMAL.fullmatch(token):
        return float(token)
    if endless := _ENDLESS.fullmatch(token):
        return math.copysign(math.inf, -1 if endless[1] == b"-" else 1) if endless[2] else math.nan
    return None


@dataclass(frozen=True, slots=True)
class Tolerance:
    """``|output − answer|`` may be ``absolute``, or ``relative`` × ``|answer|``: either suffices."""

    absolute: float
    relative: float
    fold: bool

    def accepts(self, output: bytes, answer: bytes) -> bool:
        """Whether a token of the output will do; it must be equal where the answer's is no number."""
        if output == answer or (self.fold and output.lower() == answer.lower()):
            return True
        right = parse_number(answer)
        ours = None if right is None else parse_number(output)
        if right is None or ours is None:
            return False
        if math.isnan(right) or math.isnan(ours):
            return math.isnan(right) and math.isnan(ours)
        return self._near(ours, right)

    def first_wrong(self, outputs: list[bytes], answers: list[bytes]) -> int | None:
        """Index of the first pair that is not accepted; the lists are of one length."""
        differing = [i for i, (ours, right) in enumerate(zip(outputs, answers, strict=True)) if ours != right]
        numbers = _all_numbers([outputs[i] for i in differing])
        expected = None if numbers is None else _all_numbers([answers[i] for i in differing])
        if numbers is None or expected is None:
            return next((i for i in differing if not self.accepts(outputs[i], answers[i])), None)
        near, absolute = self._near, self.absolute
        for index, ours, right in zip(differing, numbers, expected, strict=True):
            if not (abs(ours - right) <= absolute or near(ours, right)):
                return index
        return None

    def _near(self, ours: float, right: float) -> bool:
        if ours == right:
            return True
        if math.isinf(ours) or math.isinf(right):
            return False
        gap = abs(ours - right)
        return gap <= self.absolute or gap <= self.relative * abs(right)


def _all_numbers(tokens: list[bytes]) -> list[float] | None:
    """All at once, if they are nothing but decimal numbers of ordinary length."""
    text = b" ".join(tokens)
    if text.translate(None, _NUMERIC) or len(max(tokens, key=len, default=b"")) > LONGEST_NUMBER:
        return None
    try:
        return list(map(float, tokens))
    except ValueError:
        return None
