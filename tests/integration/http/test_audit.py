"""Who has done what: every administrative act is remembered with it, and none that failed."""

from typing import Any

import httpx
import pytest

from domain.access.enums import Scope
from tests.integration.http.service import SUM, Refusal, Service

AUDIT = "/api/v1/audit"


async def entries(admin: httpx.AsyncClient, query: str = "") -> list[dict[str, Any]]:
    answer = await admin.get(f"{AUDIT}?{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_acts_about_keys(service: Service, admin: httpx.AsyncClient) -> None:
    named = {"X-Request-Id": "audit-1"}
    created = (await admin.post("/api/v1/keys", json={"name": "who", "scopes": ["submit"]}, headers=named)).json()
    await admin.delete(f"/api/v1/keys/{created['id']}")
    revoked, made = await entries(admin, f"target={created['id']}")
    assert (revoked["act"], made["act"]) == ("key.revoke", "key.create")
    assert made["requestId"] == "audit-1"
    assert made["client"] == "127.0.0.1"
    assert made["keyName"] == "test"
    assert made["details"] == {"name": "who", "scopes": ["submit"], "maxPriority": 0}
    limited = {"name": "few", "scopes": ["submit"], "dailyQuota": 7, "submissionRate": {"limit": 2, "per": "minute"}}
    few = (await admin.post("/api/v1/keys", json=limited)).json()
    (told,) = await entries(admin, f"target={few['id']}")
    assert told["details"]["dailyQuota"] == "7"
    assert "2" in told["details"]["submissionRate"]
    assert "expiresAt" not in told["details"]
    mine = await entries(admin, f"key={made['key']}&act=key.create")
    assert {entry["key"] for entry in mine} == {made["key"]}
    assert created["secret"] not in str(await entries(admin))
    # of the command line: no key, no request
    quiet = await service.key(Scope.SUBMIT)
    (entry,) = await entries(admin, f"target={quiet.key.id}")
    assert (entry["key"], entry["requestId"], entry["client"]) == (None, None, None)


async def test_acts_about_problems(admin: httpx.AsyncClient, author: httpx.AsyncClient, problem: str) -> None:
    await author.put(f"/api/v1/problems/{problem}", json=SUM)
    await author.put(f"/api/v1/problems/{problem}", json=SUM | {"title": "again"})
    await author.delete(f"/api/v1/problems/{problem}")
    found = await entries(admin, f"target={problem}")
    assert [(entry["act"], entry["details"].get("revision")) for entry in found] == [
        ("problem.archive", None),
        ("problem.put", 2),
        ("problem.put", 1),
    ]
    imported = (await author.post("/api/v1/problems", files={"package": b"not a zip"})).json()
    assert [entry["act"] for entry in await entries(admin, f"target={imported['id']}")] == ["problem.import"]


async def test_what_was_refused_has_no_entry(admin: httpx.AsyncClient, refused: Refusal) -> None:
    await refused(await admin.post("/api/v1/keys", json={"name": "", "scopes": ["submit"]}), 422)
    await refused(await admin.delete("/api/v1/keys/01980000-0000-7000-8000-000000000000"), 404)


async def test_pages_meet(admin: httpx.AsyncClient) -> None:
    for number in range(3):
        await admin.post("/api/v1/keys", json={"name": f"page {number}", "scopes": ["submit"]})
    whole = [entry["id"] for entry in await entries(admin, "limit=5")]
    parts, cursor = [], ""
    for _ in range(3):
        page = (await admin.get(f"{AUDIT}?limit=1{cursor}")).json()
        parts += [entry["id"] for entry in page["items"]]
        cursor = f"&cursor={page['nextCursor']}"
    assert parts == whole[:3]


@pytest.mark.parametrize("query", ["key=x", "act=", "cursor=eA", "cursor=!", "limit=0", "since=1", "target=a%00b"])
async def test_wrong_questions(admin: httpx.AsyncClient, query: str) -> None:
    assert (await admin.get(f"{AUDIT}?{query}")).status_code == 422


async def test_only_for_admin(author: httpx.AsyncClient, refused: Refusal) -> None:
    await refused(await author.get(AUDIT), 403)
