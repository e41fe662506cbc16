"""What a key may do: rates, daily quota, and changing them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access.enums import Scope
from infrastructure.http.upkeep import Upkeep
from tests.integration.http.service import Refusal, Service

KEYS = "/api/v1/keys"
SUBMISSIONS = "/api/v1/submissions"


def submission(problem: str) -> dict[str, Any]:
    return {"problem": problem, "language": "python3", "sources": [{"name": "main.py", "content": "print(5)"}]}


async def limited(service: Service, admin: httpx.AsyncClient, **limits: Any) -> tuple[str, httpx.AsyncClient]:
    """A new key with these limits: its path and a client."""
    answer = await admin.post(KEYS, json={"name": "limited", "scopes": ["submit"]} | limits)
    assert answer.status_code == 201, answer.text
    return f"{KEYS}/{answer.json()['id']}", await service.client(secret=answer.json()["secret"])


def check_429(answer: httpx.Response, code: str, *numbers: int) -> int:
    """Seconds to wait."""
    assert answer.status_code == 429, answer.text
    document = answer.json()
    assert (document["code"], document["title"]) == (code, "Too many")
    for number in numbers:
        assert str(number) in document["detail"]
    wait = int(answer.headers["retry-after"])
    assert f"{wait} s" in document["detail"]
    return wait


async def test_a_quota_counts_what_was_accepted(service: Service, admin: httpx.AsyncClient, problem: str) -> None:
    path, client = await limited(service, admin, dailyQuota=5)
    assert (await client.post(SUBMISSIONS, json=submission(problem))).status_code == 201
    assert (await client.post(SUBMISSIONS, json=submission("no-such"))).status_code == 404
    batch = [submission(problem), submission("no-such"), submission(problem)]
    answer = await client.post(f"{SUBMISSIONS}/batch", json=batch)
    assert [one["status"] for one in answer.json()] == [201, 404, 201]
    assert (await admin.get(path)).json()["submissionsToday"] == 3
    # none of a batch that does not fit, and the rest of the quota stays
    answer = await client.post(f"{SUBMISSIONS}/batch", json=[submission(problem)] * 3)
    assert 0 < check_429(answer, "quota_exceeded", 5, 3) <= 24 * 3600
    for _ in range(2):
        assert (await client.post(SUBMISSIONS, json=submission(problem))).status_code == 201
    check_429(await client.post(SUBMISSIONS, json=submission(problem)), "quota_exceeded", 5)
    assert len((await client.get(SUBMISSIONS)).json()["items"]) == 5
    assert (await admin.patch(path, json={"dailyQuota": 6})).status_code == 200
    assert (await client.post(SUBMISSIONS, json=submission(problem))).status_code == 201
    assert (await admin.patch(path, json={"dailyQuota": None})).json()["dailyQuota"] is None
    for _ in range(3):
        assert (await client.post(SUBMISSIONS, json=submission(problem))).status_code == 201


async def test_a_quota_holds_against_many_at_once(service: Service, admin: httpx.AsyncClient, problem: str) -> None:
    _, client = await limited(service, admin, dailyQuota=7)
    answers = await asyncio.gather(*(client.post(SUBMISSIONS, json=submission(problem)) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] * 7 + [429] * 13
    assert len((await client.get(SUBMISSIONS)).json()["items"]) == 7


async def test_a_quota_begins_with_what_was_sent_today(
    service: Service, admin: httpx.AsyncClient, problem: str
) -> None:
    path, client = await limited(service, admin)
    for _ in range(3):
        await client.post(SUBMISSIONS, json=submission(problem))
    assert (await admin.get(path)).json()["submissionsToday"] is None
    await admin.patch(path, json={"dailyQuota": 3})
    assert (await admin.get(path)).json()["submissionsToday"] == 3
    check_429(await client.post(SUBMISSIONS, json=submission(problem)), "quota_exceeded", 3)
    # yesterday's are yesterday's
    engine = await service.container.get(AsyncEngine)
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE key_usage SET day = day - 1 WHERE key_id = :id"), {"id": path.rpartition("/")[2]}
        )
    assert (await client.post(SUBMISSIONS, json=submission(problem))).status_code == 201


async def test_a_rate_of_submissions(service: Service, admin: httpx.AsyncClient, problem: str) -> None:
    _, client = await limited(service, admin, submissionRate={"limit": 60, "per": "minute", "burst": 4})
    assert (await client.post(f"{SUBMISSIONS}/batch", json=[submission(problem)] * 3)).status_code == 200
    assert (await client.post(SUBMISSIONS, json=submission(problem))).status_code == 201
    assert check_429(await client.post(SUBMISSIONS, json=submission(problem)), "rate_exceeded", 60, 4) == 1
    answer = await client.post(f"{SUBMISSIONS}/batch", json=[submission(problem)] * 4)
    assert check_429(answer, "rate_exceeded", 60, 4) in (3, 4)
    assert (await client.get(SUBMISSIONS)).status_code == 200  # reading is not submitting
    await asyncio.sleep(1.05)
    assert (await client.post(SUBMISSIONS, json=submission(problem))).status_code == 201
    # more than could ever come at once
    answer = await client.post(f"{SUBMISSIONS}/batch", json=[submission(problem)] * 5)
    assert (answer.status_code, "at most 4" in answer.json()["detail"]) == (422, True)


async def test_a_rate_of_requests(service: Service, admin: httpx.AsyncClient) -> None:
    _, client = await limited(service, admin, requestRate={"limit": 1, "per": "second", "burst": 3})
    answers = await asyncio.gather(*(client.get(SUBMISSIONS) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 5
    assert check_429(await client.get(SUBMISSIONS), "rate_exceeded", 1, 3) == 1
    await asyncio.sleep(1.05)
    assert (await client.get(SUBMISSIONS)).status_code == 200


async def test_changing_a_key(service: Service, admin: httpx.AsyncClient) -> None:
    path, client = await limited(service, admin, maxPriority=3, dailyQuota=9)
    rate = {"limit": 5, "per": "minute", "burst": 5}
    answer = await admin.patch(path, json={"name": "renamed", "requestRate": {"limit": 5, "per": "minute"}})
    assert answer.status_code == 200
    changed = answer.json()
    assert (changed["name"], changed["requestRate"]) == ("renamed", rate)
    assert (changed["maxPriority"], changed["dailyQuota"], changed["submissionRate"]) == (3, 9, None)
    assert "secret" not in changed
    shown = (await admin.get(path)).json()
    assert {**changed, "submissionsToday": 0} == shown
    entry = (await admin.get(f"/api/v1/audit?target={changed['id']}")).json()["items"][0]
    assert entry["act"] == "key.change"
    assert entry["details"] == {"name": "renamed", "request_rate": "5 a minute and 5 at once"}
    past = (datetime.now(UTC) + timedelta(seconds=0.3)).isoformat()
    assert (await admin.patch(path, json={"expiresAt": past})).status_code == 200
    await asyncio.sleep(0.4)
    assert (await client.get(SUBMISSIONS)).status_code == 401
    assert (await admin.patch(path, json={"expiresAt": None})).status_code == 200
    assert (await client.get(SUBMISSIONS)).status_code == 200
    await admin.delete(path)
    assert (await admin.patch(path, json={"name": "late"})).json()["code"] == "api_key_revoked"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": None}, "/name"),
        ({"scopes": ["admin"]}, "/scopes"),
        ({"dailyQuota": 0}, "/dailyQuota"),
        ({"dailyQuota": 2**31}, "/dailyQuota"),
        ({"maxPriority": 1001}, "/maxPriority"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "/expiresAt"),
        ({"requestRate": {"limit": 0, "per": "second"}}, "/requestRate/limit"),
        ({"submissionRate": {"limit": 1, "per": "second", "burst": 0}}, "/submissionRate/burst"),
        ({"submissionRate": {"limit": 1, "per": "day"}}, "/submissionRate/per"),
        ({"submissionRate": {"limit": 1}}, "/submissionRate/per"),
    ],
)
async def test_wrong_changes(
    service: Service, admin: httpx.AsyncClient, refused: Refusal, change: dict[str, Any], pointer: str
) -> None:
    key = (await service.key(Scope.SUBMIT)).key
    document = await refused(await admin.patch(f"{KEYS}/{key.id}", json=change), 422)
    assert document["errors"][0]["pointer"] == pointer


async def test_only_admin_changes_keys(service: Service, author: httpx.AsyncClient, refused: Refusal) -> None:
    key = (await service.key(Scope.SUBMIT)).key
    await refused(await author.patch(f"{KEYS}/{key.id}", json={"name": "x"}), 403)
    await refused(await author.get(f"{KEYS}/{key.id}"), 403)


async def test_when_a_key_was_used(service: Service, admin: httpx.AsyncClient) -> None:
    path, client = await limited(service, admin)
    assert (await admin.get(path)).json()["lastUsedAt"] is None
    await client.get(SUBMISSIONS)
    await Upkeep(service.container).step()
    used = (await admin.get(path)).json()["lastUsedAt"]
    assert abs(datetime.fromisoformat(used) - datetime.now(UTC)) < timedelta(seconds=10)
