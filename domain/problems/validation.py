"""Rules for a problem's draft. Pure: every limit is passed in, every refusal names its field and hints at the cure."""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta

from domain.exceptions import FieldError, Invalid
from domain.problems.entities import CheckerSpec, ProblemLimits, TestGroup
from domain.problems.enums import CheckerType, GroupScoring, Scoring
from domain.runs.units import size_text, time_text

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
MAX_NAME, MAX_TITLE, MAX_POINTS = 128, 256, 1e9
MAX_COMPLAINTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRanges:
    """The most that a problem may ask for; sizes are bytes."""

    max_cpu_time: timedelta
    max_wall_time: timedelta
    max_memory: int
    max_output: int
    max_processes: int
    max_tests: int
    min_time: timedelta = timedelta(milliseconds=1)
    min_memory: int = 1024 * 1024
    max_open_files: int = 4096
    min_open_files: int = 8


@dataclass(frozen=True, slots=True)
class NamedTest:
    """What the rules need to know of a test; ``pointer`` is where it stands: "/tests/3"."""

    pointer: str
    name: str
    group: str | None
    points: float | None
    sample: bool = False


def check_slug(slug: str, pointer: str = "/slug") -> None:
    """Raises Invalid."""
    if not SLUG.fullmatch(slug):
        raise Invalid.field(
            pointer, "must be 1 to 64 of a-z, 0-9, '-' and '_', starting with a letter or digit: 'two-sums'"
        )


def check_draft(
    title: str,
    limits: ProblemLimits,
    checker: CheckerSpec,
    scoring: Scoring,
    groups: Sequence[TestGroup],
    tests: Sequence[NamedTest],
    ranges: LimitRanges,
) -> None:
    """Raises Invalid naming what is wrong, the first twenty complaints."""
    errors = [
        *_title_errors(title),
        *_limit_errors(limits, ranges),
        *_checker_errors(checker),
        *_group_errors(groups),
        *_test_errors(tests, ranges),
        *_membership_errors(scoring, groups, tests),
    ]
    if errors:
        raise Invalid(*errors[:MAX_COMPLAINTS])


def _title_errors(title: str) -> Iterable[FieldError]:
    if len(title) > MAX_TITLE:
        yield FieldError("/title", f"may have {MAX_TITLE} characters, not {len(title)}")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in title):
        yield FieldError("/title", "must not contain NUL or other control characters")


def _limit_errors(limits: ProblemLimits, ranges: LimitRanges) -> Iterable[FieldError]:
    times = {"cpu_time": ranges.max_cpu_time, "wall_time": ranges.max_wall_time}
    sizes = {
        "memory": (ranges.min_memory, ranges.max_memory),
        "output": (1, ranges.max_output),
        "stack": (64 * 1024, ranges.max_memory),
        "file_size": (1, ranges.max_output),
    }
    counts = {"processes": (1, ranges.max_processes), "open_files": (ranges.min_open_files, ranges.max_open_files)}
    for field in fields(limits):
        value, name = getattr(limits, field.name), field.name
        if value is None:
            continue
        pointer = f"/limits/{_camel(name)}"
        if name in times and not ranges.min_time <= value <= times[name]:
            yield FieldError(pointer, f"must be from {time_text(ranges.min_time)} to {time_text(times[name])}")
        elif name in sizes and not sizes[name][0] <= value <= sizes[name][1]:
            yield FieldError(
                pointer, f"must be from {size_text(sizes[name][0])} to {size_text(sizes[name][1])}, in bytes"
            )
        elif name in counts and not counts[name][0] <= value <= counts[name][1]:
            yield FieldError(pointer, f"must be from {counts[name][0]} to {counts[name][1]}")


def _checker_errors(checker: CheckerSpec) -> Iterable[FieldError]:
    for name in ("absolute", "relative"):
        value = getattr(checker, name)
        if value is None:
            continue
        if checker.type is not CheckerType.FLOAT:
            yield FieldError(f"/checker/{name}", f"is for the checker 'float', not for '{checker.type}'")
        elif not (math.isfinite(value) and value >= 0):
            yield FieldError(f"/checker/{name}", "must be a finite number, 0 or more")
    if checker.type is CheckerType.FLOAT and checker.absolute is None and checker.relative is None:
        yield FieldError("/checker", "the checker 'float' needs 'absolute' or 'relative': a tolerance such as 1e-6")
    if (checker.type is CheckerType.PROGRAM) is (checker.program is None or checker.protocol is None):
        yield FieldError("/checker/type", "a checker that is a program comes in a package, with the program")
    if checker.type is CheckerType.EXACT and not checker.case_sensitive:
        yield FieldError("/checker/caseSensitive", "cannot be false: the checker 'exact' compares byte for byte")
    if checker.type is CheckerType.LINES and checker.space_sensitive:
        yield FieldError("/checker/spaceSensitive", "is for 'tokens' and 'float'; 'exact' compares all white space")
    if checker.line_sensitive and checker.type not in (CheckerType.TOKENS, CheckerType.FLOAT, CheckerType.SORTED):
        yield FieldError("/checker/lineSensitive", "is for 'tokens', 'float' and 'sorted'")


def _group_errors(groups: Sequence[TestGroup]) -> Iterable[FieldError]:
    before: set[str] = set()
    for index, group in enumerate(groups):
        pointer = f"/groups/{index}"
        if problem := _name_problem(group.name):
            yield FieldError(f"{pointer}/name", problem)
        elif group.name in before:
            yield FieldError(f"{pointer}/name", f"there is another group {group.name!r} before")
        if not _is_points(group.points):
            yield FieldError(f"{pointer}/points", f"must be a number from 0 to {MAX_POINTS:g}")
        for place, name in enumerate(group.depends_on):
            if name not in before:
                hint = f"there is no group {_short(name)} before this one; list it first"
                yield FieldError(f"{pointer}/dependsOn/{place}", hint)
            elif name in group.depends_on[:place]:
                yield FieldError(f"{pointer}/dependsOn/{place}", f"names {_short(name)} a second time")
        before.add(group.name)


def _test_errors(tests: Sequence[NamedTest], ranges: LimitRanges) -> Iterable[FieldError]:
    if not tests:
        yield FieldError("/tests", "give at least one test")
    if len(tests) > ranges.max_tests:
        yield FieldError("/tests", f"at most {ranges.max_tests} tests are allowed, not {len(tests)}")
        return
    first_with: dict[str, NamedTest] = {}
    for test in tests:
        first = first_with.setdefault(test.name, test)
        if problem := _name_problem(test.name):
            yield FieldError(f"{test.pointer}/name", problem)
        elif first is not test:
            yield FieldError(f"{test.pointer}/name", f"the same name {_short(test.name)} as {first.pointer}")
        if test.group is not None and (problem := _name_problem(test.group)):
            yield FieldError(f"{test.pointer}/group", problem)
        if test.points is not None and not _is_points(test.points):
            yield FieldError(f"{test.pointer}/points", f"must be a number from 0 to {MAX_POINTS:g}")


def _membership_errors(
    scoring: Scoring, groups: Sequence[TestGroup], tests: Sequence[NamedTest]
) -> Iterable[FieldError]:
    """A group that is not listed scores nothing: only samples, and tests of passFail without any list, may name one."""
    known = {group.name for group in groups}
    counted: dict[str, list[NamedTest]] = {name: [] for name in known}
    astray = False
    for test in tests:
        if test.group in counted and not (test.sample and test.points is None):
            counted[test.group].append(test)
        elif test.group is not None and not test.sample and (groups or scoring is Scoring.POINTS):
            astray = True
            yield FieldError(f"{test.pointer}/group", f"there is no group {_short(test.group)} in /groups")
    if astray or scoring is not Scoring.POINTS:
        return  # a group lacks tests that only have its name wrong
    parents = {group.parent for group in groups}
    for index, group in enumerate(groups):
        points = [test.points for test in counted[group.name]]
        if group.name in parents or group.parent is not None:
            continue  # of a tree, which a package brings whole
        if not points and group.points:
            yield FieldError(f"/groups/{index}", f"no test but samples is in the group {_short(group.name)}")
        elif group.scoring is GroupScoring.SUM and None not in points:
            total = sum(value for value in points if value is not None)
            if not math.isclose(total, group.points, rel_tol=1e-6, abs_tol=1e-9):
                yield FieldError(
                    f"/groups/{index}/points", f"is {group.points:g}, but its tests have {total:g} together"
                )


def _name_problem(name: str) -> str | None:
    if not name or len(name) > MAX_NAME:
        return f"must have 1 to {MAX_NAME} characters"
    if not name.isprintable():
        return "must not contain control characters"
    return None


def _short(name: str) -> str:
    return repr(name if len(name) <= MAX_NAME else name[:MAX_NAME] + "…")


def _is_points(points: float) -> bool:
    return math.isfinite(points) and 0 <= points <= MAX_POINTS


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
