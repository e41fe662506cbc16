from dataclasses import replace
from hashlib import sha256
from typing import Any

import httpx
import pytest

from domain.access.enums import Scope
from tests.integration.http.readable import LARGE, OTHER_PICTURE, PICTURE, SCRIPT, STRANGE, put, readable
from tests.integration.http.service import Refusal, Service

PLACES = ("statements", "statements/en", "samples", "samples/sample/1/input", "attachments", "attachments/run.exe")
POLICY = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"


@pytest.fixture
async def owner(service: Service, slug: str) -> httpx.AsyncClient:
    """The author of a problem that can be read, at ``slug``."""
    key = await service.key(Scope.AUTHOR)
    await put(service, key.key, slug, readable())
    return await service.client(secret=key.secret)


@pytest.fixture
def path(slug: str, owner: httpx.AsyncClient) -> str:
    return f"/api/v1/problems/{slug}"


async def items(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_statements_are_listed_with_their_files(submitter: httpx.AsyncClient, path: str) -> None:
    html, latex, pdf = await items(submitter, f"{path}/statements")
    assert [(s["language"], s["format"], s["convertedFrom"]) for s in (html, latex, pdf)] == [
        ("en", "html", "latex"), ("en", "latex", None), ("ru", "pdf", None),
    ]  # fmt: skip
    assert (html["title"], html["url"]) == ("Tree", f"{path}/statements/en?format=html")
    assert html["files"][1] == {
        "name": "tree.png", "size": len(PICTURE), "mediaType": "image/png",
        "url": f"{path}/statements/en/files/tree.png?format=html",
    }  # fmt: skip
    for statement in (html, latex, pdf):
        for file in statement["files"]:
            answer = await submitter.get(file["url"])
            assert (answer.status_code, len(answer.content)) == (200, file["size"])
            assert answer.headers["content-type"] == file["mediaType"]


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("", None, "text/html; charset=utf-8"),
        ("", "application/pdf", "text/html; charset=utf-8"),
        ("", "text/html;q=0.1, application/x-tex", "application/x-tex"),
        ("", "text/*;q=0.2, application/*;q=0.9", "application/x-tex"),
        ("", "text/html;q=0, */*", "application/x-tex"),
        ("?format=latex", "text/html", "application/x-tex"),
    ],
)
async def test_the_format_is_chosen(
    submitter: httpx.AsyncClient, path: str, query: str, accept: str | None, kind: str
) -> None:
    headers = {"Accept": accept} if accept else {}
    answer = await submitter.get(f"{path}/statements/EN{query}", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert "accept" in answer.headers["vary"].lower()
    beside = httpx.URL(answer.headers["content-location"]).join("tree.png")
    assert (await submitter.get(str(beside))).content == PICTURE


async def test_files_of_one_name_are_told_apart(submitter: httpx.AsyncClient, path: str) -> None:
    for form, expected in (("html", PICTURE), ("latex", OTHER_PICTURE)):
        assert (await submitter.get(f"{path}/statements/en/files/tree.png?format={form}")).content == expected


async def test_nothing_of_strangers_runs_in_our_origin(submitter: httpx.AsyncClient, path: str) -> None:
    for place in (
        "statements/en",
        "statements/en/files/problem.html",
        "attachments/page.html",
        "samples/sample/2/input",
    ):
        answer = await submitter.get(f"{path}/{place}")
        assert answer.headers["content-security-policy"] == POLICY, place
        assert answer.headers["x-content-type-options"] == "nosniff", place
    assert (await submitter.get(f"{path}/statements/en")).content == SCRIPT


async def test_attachments_are_saved_not_shown(submitter: httpx.AsyncClient, path: str) -> None:
    listed, strange = await items(submitter, f"{path}/attachments"), ""
    assert [(file["name"], file["mediaType"]) for file in listed] == [
        ("grader.py", "text/plain; charset=utf-8"), ("run.exe", "application/octet-stream"),
        ("page.html", "text/html; charset=utf-8"), (STRANGE, "text/plain; charset=utf-8"),
    ]  # fmt: skip
    for file in listed:
        answer = await submitter.get(file["url"])
        assert answer.status_code == 200, file
        assert answer.headers["content-disposition"].startswith("attachment; filename="), file
        assert answer.headers["content-length"] == str(file["size"])
        strange = answer.headers["content-disposition"]
    assert strange == "attachment; filename=\"a_b_ X_1 __.txt\"; filename*=UTF-8''a%22b%3B%20X%3D1%20%D1%91%D0%B6.txt"


async def test_what_a_client_has_is_not_sent_again(submitter: httpx.AsyncClient, path: str) -> None:
    for place in ("statements/en", "statements/en/files/tree.png", "attachments/run.exe", "samples/sample/1/input"):
        first = await submitter.get(f"{path}/{place}")
        tag = first.headers["etag"]
        assert tag == f'"{sha256(first.content).hexdigest()}"'
        assert first.headers["cache-control"] == "private, no-cache"
        for known in (tag, f'"x", W/{tag}', "*"):
            again = await submitter.get(f"{path}/{place}", headers={"If-None-Match": known})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert (await submitter.get(f"{path}/{place}", headers={"If-None-Match": '"x"'})).status_code == 200
        named = await submitter.get(f"{path}/{place}?revision=1")
        assert named.headers["cache-control"] == "private, max-age=31536000, immutable"


async def test_samples_are_shown_and_nothing_else(
    submitter: httpx.AsyncClient, path: str, owner: httpx.AsyncClient, refused: Refusal
) -> None:
    large, bytes_ = await items(submitter, f"{path}/samples")
    assert (large["name"], large["inputTruncated"], large["inputSize"]) == ("sample/1", True, len(LARGE))
    assert large["input"].encode() == LARGE[: 16 * 1024]
    assert (large["output"], large["outputTruncated"], large["outputSize"]) == ("ok\n", False, 3)
    assert (bytes_["input"], bytes_["inputTruncated"], bytes_["inputSize"]) == ("\ufffd\ufffd", False, 2)
    assert (await submitter.get(large["inputUrl"])).content == LARGE
    assert (await submitter.get(bytes_["inputUrl"])).content == b"\xff\x00"
    assert (await submitter.get(large["outputUrl"])).content == b"ok\n"
    for client in (submitter, owner):
        await refused(await client.get(f"{path}/samples/secret/1/input"), 404)
    pages = [(await submitter.get(f"{path}/samples?limit=1")).json()]
    pages.append((await submitter.get(f"{path}/samples?limit=1&cursor={pages[0]['nextCursor']}")).json())
    assert [[s["name"] for s in page["items"]] for page in pages] == [["sample/1"], ["sample/2"]]
    assert pages[1]["nextCursor"] is None


async def test_earlier_revisions_are_their_authors(
    service: Service, owner: httpx.AsyncClient, submitter: httpx.AsyncClient, admin: httpx.AsyncClient, slug: str
) -> None:
    path = f"/api/v1/problems/{slug}"
    draft = readable("Forest")
    hidden = replace(draft, tests=tuple(replace(test, sample=False) for test in draft.tests))
    await put(service, (await service.key(Scope.ADMIN, Scope.AUTHOR)).key, slug, hidden)
    for client in (owner, admin):
        assert [s["title"] for s in await items(client, f"{path}/statements?revision=1")] == ["Tree", "Tree", ""]
        assert len(await items(client, f"{path}/samples?revision=1")) == 2
    assert [s["title"] for s in await items(submitter, f"{path}/statements?revision=2")] == ["Forest", "Forest", ""]
    assert await items(submitter, f"{path}/samples") == []
    for place in PLACES:
        assert (await submitter.get(f"{path}/{place}?revision=1")).status_code == 404, place
        assert (await owner.get(f"{path}/{place}?revision=3")).status_code == 404, place


async def test_what_is_not_there(
    submitter: httpx.AsyncClient, owner: httpx.AsyncClient, path: str, refused: Refusal, service: Service
) -> None:
    for place in (
        "statements/de", "statements/en?format=pdf", "statements/en/files/no.png", "statements/en/files/../../x",
        "statements/en/files/tree.png?format=markdown", "samples/none/input", "samples/sample/1/answer",
        "samples/sample/1", "attachments/none", "attachments/", "attachments/%2e%2e%2fproblem.tex",
    ):  # fmt: skip
        await refused(await submitter.get(f"{path}/{place}"), 404)
    for place in ("statements?format=html", "statements/en?format=doc", "samples?revision=0", "attachments?cursor=!"):
        await refused(await submitter.get(f"{path}/{place}"), 422)
    nobody = await service.client()
    for place in ("statements", "statements/en", "samples", "attachments/run.exe"):
        await refused(await nobody.get(f"{path}/{place}"), 401)
        await refused(await submitter.get(f"/api/v1/problems/nobodys/{place}"), 404)


async def test_an_archived_problem_is_not_read(
    owner: httpx.AsyncClient, submitter: httpx.AsyncClient, path: str
) -> None:
    assert (await owner.delete(path)).status_code == 204
    for place in (
        "statements",
        "statements/en",
        "samples",
        "samples/sample/1/input",
        "attachments",
        "attachments/run.exe",
    ):
        assert (await submitter.get(f"{path}/{place}")).status_code == 404, place
