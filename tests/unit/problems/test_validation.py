"""Every rule by one draft that breaks it, and the pointer of its complaint."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.exceptions import Invalid
from domain.problems.entities import CheckerSpec, ProblemLimits, TestGroup
from domain.problems.enums import CheckerType, GroupScoring, Scoring
from domain.problems.validation import LimitRanges, NamedTest, check_draft, check_slug

RANGES = LimitRanges(
    max_cpu_time=timedelta(seconds=60),
    max_wall_time=timedelta(seconds=300),
    max_memory=2**32,
    max_output=2**28,
    max_processes=512,
    max_tests=5,
)
GOOD: dict[str, Any] = {
    "title": "Сумма 😀",
    "limits": ProblemLimits(cpu_time=timedelta(seconds=60), memory=2**20, processes=1, open_files=8),
    "checker": CheckerSpec(),
    "scoring": Scoring.PASS_FAIL,
    "groups": (),
    "tests": [NamedTest("/tests/0", "sample/1", "sample", None)],
}
A = TestGroup(name="a", points=30)
B = TestGroup(name="b", points=70, scoring=GroupScoring.SUM, depends_on=("a",))


def named(*tests: tuple[str, str | None, float | None]) -> list[NamedTest]:
    return [NamedTest(f"/tests/{i}", *test) for i, test in enumerate(tests)]


def limits(**values: Any) -> dict[str, Any]:
    return {"limits": ProblemLimits(**values)}


def checker(kind: CheckerType = CheckerType.FLOAT, **values: Any) -> dict[str, Any]:
    return {"checker": CheckerSpec(type=kind, **values)}


def points(*groups: TestGroup, tests: list[NamedTest]) -> dict[str, Any]:
    return {"scoring": Scoring.POINTS, "groups": groups, "tests": tests}


RIGHT = [
    {},
    limits(),
    checker(absolute=0.0),
    checker(relative=1e-6, absolute=1e-9, case_sensitive=False, space_sensitive=True),
    checker(CheckerType.LINES, case_sensitive=False),
    checker(CheckerType.EXACT, space_sensitive=True),
    points(A, B, tests=named(("1", "a", None), ("2", "b", 30), ("3", "b", 40))),
    points(A, B, tests=named(("1", "a", None), ("2", "b", 30), ("3", "b", None))),
    points(
        A, tests=[NamedTest("/tests/0", "s", "sample", None, sample=True), *named(("1", "a", None), ("2", None, 3))]
    ),
    {"groups": (A,), "tests": named(("1", None, None))},
    {"tests": named(*((str(n), None, None) for n in range(5)))},
]


@pytest.mark.parametrize("changes", RIGHT, ids=repr)
def test_right(changes: dict[str, Any]) -> None:
    check_draft(**GOOD | changes, ranges=RANGES)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"title": "a\0"}, "/title"),
    ({"title": "a\nb"}, "/title"),
    ({"title": "\ud800"}, "/title"),
    ({"title": "x" * 257}, "/title"),
    (limits(cpu_time=timedelta(0)), "/limits/cpuTime"),
    (limits(cpu_time=timedelta(seconds=60.001)), "/limits/cpuTime"),
    (limits(cpu_time=timedelta(seconds=-1)), "/limits/cpuTime"),
    (limits(wall_time=timedelta(seconds=301)), "/limits/wallTime"),
    (limits(memory=2**20 - 1), "/limits/memory"),
    (limits(memory=2**32 + 1), "/limits/memory"),
    (limits(output=0), "/limits/output"),
    (limits(output=2**28 + 1), "/limits/output"),
    (limits(processes=0), "/limits/processes"),
    (limits(processes=513), "/limits/processes"),
    (limits(stack=1), "/limits/stack"),
    (limits(file_size=-1), "/limits/fileSize"),
    (limits(open_files=2), "/limits/openFiles"),
    (checker(), "/checker"),
    (checker(absolute=-1.0), "/checker/absolute"),
    (checker(relative=float("inf")), "/checker/relative"),
    (checker(relative=float("nan")), "/checker/relative"),
    (checker(CheckerType.TOKENS, absolute=1.0), "/checker/absolute"),
    (checker(CheckerType.EXACT, case_sensitive=False), "/checker/caseSensitive"),
    (checker(CheckerType.LINES, space_sensitive=True), "/checker/spaceSensitive"),
    (checker(CheckerType.LINES, line_sensitive=True), "/checker/lineSensitive"),
    ({"tests": []}, "/tests"),
    ({"tests": named(*((str(n), None, None) for n in range(6)))}, "/tests"),
    ({"tests": named(("1", None, None), ("2", None, None), ("1", None, None))}, "/tests/2/name"),
    ({"tests": named(("", None, None))}, "/tests/0/name"),
    ({"tests": named(("a\0", None, None))}, "/tests/0/name"),
    ({"tests": named(("x" * 129, None, None))}, "/tests/0/name"),
    ({"tests": named(("1", "", None))}, "/tests/0/group"),
    ({"tests": named(("1", None, -1.0))}, "/tests/0/points"),
    ({"tests": named(("1", None, float("nan")))}, "/tests/0/points"),
    ({"groups": (A,), "tests": named(("1", "x", None))}, "/tests/0/group"),
    (points(tests=named(("1", "x", None))), "/tests/0/group"),
    (points(replace(A, name="x\n"), tests=named(("1", None, None))), "/groups/0/name"),
    (points(A, A, tests=named(("1", "a", None))), "/groups/1/name"),
    (points(replace(A, points=-1.0), tests=named(("1", "a", None))), "/groups/0/points"),
    (points(replace(A, points=float("inf")), tests=named(("1", "a", None))), "/groups/0/points"),
    (points(B, A, tests=named(("1", "a", None), ("2", "b", None))), "/groups/0/dependsOn/0"),
    (points(replace(A, depends_on=("a",)), tests=named(("1", "a", None))), "/groups/0/dependsOn/0"),
    (points(A, replace(B, depends_on=("a", "a")), tests=named(("1", "a", 1), ("2", "b", 7))), "/groups/1/dependsOn/1"),
    (points(A, tests=named(("1", None, None))), "/groups/0"),
    (points(A, B, tests=named(("1", "a", None), ("2", "b", 30), ("3", "b", 41))), "/groups/1/points"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "pointer"), WRONG, ids=repr)
def test_wrong(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_draft(**GOOD | changes, ranges=RANGES)
    assert pointer in [error.pointer for error in caught.value.errors]
    assert all(error.detail for error in caught.value.errors)


def test_complaints_have_an_end() -> None:
    wrong = named(*(("", None, None) for _ in range(1000)))
    with pytest.raises(Invalid) as caught:
        check_draft(**GOOD | {"tests": wrong}, ranges=replace(RANGES, max_tests=1000))
    assert len(caught.value.errors) == 20


@pytest.mark.parametrize("slug", ["", "A", "-a", "_a", "a" * 65, "a b", "a/b", "a\n", "ä", "a\0"])
def test_slugs(slug: str) -> None:
    with pytest.raises(Invalid):
        check_slug(slug)
    check_slug("0a-_9")
    check_slug("a" * 64)
