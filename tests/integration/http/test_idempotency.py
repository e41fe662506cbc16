"""What is sent twice takes effect once."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from application.idempotency.replies import Claim, Replies, Reply
from application.idempotency.usecases import ForgetReplies
from application.transactions import Transaction
from domain.access.entities import ApiKeyId
from domain.access.enums import Scope
from tests.integration.http.service import Refusal, Service

SUBMISSIONS = "/api/v1/submissions"
REPLAYED = "idempotent-replayed"
CREATED = ("submissions", "jobs", "queue", "api_keys", "imports")


def submission(problem: str, content: str = "print(5)") -> dict[str, Any]:
    return {"problem": problem, "language": "python3", "sources": [{"name": "main.py", "content": content}]}


def named(name: str | None = None) -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex if name is None else name}


async def created(service: Service) -> dict[str, int]:
    engine = await service.container.get(AsyncEngine)
    async with engine.connect() as connection:
        return {t: (await connection.execute(text(f"SELECT count(*) FROM {t}"))).scalar_one() for t in CREATED}


async def execute(service: Service, statement: str, **values: object) -> list[Any]:
    engine = await service.container.get(AsyncEngine)
    async with engine.begin() as connection:
        result = await connection.execute(text(statement), values)
        return list(result.all()) if result.returns_rows else []


def check_repeated(first: httpx.Response, second: httpx.Response) -> None:
    assert first.is_success, first.text
    assert REPLAYED not in first.headers
    assert second.headers[REPLAYED] == "true"
    assert (second.status_code, second.content) == (first.status_code, first.content)
    for name in ("content-type", "location", "cache-control"):
        assert second.headers.get(name) == first.headers.get(name), name
    assert second.headers["x-request-id"] != first.headers["x-request-id"]


async def test_a_submission(service: Service, submitter: httpx.AsyncClient, problem: str) -> None:
    headers = named()
    first = await submitter.post(SUBMISSIONS, json=submission(problem), headers=headers)
    before = await created(service)
    check_repeated(first, await submitter.post(SUBMISSIONS, json=submission(problem), headers=headers))
    quoted = {"Idempotency-Key": f'"{headers["Idempotency-Key"]}"'}
    check_repeated(first, await submitter.post(SUBMISSIONS + "?wait=0.1", json=submission(problem), headers=quoted))
    assert await created(service) == before
    assert (await submitter.get(first.headers["location"])).status_code == 200
    # without a name, or with another one, it is another submission
    for again in ({}, named()):
        answer = await submitter.post(SUBMISSIONS, json=submission(problem), headers=again)
        assert answer.json()["id"] != first.json()["id"]


async def test_the_answer_without_and_with_a_key_is_the_same(submitter: httpx.AsyncClient, problem: str) -> None:
    plain = (await submitter.post(SUBMISSIONS, json=submission(problem))).json()
    kept = (await submitter.post(SUBMISSIONS, json=submission(problem), headers=named())).json()
    own = ("id", "createdAt", "job")
    assert {n: v for n, v in plain.items() if n not in own} == {n: v for n, v in kept.items() if n not in own}


async def test_a_batch(service: Service, submitter: httpx.AsyncClient, problem: str) -> None:
    headers, batch = named(), [submission(problem), {"nonsense": 1}, submission(problem, "print(6)")]
    first = await submitter.post(f"{SUBMISSIONS}/batch", json=batch, headers=headers)
    before = await created(service)
    check_repeated(first, await submitter.post(f"{SUBMISSIONS}/batch", json=batch, headers=headers))
    assert [answer["status"] for answer in first.json()] == [201, 422, 201]
    assert await created(service) == before


async def test_a_key_and_its_secret_is_stored_nowhere(service: Service, admin: httpx.AsyncClient) -> None:
    headers, body = named(), {"name": "once", "scopes": ["submit"]}
    first = await admin.post("/api/v1/keys", json=body, headers=headers)
    before = await created(service)
    check_repeated(first, await admin.post("/api/v1/keys", json=body, headers=headers))
    assert await created(service) == before
    (row,) = await execute(service, "SELECT * FROM replies WHERE name = :name", name=headers["Idempotency-Key"])
    secret = first.json()["secret"].encode()
    assert len(row.body) > 100
    assert secret not in row.body
    assert b"proba_" not in row.body


async def test_a_package(service: Service, author: httpx.AsyncClient) -> None:
    headers = named()
    first = await author.post("/api/v1/problems", files={"package": b"not a zip"}, headers=headers)
    before = await created(service)
    # the client draws another boundary: the parts count, not the bytes between them
    check_repeated(first, await author.post("/api/v1/problems", files={"package": b"not a zip"}, headers=headers))
    assert await created(service) == before
    for other in ({"files": {"package": b"not a zap"}}, {"files": {"package": b"not a zip"}, "data": {"slug": "x"}}):
        answer = await author.post("/api/v1/problems", headers=headers, **other)
        assert answer.json()["code"] == "idempotency_key_reused"


async def test_another_request_with_the_same_name(
    service: Service, submitter: httpx.AsyncClient, problem: str, refused: Refusal
) -> None:
    headers = named()
    assert (await submitter.post(SUBMISSIONS, json=submission(problem), headers=headers)).status_code == 201
    before = await created(service)
    for answer in (
        await submitter.post(SUBMISSIONS, json=submission(problem, "print(6)"), headers=headers),
        await submitter.post(f"{SUBMISSIONS}/batch", json=[submission(problem)], headers=headers),
    ):
        assert answer.status_code == 409
        assert answer.json()["code"] == "idempotency_key_reused"
    assert await created(service) == before
    # a name is its key's own
    other = await service.client(Scope.SUBMIT)
    answer = await other.post(SUBMISSIONS, json=submission(problem, "print(6)"), headers=headers)
    assert answer.status_code == 201
    assert REPLAYED not in answer.headers


async def test_a_refusal_is_not_kept(submitter: httpx.AsyncClient, problem: str, refused: Refusal) -> None:
    headers = named()
    await refused(await submitter.post(SUBMISSIONS, json=submission("no-such"), headers=headers), 404)
    await refused(await submitter.post(SUBMISSIONS, json={}, headers=headers), 422)
    await refused(await submitter.post(SUBMISSIONS, content=b"{", headers=headers), 415)
    await refused(await submitter.post("/api/v1/keys", json={"name": "a", "scopes": ["submit"]}, headers=headers), 403)
    answer = await submitter.post(SUBMISSIONS, json=submission(problem), headers=headers)
    assert answer.status_code == 201
    assert REPLAYED not in answer.headers


@pytest.mark.parametrize("name", ["", '"', "a\tb", "é", "x" * 256, "\x7f", "proba_" + "k" * 43])
async def test_what_is_no_name(submitter: httpx.AsyncClient, refused: Refusal, name: str) -> None:
    if name == '"':
        name = '""'
    headers = [(b"idempotency-key", name.encode())]
    document = await refused(await submitter.post(SUBMISSIONS, json=submission("x"), headers=headers), 422)
    assert [error["pointer"] for error in document["errors"]] == ["Idempotency-Key"]
    twice = [(b"idempotency-key", b"a"), (b"idempotency-key", b"b")]
    await refused(await submitter.post(SUBMISSIONS, json=submission("x"), headers=twice), 422)


async def test_many_at_once_make_one(service: Service, submitter: httpx.AsyncClient, problem: str) -> None:
    headers, before = named("x" * 255), await created(service)

    async def send() -> httpx.Response:
        return await submitter.post(SUBMISSIONS, json=submission(problem), headers=headers)

    answers = await asyncio.gather(*(send() for _ in range(20)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert sum(answer.status_code == 201 and REPLAYED not in answer.headers for answer in answers) == 1
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["code"] == "idempotency_key_in_use"
            assert int(answer.headers["retry-after"]) >= 1
    after = await created(service)
    assert (after["submissions"], after["queue"]) == (before["submissions"] + 1, before["queue"] + 1)


async def test_a_crash_ends_the_claim_with_its_lease(
    service: Service, submitter: httpx.AsyncClient, problem: str
) -> None:
    """As a process leaves it that is killed between claim and commit."""
    headers = named()
    first = await submitter.post(SUBMISSIONS, json=submission(problem), headers=headers)
    name = headers["Idempotency-Key"]
    (row,) = await execute(
        service,
        "UPDATE replies SET status = NULL, headers = NULL, body = NULL WHERE name = :name RETURNING key_id, token",
        name=name,
    )
    answer = await submitter.post(SUBMISSIONS, json=submission(problem), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_in_use")
    await execute(service, "UPDATE replies SET claimed_until = now() WHERE name = :name", name=name)
    second = await submitter.post(SUBMISSIONS, json=submission(problem), headers=headers)
    assert second.status_code == 201
    assert second.json()["id"] != first.json()["id"]
    # whoever comes back from the dead is refused: its token is no longer the claim's
    async with service.container() as scope:
        replies = await scope.get(Replies)
        assert not await replies.save(Claim(ApiKeyId(row.key_id), name, row.token), Reply(201, {}, b"late"))
        await replies.release(Claim(ApiKeyId(row.key_id), name, row.token))
        await (await scope.get(Transaction)).commit()
    check_repeated(second, await submitter.post(SUBMISSIONS, json=submission(problem), headers=headers))


async def test_after_a_day_it_is_forgotten(service: Service, submitter: httpx.AsyncClient, problem: str) -> None:
    headers = named()
    first = await submitter.post(SUBMISSIONS, json=submission(problem), headers=headers)
    name = headers["Idempotency-Key"]
    (row,) = await execute(service, "SELECT expires_at - now() AS left FROM replies WHERE name = :name", name=name)
    assert timedelta(hours=23, minutes=59) < row.left <= timedelta(hours=24)
    await execute(service, "UPDATE replies SET expires_at = now() WHERE name = :name", name=name)
    second = await submitter.post(SUBMISSIONS, json=submission(problem), headers=headers)
    assert second.json()["id"] != first.json()["id"]
    await execute(service, "UPDATE replies SET expires_at = now()")
    await execute(
        service,
        "INSERT INTO replies (key_id, name, fingerprint, token, claimed_until, expires_at) "
        "SELECT :key, 'old ' || n, '', gen_random_uuid(), now(), now() FROM generate_series(1, 2500) AS n",
        key=(await service.key(Scope.SUBMIT)).key.id,
    )

    async def forget() -> int:
        async with service.container() as scope:
            return await (await scope.get(ForgetReplies))()

    assert sum(await asyncio.gather(forget(), forget())) >= 2501
    assert await execute(service, "SELECT name FROM replies") == []


async def test_what_the_query_asks_for_is_part_of_the_request(service: Service, problem: str) -> None:
    admin = await service.client(Scope.ADMIN, Scope.SUBMIT)
    made = (await admin.post(SUBMISSIONS, json=submission(problem))).json()["id"]
    assert (await admin.post(f"{SUBMISSIONS}/{made}/cancel")).status_code == 200
    headers, place = named(), f"{SUBMISSIONS}/{made}/rejudge"
    first = await admin.post(f"{place}?revision=same", headers=headers)
    assert first.status_code == 201, first.text
    other = await admin.post(f"{place}?revision=same&priority=0", headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    check_repeated(first, await admin.post(f"{place}?revision=same", headers=headers))
