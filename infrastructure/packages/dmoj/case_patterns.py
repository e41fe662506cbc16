"""Cases that are found by the names of their files."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

INPUT = r"^(?=.*?\.in|in).*?(?:(?:^|\W)(?P<batch>\d+)[^\d\s]+)?(?P<case>\d+)[^\d\s]*$"
OUTPUT = r"^(?=.*?\.out|out).*?(?:(?:^|\W)(?P<batch>\d+)[^\d\s]+)?(?P<case>\d+)[^\d\s]*$"
"""DMOJ's defaults. Source: the judge's ``dmoj/problem.py``."""
MAX_PATTERN = 1000

Key = tuple[int, int, str]


class BadPattern(Exception):
    """``reason`` is for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Found:
    """A batch with its cases, or (``batch`` None) one case: each the names of its input and its output, or ""."""

    batch: str | None
    cases: Sequence[tuple[str, str]]


def find_cases(names: Iterable[str], input_format: str, output_format: str) -> list[Found]:
    """In DMOJ's order: words before numbers. Raises BadPattern."""
    pairs: dict[Key, dict[Key, dict[bool, str]]] = {}
    batches: dict[Key, str] = {}
    listed = sorted(names)
    for is_output, text in ((False, input_format), (True, output_format)):
        pattern = _compiled(text)
        for name in listed:
            match = pattern.match(name)
            if match is None:
                continue
            groups = match.groupdict()
            batch, case = groups.get("batch"), groups.get("case")
            if case is None:
                raise BadPattern("finds no number of a case: name a group 'case'")
            if batch is not None:
                batches[_key(batch)] = batch
            pairs.setdefault(_key(case if batch is None else batch), {}).setdefault(_key(case), {})[is_output] = name
    found: list[Found] = []
    for key in sorted(pairs):
        cases = [(files.get(False, ""), files.get(True, "")) for _, files in sorted(pairs[key].items())]
        if key not in batches and len(cases) > 1:
            raise BadPattern(f"finds the same case more than once: {cases[0][0][:80]!r}")
        found.append(Found(batches.get(key), cases))
    return found


def _compiled(text: str) -> "re.Pattern[str]":
    if len(text) > MAX_PATTERN:
        raise BadPattern(f"has more than {MAX_PATTERN} characters")
    try:
        return re.compile(text, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        raise BadPattern(f"is not a regular expression: {str(error)[:100]}") from None


def _key(text: str) -> Key:
    """Numbers by their value, after words."""
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return 1, int(text), ""
    return 0, 0, text
