"""Keys, scopes, and whose submission it is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from domain.access.enums import Scope
from tests.integration.http.service import SUM, Refusal, Service

CALLS = [
    ("GET", "/api/v1/languages"),
    ("GET", "/api/v1/problems"),
    ("PUT", "/api/v1/problems/x"),
    ("POST", "/api/v1/problems"),
    ("GET", "/api/v1/submissions"),
    ("POST", "/api/v1/submissions"),
    ("POST", "/api/v1/submissions/batch"),
    ("GET", "/api/v1/keys"),
    ("GET", "/api/v1/workers"),
]


def submission(problem: str) -> dict[str, Any]:
    return {"problem": problem, "language": "python3", "sources": [{"name": "main.py", "content": "print(5)"}]}


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_nothing_without_a_key(service: Service, method: str, path: str) -> None:
    nobody = await service.client()
    answer = await nobody.request(method, path, content=b"not even JSON")
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic {secret}", "{secret}", "Bearer  {secret}", "Bearer {secret}x", "Bearer proba_",
     "Bearer {secret} {secret}", "Bearer \xff"],
)  # fmt: skip
async def test_what_is_no_key(service: Service, header: str) -> None:
    secret = (await service.key(Scope.SUBMIT)).secret
    client = await service.client()
    value = header.format(secret=secret).encode("latin-1")
    answer = await client.get("/api/v1/submissions", headers=[(b"authorization", value)])
    assert answer.status_code == 401
    assert secret not in answer.text


async def test_revoked_and_expired_keys_are_no_keys(service: Service, admin: httpx.AsyncClient) -> None:
    created = (await admin.post("/api/v1/keys", json={"name": "short", "scopes": ["submit"]})).json()
    client = await service.client(secret=created["secret"])
    assert (await client.get("/api/v1/submissions")).status_code == 200
    assert (await admin.delete(f"/api/v1/keys/{created['id']}")).status_code == 204
    assert (await client.get("/api/v1/submissions")).status_code == 401
    assert (await admin.delete(f"/api/v1/keys/{created['id']}")).status_code == 204


async def test_secrets_are_shown_once(admin: httpx.AsyncClient) -> None:
    expires = datetime.now(UTC) + timedelta(days=1)
    answer = await admin.post(
        "/api/v1/keys",
        json={"name": "course", "scopes": ["submit", "author"], "maxPriority": 5, "expiresAt": expires.isoformat()},
    )
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    created = answer.json()
    assert created["secret"].startswith("proba_")
    assert created["scopes"] == ["author", "submit"]
    listed = await admin.get("/api/v1/keys?limit=100")
    while created["id"] not in listed.text:
        listed = await admin.get(f"/api/v1/keys?limit=100&cursor={listed.json()['nextCursor']}")
    assert created["secret"] not in listed.text
    (mine,) = [key for key in listed.json()["items"] if key["id"] == created["id"]]
    assert mine == {name: value for name, value in created.items() if name != "secret"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "", "scopes": ["submit"]}, "/name"),
        ({"name": "a\0", "scopes": ["submit"]}, "/name"),
        ({"name": "a", "scopes": []}, "/scopes"),
        ({"name": "a", "scopes": ["root"]}, "/scopes/0"),
        ({"name": "a", "scopes": ["submit"], "maxPriority": "1"}, "/maxPriority"),
        ({"name": "a", "scopes": ["submit"], "maxPriority": 10**9}, "/maxPriority"),
        ({"name": "a", "scopes": ["submit"], "expiresAt": "2020-01-01T00:00:00Z"}, "/expiresAt"),
        ({"name": "a", "scopes": ["submit"], "expiresAt": "2099-01-01T00:00:00"}, "/expiresAt"),
        ({"name": "a", "scopes": ["submit"], "expiresAt": "9999-12-31T23:59:59-12:00"}, "/expiresAt"),
        ({"name": "a", "scopes": ["submit"], "secret": "mine"}, "/secret"),
    ],
)
async def test_wrong_keys(admin: httpx.AsyncClient, refused: Refusal, body: dict[str, Any], pointer: str) -> None:
    document = await refused(await admin.post("/api/v1/keys", json=body), 422)
    assert [error["pointer"] for error in document["errors"]] == [pointer]


async def test_only_admin_has_keys_and_workers(author: httpx.AsyncClient, refused: Refusal) -> None:
    new = {"name": "mine", "scopes": ["admin"]}
    for answer in (
        await author.get("/api/v1/keys"),
        await author.post("/api/v1/keys", json=new),
        await author.delete("/api/v1/keys/01980000-0000-7000-8000-000000000000"),
        await author.get("/api/v1/workers"),
    ):
        assert (await refused(answer, 403))["code"] == "missing_scope"


async def test_a_scope_for_each_deed(service: Service, refused: Refusal, slug: str) -> None:
    submitter = await service.client(Scope.SUBMIT)
    writer = await service.client(Scope.AUTHOR)
    await refused(await submitter.put(f"/api/v1/problems/{slug}", json=SUM), 403)
    await refused(await submitter.post("/api/v1/problems", files={"package": b"x"}), 403)
    await refused(await writer.post("/api/v1/submissions", json=submission(slug)), 403)
    await refused(await writer.post("/api/v1/submissions/batch", json=[submission(slug)]), 403)


async def test_a_submission_is_its_keys(service: Service, author: httpx.AsyncClient, problem: str) -> None:
    sender, stranger = await service.client(Scope.SUBMIT), await service.client(Scope.SUBMIT, Scope.AUTHOR)
    root = await service.client(Scope.ADMIN)
    path = (await sender.post("/api/v1/submissions", json=submission(problem))).headers["location"]
    for tail in ("", "/sources", "/jobs", "/jobs/1"):
        assert (await stranger.get(path + tail)).json()["code"] == "submission_not_found"
        for seeing in (sender, author, root):
            assert (await seeing.get(path + tail)).status_code == 200
    listing = f"/api/v1/submissions?problem={problem}"
    assert [len((await c.get(listing)).json()["items"]) for c in (sender, author, root, stranger)] == [1, 1, 1, 0]


async def test_a_problem_is_its_authors(service: Service, refused: Refusal, problem: str) -> None:
    other = await service.client(Scope.AUTHOR)
    changed = SUM | {"title": "mine now"}
    assert (await other.put(f"/api/v1/problems/{problem}", json=changed)).status_code in (403, 409)
    assert (await other.delete(f"/api/v1/problems/{problem}")).status_code in (403, 409)
    assert (await other.get(f"/api/v1/problems/{problem}")).json()["title"] == "A + B"
    hidden = (await other.get(f"/api/v1/problems/{problem}/tests")).json()["items"]
    assert [(test["name"], test["input"]) for test in hidden] == [("sample/1", "2 3\n"), ("secret/1", None)]


async def test_a_priority_that_the_key_may_ask_for(service: Service, problem: str) -> None:
    favoured = await service.client(secret=(await service.key(Scope.SUBMIT, max_priority=5)).secret)
    sent = submission(problem)
    assert (await favoured.post("/api/v1/submissions", json=sent | {"priority": 5})).status_code == 201
    assert (await favoured.post("/api/v1/submissions", json=sent | {"priority": 6})).status_code == 422
