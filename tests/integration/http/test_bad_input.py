"""Everything that a client can do wrong with a body: a 4xx problem document, and nothing stored."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.integration.http.service import SUM, Refusal

SUBMISSIONS = "/api/v1/submissions"
JSON = {"Content-Type": "application/json"}


def body(**changes: Any) -> dict[str, Any]:
    """A submission with its own test, but for the changes."""
    return {
        "language": "python3",
        "sources": [{"name": "main.py", "content": "print(1)"}],
        "tests": [{"input": "", "output": "1"}],
    } | changes


def source(name: str = "main.py", content: str = "") -> dict[str, str]:
    return {"name": name, "content": content}


def pointers(document: dict[str, Any]) -> list[str]:
    return [error["pointer"] for error in document["errors"]]


MALFORMED = {
    "nothing but a brace": b"{",
    "two values": b"{} {}",
    "not UTF-8": b'{"language": "\xff"}',
    "surrogate bytes": b'{"language": "\xed\xa0\x80"}',
    "UTF-16": json.dumps({}).encode("utf-16"),
    "NaN": b'{"priority": NaN}',
    "infinity": b'{"priority": Infinity}',
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "endless number": b'{"priority": ' + b"1" * 100_000 + b"}",
    "raw NUL": b'{"language": "a\x00"}',
}


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("path", [SUBMISSIONS, SUBMISSIONS + "/batch"])
async def test_what_is_no_json(author: httpx.AsyncClient, refused: Refusal, path: str, content: bytes) -> None:
    await refused(await author.post(path, content=content, headers=JSON), 400)


WRONG = {
    "no language": (body(language="cobol"), "/language"),
    "NUL in the language": (body(language="c\0"), "/language"),
    "language is no text": (body(language=17), "/language"),
    "no sources": (body(sources=[]), "/sources"),
    "sources are no list": (body(sources={"name": "x"}), "/sources"),
    "no name": (body(sources=[source("")]), "/sources/0/name"),
    "slash": (body(sources=[source("a/b.py")]), "/sources/0/name"),
    "climbing": (body(sources=[source("../a.py")]), "/sources/0/name"),
    "backslash": (body(sources=[source("a\\b.py")]), "/sources/0/name"),
    "dots": (body(sources=[source("..")]), "/sources/0/name"),
    "NUL in a name": (body(sources=[source("a\0.py")]), "/sources/0/name"),
    "line break in a name": (body(sources=[source("a\n.py")]), "/sources/0/name"),
    "long name": (body(sources=[source("a" * 200)]), "/sources/0/name"),
    "same names": (body(sources=[source("A.py"), source("a.py")]), "/sources/1/name"),
    "priority too high": (body(priority=1), "/priority"),
    "priority is text": (body(priority="1"), "/priority"),
    "priority is a truth value": (body(priority=True), "/priority"),
    "priority is huge": (body(priority=10**25), "/priority"),
    "flag is a number": (body(stopOnFailure=1), "/stopOnFailure"),
    "NUL in metadata": (body(metadata={"a": "\0"}), "/metadata/a"),
    "endless number in metadata": (json.dumps(body(metadata={"a": 0})).replace('"a": 0', '"a": 1e999'), "/metadata/a"),
    "deep metadata": (body(metadata={"a": [[[[[[[[[1]]]]]]]]]}), "/metadata/a/0/0/0/0/0/0/0"),
    "neither problem nor tests": (body(tests=None), ""),
    "both": (body(problem="sum"), ""),
    "callback": (body(callbackUrl="http://example.org"), "/callbackUrl"),
    "slip of the pen": (body(stop_on_failur=True), "/stop_on_failur"),
    "no tests": (body(tests=[]), "/tests"),
    "test without output": (body(tests=[{"input": ""}]), "/tests/0/output"),
    "test of numbers": (body(tests=[{"input": 1, "output": "1"}]), "/tests/0/input"),
    "same test names": (body(tests=[{"name": "a", "input": "", "output": ""}] * 2), "/tests/1/name"),
    "unknown group": (
        body(scoring="points", groups=[{"name": "a", "points": 1}], tests=[{"group": "g", "input": "", "output": ""}]),
        "/tests/0/group",
    ),
    "no time": (body(limits={"cpuTime": 0}), "/limits/cpuTime"),
    "too much time": (body(limits={"cpuTime": 1e5}), "/limits/cpuTime"),
    "endless time": (body(limits={"cpuTime": 1e300}), "/limits/cpuTime"),
    "negative memory": (body(limits={"memory": -1}), "/limits/memory"),
    "too much memory": (body(limits={"memory": 2**50}), "/limits/memory"),
    "half a byte": (body(limits={"memory": 1.5}), "/limits/memory"),
    "unknown checker": (body(checker={"type": "magic"}), "/checker/type"),
    "negative tolerance": (body(checker={"type": "float", "absolute": -1}), "/checker/absolute"),
    "an array": ([], ""),
    "a text": ('"x"', ""),
    "nothing": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "pointer"), WRONG.values(), ids=WRONG)
async def test_wrong_values(author: httpx.AsyncClient, refused: Refusal, sent: object, pointer: str) -> None:
    content = sent if isinstance(sent, str) else json.dumps(sent)
    document = await refused(await author.post(SUBMISSIONS, content=content, headers=JSON), 422)
    assert pointers(document) == [pointer]


async def test_a_lone_surrogate_names_its_field(author: httpx.AsyncClient, refused: Refusal) -> None:
    content = json.dumps(body(sources=[source("\ud800.py")]))
    document = await refused(await author.post(SUBMISSIONS, content=content, headers=JSON), 422)
    assert pointers(document) == ["/sources/0/name"]


async def test_an_unknown_problem(author: httpx.AsyncClient, refused: Refusal, slug: str) -> None:
    sent = body(problem=slug)
    del sent["tests"]
    document = await refused(await author.post(SUBMISSIONS, json=sent), 404)
    assert document["code"] == "problem_not_found"


async def test_too_many_and_too_large_sources(author: httpx.AsyncClient, refused: Refusal) -> None:
    many = body(sources=[source(f"{n}.py") for n in range(9)])
    assert pointers(await refused(await author.post(SUBMISSIONS, json=many), 413)) == ["/sources"]
    large = body(sources=[source("a.py", "x" * 60_000), source("b.py", "x" * 60_000)])
    assert pointers(await refused(await author.post(SUBMISSIONS, json=large), 413)) == ["/sources/1/content"]


async def test_a_body_that_is_too_large(author: httpx.AsyncClient, refused: Refusal) -> None:
    await refused(await author.post(SUBMISSIONS, content=b"x" * 300_001, headers=JSON), 413)

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield b"x" * 100_000

    await refused(await author.post(SUBMISSIONS, content=unannounced(), headers=JSON), 413)


async def test_a_million_mistakes(author: httpx.AsyncClient, refused: Refusal) -> None:
    document = await refused(await author.post(SUBMISSIONS, json=body(sources=[1] * 9000)), 422)
    assert len(document["errors"]) == 1


async def test_what_is_not_built_is_refused(author: httpx.AsyncClient, refused: Refusal) -> None:
    answer = await author.post(SUBMISSIONS, json=body(), headers={"Idempotency-Key": "\t"})
    assert pointers(await refused(answer, 422)) == ["Idempotency-Key"]
    answer = await author.post(SUBMISSIONS + "?callback=1", json=body())
    assert pointers(await refused(answer, 422)) == ["callback"]
    await refused(await author.post("/api/v1/runs", json={}), 404)


async def test_the_media_type(author: httpx.AsyncClient, refused: Refusal) -> None:
    await refused(await author.post(SUBMISSIONS, content=json.dumps(body())), 415)
    await refused(await author.post(SUBMISSIONS, data={"language": "c17"}), 415)


@pytest.mark.parametrize("wait", ["-1", "61", "nan", "inf", "1e999", "x"])
async def test_waiting_has_bounds(author: httpx.AsyncClient, refused: Refusal, wait: str) -> None:
    document = await refused(await author.post(f"{SUBMISSIONS}?wait={wait}", json=body()), 422)
    assert pointers(document) == ["wait"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"tests": []}, "/tests"),
        ({"title": "a\0b"}, "/title"),
        ({"scoring": "magic"}, "/scoring"),
        ({"limits": {"cpuTime": "1"}}, "/limits/cpuTime"),
        ({"limits": {"wallTime": 1e6}}, "/limits/wallTime"),
        ({"scoring": "points", "groups": [{"name": "a", "points": 1, "dependsOn": ["b"]}]}, "/groups/0/dependsOn/0"),
        ({"scoring": "points", "groups": [{"name": "a", "points": -1}]}, "/groups/0/points"),
        ({"extra": 1}, "/extra"),
    ],
    ids=repr,
)
async def test_wrong_problems(
    author: httpx.AsyncClient, refused: Refusal, slug: str, change: dict[str, Any], pointer: str
) -> None:
    document = await refused(await author.put(f"/api/v1/problems/{slug}", json=SUM | change), 422)
    assert pointer in pointers(document)


@pytest.mark.parametrize("name", ["A", "-a", "a" * 65, "a%00", "a.b", "%F0%9F%98%80"])
async def test_wrong_slugs(author: httpx.AsyncClient, refused: Refusal, name: str) -> None:
    await refused(await author.put(f"/api/v1/problems/{name}", json=SUM), 422)
    await refused(await author.get(f"/api/v1/problems/{name}"), 404)


async def test_packages_that_are_none(author: httpx.AsyncClient, refused: Refusal) -> None:
    path = "/api/v1/problems"
    await refused(await author.post(path, data={"package": "text"}), 422)
    await refused(await author.post(path, files={"package": b""}, data={"slug": "UPPER"}), 422)
    await refused(await author.post(path, files={"package": b"x" * 300_000}), 413)
    await refused(await author.post(path, content=b"x", headers={"Content-Type": "multipart/form-data"}), 400)
    await refused(
        await author.post(path, content=b"x", headers={"Content-Type": "multipart/form-data; boundary=b"}), 400
    )


async def test_one_bad_item_keeps_no_other_out(author: httpx.AsyncClient) -> None:
    batch = [body(), 17, body(language="cobol"), body(sources=[source("../x")]), body(metadata={"n": "last"})]
    answer = await author.post(SUBMISSIONS + "/batch", json=batch)
    assert answer.status_code == 200
    items = answer.json()
    assert [item["status"] for item in items] == [201, 422, 422, 422, 201]
    assert [item["error"] is None for item in items] == [True, False, False, False, True]
    assert items[3]["error"]["errors"][0]["pointer"] == "/sources/0/name"
    assert items[4]["submission"]["metadata"] == {"n": "last"}


async def test_batches_have_bounds(author: httpx.AsyncClient, refused: Refusal) -> None:
    await refused(await author.post(SUBMISSIONS + "/batch", json=[]), 422)
    await refused(await author.post(SUBMISSIONS + "/batch", json=[1] * 1001), 422)
