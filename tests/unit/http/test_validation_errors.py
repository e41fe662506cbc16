from typing import Any

import pytest
from pydantic import ValidationError

from infrastructure.http.api.v1.submissions.models import NewSubmissionModel
from infrastructure.http.api.validation_errors import MOST_ERRORS, field_errors, only_about_path

GOOD: dict[str, Any] = {
    "problem": "hello",
    "language": "cpp17",
    "sources": [{"name": "main.cpp", "content": ""}],
}


def pointers(body: object) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        NewSubmissionModel.model_validate(body)
    return {e.pointer: e.detail for e in field_errors({**e, "loc": ("body", *e["loc"])} for e in caught.value.errors())}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"priority": "1"}, "/priority"),
        ({"priority": True}, "/priority"),
        ({"priority": 1.5}, "/priority"),
        ({"priority": 10**30}, "/priority"),
        ({"stopOnFailure": 1}, "/stopOnFailure"),
        ({"stopOnFailure": "yes"}, "/stopOnFailure"),
        ({"callbackUrl": "http://x"}, "/callbackUrl"),
        ({"problem": "Hello"}, "/problem"),
        ({"problem": "a\n"}, "/problem"),
        ({"problem": "a" * 65}, "/problem"),
        ({"language": "c\0"}, "/language"),
        ({"sources": {}}, "/sources"),
        ({"sources": [{"name": "a"}]}, "/sources/0/content"),
        ({"sources": [{"name": "a", "content": 1}]}, "/sources/0/content"),
        ({"sources": [{"name": "\ud800", "content": ""}]}, "/sources/0/name"),
        ({"sources": [{"name": "a", "content": "", "mode": 1}]}, "/sources/0/mode"),
        ({"metadata": []}, "/metadata"),
        ({"problem": None}, ""),
        ({"tests": []}, ""),
        ({"limits": {}}, ""),
        ({"problem": None, "tests": [{"input": ""}]}, "/tests/0/output"),
        ({"problem": None, "tests": [], "limits": {"cpuTime": "1"}}, "/limits/cpuTime"),
        ({"problem": None, "tests": [], "limits": {"cpuTime": True}}, "/limits/cpuTime"),
        ({"problem": None, "tests": [], "limits": {"cpuTime": float("inf")}}, "/limits/cpuTime"),
        ({"problem": None, "tests": [], "limits": {"cpuTime": 10**400}}, "/limits/cpuTime"),
        ({"problem": None, "tests": [], "limits": {"memory": 1.0}}, "/limits/memory"),
        ({"problem": None, "tests": [], "limits": {"memory": -1}}, "/limits/memory"),
        ({"problem": None, "tests": [], "checker": {"type": "magic"}}, "/checker/type"),
        ({"problem": None, "tests": [], "scoring": "icpc"}, "/scoring"),
        ({"a/b~c": 1}, "/a~1b~0c"),
    ],
    ids=repr,
)
def test_the_bad_field_is_named(change: dict[str, Any], pointer: str) -> None:
    assert list(pointers(GOOD | change)) == [pointer]


def test_the_good_body_is_good() -> None:
    assert NewSubmissionModel.model_validate(GOOD).stop_on_failure is True


def test_a_million_mistakes_cost_one_answer() -> None:
    assert list(pointers(GOOD | {"sources": [1] * 10_000})) == ["/sources/0"]
    assert list(pointers({str(n): n for n in range(100_000)})) == [""]
    assert len(field_errors({"type": "x", "loc": ("body", n), "msg": "m"} for n in range(10**9))) == MOST_ERRORS


def test_query_and_path_are_told_apart() -> None:
    (error,) = field_errors([{"type": "int_parsing", "loc": ("query", "limit"), "msg": "Input should be a number"}])
    assert (error.pointer, error.detail) == ("limit", "input should be a number")
    assert only_about_path([{"loc": ("path", "slug")}])
    assert not only_about_path([{"loc": ("path", "slug")}, {"loc": ("body",)}])
