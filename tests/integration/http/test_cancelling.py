"""Cancelling and deleting as clients do it, with the worker's part played through the ledger."""

import asyncio

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from application.submissions.job_ledger import JobLedger
from domain.access.enums import Scope
from domain.submissions.exceptions import LeaseLost
from domain.verdicts import Verdict
from tests.integration.http.service import Refusal, Service
from tests.integration.http.test_submissions import LIMITS, PATH, claim, finish, result, sent


async def test_what_waits_is_cancelled_at_once_and_twice_is_as_good(submitter: httpx.AsyncClient) -> None:
    path = (await submitter.post(PATH, json=sent(language="lua"))).headers["location"]
    answer = await submitter.post(path + "/cancel")
    assert answer.status_code == 200
    cancelled = answer.json()
    assert (cancelled["status"], cancelled["verdict"], cancelled["score"]) == ("cancelled", None, None)
    assert cancelled["finishedAt"] > cancelled["createdAt"]
    assert (await submitter.post(path + "/cancel")).json() == cancelled
    assert (await submitter.get(path)).json() == cancelled
    listed = (await submitter.get(PATH, params={"status": "cancelled", "language": "lua"})).json()["items"]
    assert cancelled["id"] in [item["id"] for item in listed]


async def test_what_runs_is_taken_from_its_worker_and_waiters_are_told(
    service: Service, submitter: httpx.AsyncClient
) -> None:
    path = (await submitter.post(PATH, json=sent(language="perl"))).headers["location"]
    claimed = await claim(service, "perl")
    ledger: JobLedger = await service.container.get(JobLedger)
    await ledger.compiled(claimed, None, LIMITS, "none")
    await ledger.record(claimed, [result(0, Verdict.AC)])
    loop = asyncio.get_running_loop()
    waiting = asyncio.create_task(submitter.get(path, params={"wait": 20}, timeout=30))
    await asyncio.sleep(0.3)
    begun = loop.time()
    await submitter.post(path + "/cancel")
    told = (await waiting).json()
    assert loop.time() - begun < 0.9  # sooner than whoever looks by himself
    assert (told["status"], [test["name"] for test in told["tests"]]) == ("cancelled", ["sample/1"])
    with pytest.raises(LeaseLost):
        await finish(service, claimed, [result(1, Verdict.AC)])


async def test_what_has_finished_is_not_cancelled(
    service: Service, submitter: httpx.AsyncClient, refused: Refusal
) -> None:
    path = (await submitter.post(PATH, json=sent(language="php"))).headers["location"]
    await finish(service, await claim(service, "php"), [result(0, Verdict.AC), result(1, Verdict.WA)])
    document = (await submitter.post(path + "/cancel")).json()
    assert (document["status"], document["code"]) == (409, "submission_finished")
    assert "has finished" in document["detail"]
    assert (await submitter.get(path)).json()["verdict"] == "WA"


async def test_who_may_cancel(
    service: Service, submitter: httpx.AsyncClient, author: httpx.AsyncClient, admin: httpx.AsyncClient, problem: str
) -> None:
    stranger = await service.client(Scope.SUBMIT)
    other_author = await service.client(Scope.AUTHOR)
    for client, status in ((stranger, 404), (other_author, 404), (author, 200), (admin, 200), (submitter, 200)):
        path = (await submitter.post(PATH, json=sent(problem, "r"))).headers["location"]
        answer = await client.post(path + "/cancel")
        assert answer.status_code == status, answer.text
        assert (await submitter.get(path)).json()["status"] == ("cancelled" if status == 200 else "queued")


async def test_a_deleted_submission_is_gone(service: Service, admin: httpx.AsyncClient) -> None:
    sender = await service.client(Scope.SUBMIT)
    for client in (sender, admin):
        path = (await sender.post(PATH, json=sent(language="bash"))).headers["location"]
        claimed = await claim(service, "bash")
        assert (await client.delete(path)).status_code == 204
        for gone in (path, path + "/sources", path + "/jobs", path + "/jobs/1"):
            assert (await sender.get(gone)).status_code == 404
        assert (await sender.delete(path)).status_code == 404
        assert (await sender.post(path + "/cancel")).status_code == 404
        with pytest.raises(LeaseLost):
            await finish(service, claimed, [result(0, Verdict.AC)])
        (noted,) = (await admin.get("/api/v1/audit", params={"target": path.rpartition("/")[2]})).json()["items"]
        assert noted["act"] == "submission.delete"


async def locks_waited_for(engine: AsyncEngine) -> int:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with engine.connect() as connection:
        return int((await connection.execute(text(waiting))).scalar_one())


async def test_of_two_that_delete_at_once_one_has_done_it(service: Service, admin: httpx.AsyncClient) -> None:
    sender = await service.client(Scope.SUBMIT)
    path = (await sender.post(PATH, json=sent(language="bash"))).headers["location"]
    id_ = path.rpartition("/")[2]
    engine = await service.container.get(AsyncEngine)
    async with engine.connect() as holder:
        await holder.execute(text("SELECT 1 FROM submissions WHERE id = :id FOR UPDATE"), {"id": id_})
        deleting = [asyncio.create_task(client.delete(path)) for client in (sender, admin)]
        async with asyncio.timeout(10):
            while await locks_waited_for(engine) < len(deleting):  # noqa: ASYNC110  # it is in another process
                await asyncio.sleep(0.01)
        await holder.rollback()
    assert sorted([(await one).status_code for one in deleting]) == [204, 404]
    noted = (await admin.get("/api/v1/audit", params={"target": id_})).json()["items"]
    assert [entry["act"] for entry in noted] == ["submission.delete"]


async def test_who_may_delete(
    service: Service, submitter: httpx.AsyncClient, author: httpx.AsyncClient, problem: str, refused: Refusal
) -> None:
    path = (await submitter.post(PATH, json=sent(problem, "d"))).headers["location"]
    stranger = await service.client(Scope.SUBMIT)
    assert (await stranger.delete(path)).status_code == 404
    answer = await author.delete(path)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_submission")
    assert (await submitter.get(path)).status_code == 200
    assert (await submitter.delete(path)).status_code == 204
