import asyncio
import os
import subprocess
import tempfile
from pathlib import Path

import httpx
import pytest

from domain.access.enums import Scope
from tests.integration.http.service import SUM, Refusal, Service


async def test_revisions_are_made_by_changes_alone(author: httpx.AsyncClient, slug: str) -> None:
    path = f"/api/v1/problems/{slug}"
    answers = [await author.put(path, json=body) for body in (SUM, SUM, SUM | {"title": "B + A"}, SUM)]
    assert [a.status_code for a in answers] == [201, 200, 200, 200]
    assert [a.json()["revision"] for a in answers] == [1, 1, 2, 3]
    assert [a.headers["etag"] for a in answers] == ['"1"', '"1"', '"2"', '"3"']
    listed = (await author.get(path + "/revisions")).json()["items"]
    assert [(r["revision"], r["title"]) for r in listed] == [(1, "A + B"), (2, "B + A"), (3, "A + B")]


async def test_what_was_written_is_read(author: httpx.AsyncClient, slug: str) -> None:
    path = f"/api/v1/problems/{slug}"
    body = {
        "title": "Точки",
        "limits": {"cpuTime": 0.25, "wallTime": 2.0, "memory": 10**8, "processes": 3},
        "checker": {"type": "float", "absolute": 1e-9, "relative": 1e-6},
        "scoring": "points",
        "groups": [
            {"name": "a", "points": 30},
            {"name": "b", "points": 70, "scoring": "sum", "dependsOn": ["a"]},
        ],
        "tests": [
            {"group": "a", "input": "", "output": ""},
            {"group": "b", "points": 70, "input": "я\0", "output": "x"},
        ],
    }
    assert (await author.put(path, json=body)).status_code == 201
    read = (await author.get(path)).json()
    assert read["limits"] == {
        "cpuTime": 0.25, "wallTime": 2.0, "memory": 10**8, "output": None, "processes": 3, "stack": None,
        "fileSize": None, "openFiles": None,
    }  # fmt: skip
    assert read["checker"] == {
        "type": "float", "absolute": 1e-9, "relative": 1e-6, "caseSensitive": True, "spaceSensitive": False,
        "lineSensitive": False,
    }  # fmt: skip
    assert read["groups"] == [
        {"name": "a", "points": 30.0, "scoring": "min", "dependsOn": []},
        {"name": "b", "points": 70.0, "scoring": "sum", "dependsOn": ["a"]},
    ]
    assert (read["slug"], read["title"], read["revision"], read["tests"]) == (slug, "Точки", 1, 2)
    tests = (await author.get(path + "/tests")).json()["items"]
    assert [(t["name"], t["input"], t["inputSize"]) for t in tests] == [("1", "", 0), ("2", "я\ufffd", 3)]


async def test_a_change_in_between_is_noticed(author: httpx.AsyncClient, problem: str, refused: Refusal) -> None:
    path = f"/api/v1/problems/{problem}"
    first = await author.get(path)
    changed = await author.put(path, json=SUM | {"title": "1"}, headers={"If-Match": first.headers["etag"]})
    assert changed.status_code == 200
    late = await author.put(path, json=SUM | {"title": "2"}, headers={"If-Match": first.headers["etag"]})
    assert late.status_code == 412
    assert late.json()["code"] == "revision_mismatch"
    assert (await author.get(path)).json()["title"] == "1"


async def test_if_match_names_a_revision(author: httpx.AsyncClient, problem: str, refused: Refusal) -> None:
    for value in ("*", 'W/"1"', '"x"', '"1", "2"', "-1"):
        answer = await author.put(f"/api/v1/problems/{problem}", json=SUM, headers={"If-Match": value})
        await refused(answer, 422)


async def test_an_archived_problem_takes_no_submissions(author: httpx.AsyncClient, problem: str) -> None:
    sent = {"problem": problem, "language": "c17", "sources": [{"name": "a.c", "content": ""}]}
    before = (await author.post("/api/v1/submissions", json=sent)).headers["location"]
    assert (await author.delete(f"/api/v1/problems/{problem}")).status_code == 204
    assert (await author.get(f"/api/v1/problems/{problem}")).status_code == 404
    assert (await author.post("/api/v1/submissions", json=sent)).status_code == 404
    assert (await author.get(before)).json()["problem"] == problem


async def test_the_list_has_pages(service: Service, author: httpx.AsyncClient, slug: str) -> None:
    slugs = [f"{slug}-{n}" for n in range(5)]
    for one in slugs:
        assert (await author.put(f"/api/v1/problems/{one}", json=SUM)).status_code == 201
    reader = await service.client(Scope.SUBMIT)
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await reader.get(f"/api/v1/problems?limit=2{cursor}")).json()
        assert len(page["items"]) <= 2
        seen += [item["slug"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert seen == sorted(seen)
    assert set(slugs) <= set(seen)
    assert len(seen) == len(set(seen))


async def test_tests_have_pages(author: httpx.AsyncClient, slug: str) -> None:
    path = f"/api/v1/problems/{slug}"
    tests = [{"input": f"{n}", "output": ""} for n in range(5)]
    assert (await author.put(path, json={"tests": tests})).status_code == 201
    pages = [(await author.get(f"{path}/tests?limit=2")).json()]
    while pages[-1]["nextCursor"]:
        pages.append((await author.get(f"{path}/tests?limit=2&cursor={pages[-1]['nextCursor']}")).json())
    assert [[test["input"] for test in page["items"]] for page in pages] == [["0", "1"], ["2", "3"], ["4"]]


async def test_cursors_are_ours(author: httpx.AsyncClient, problem: str, refused: Refusal) -> None:
    paths = ("/problems", f"/problems/{problem}/tests", f"/problems/{problem}/revisions", "/submissions", "/languages")
    for path in paths:
        for cursor in ("!", "AA", "%00", "a" * 201, "4pyT"):
            document = await refused(await author.get(f"/api/v1{path}?cursor={cursor}"), 422)
            assert document["errors"][0]["pointer"] == "cursor"
        for limit in ("0", "101", "x", "1.5"):
            await refused(await author.get(f"/api/v1{path}?limit={limit}"), 422)


async def test_a_package_waits_to_be_imported(
    author: httpx.AsyncClient, slug: str, submitter: httpx.AsyncClient
) -> None:
    answer = await author.post("/api/v1/problems", files={"package": b"x" * 1000}, data={"slug": slug})
    assert answer.status_code == 202
    created = answer.json()
    assert answer.headers["location"] == f"/api/v1/imports/{created['id']}"
    assert (created["problem"], created["status"], created["complaints"]) == (slug, "pending", [])
    assert (await author.get(answer.headers["location"])).json() == created
    assert (await author.get("/api/v1/imports/01980000-0000-7000-8000-000000000000")).status_code == 404


def mounted(place: Path) -> bool:
    """Whether there is a tmpfs of 64 KiB now."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(place)]
    return subprocess.run(mount, check=False, capture_output=True).returncode == 0


async def test_a_disk_without_room_for_an_upload_is_not_the_clients_fault(
    author: httpx.AsyncClient, slug: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: Refusal
) -> None:
    small = tmp_path / "small"
    if not await asyncio.to_thread(mounted, small):
        pytest.skip("may not mount")
    try:
        with monkeypatch.context() as patch:
            patch.setattr(tempfile, "tempdir", str(small))
            patch.setattr("starlette.formparsers.MultiPartParser.spool_max_size", 1)
            answer = await author.post("/api/v1/problems", files={"package": os.urandom(150_000)}, data={"slug": slug})
        document = await refused(answer, 503)
        assert document["detail"] == "there is no room for the upload now"
        assert answer.headers["retry-after"] == "60"
    finally:
        await asyncio.to_thread(subprocess.run, ["umount", str(small)], check=True)
