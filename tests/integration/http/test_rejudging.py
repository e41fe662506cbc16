"""Rejudges as authors ask for them, with the worker's part played through the ledger."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from application.submissions.job_ledger import JobLedger
from domain.access.enums import Scope
from domain.submissions.entities import JobResult
from domain.verdicts import Verdict
from tests.integration.http.service import SUM, Refusal, Service
from tests.integration.http.test_submissions import LIMITS, MS, PATH, claim, finish, result, sent

REJUDGES = "/api/v1/rejudges"
RESULT = JobResult(
    verdict=Verdict.WA, score=0.0, max_score=1.0, message="", cpu_time=MS, wall_time=MS, memory=1, groups=()
)


async def judge(service: Service, language: str, verdict: Verdict, score: float = 0.0) -> None:
    """The next job in this language ends so."""
    ledger: JobLedger = await service.container.get(JobLedger)
    end = replace(RESULT, verdict=verdict, score=score)
    await ledger.finish(await claim(service, language), end, None, LIMITS, "none", [])


async def submitted(client: httpx.AsyncClient, problem: str | None, language: str) -> str:
    answer = await client.post(PATH, json=sent(problem, language))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_one_submission_is_judged_again_and_its_first_verdict_stays(
    service: Service, author: httpx.AsyncClient, submitter: httpx.AsyncClient, problem: str
) -> None:
    one = await submitted(submitter, problem, "go")
    path = f"{PATH}/{one}"
    answer = await author.post(path + "/rejudge")
    assert (answer.status_code, answer.json()["code"]) == (409, "submission_not_finished")
    await judge(service, "go", Verdict.WA)
    await author.put(f"/api/v1/problems/{problem}", json=SUM | {"title": "A + B again"})
    answer = await author.post(path + "/rejudge", headers={"Idempotency-Key": one})
    assert answer.status_code == 201, answer.text
    job = answer.json()
    assert (await author.post(path + "/rejudge", headers={"Idempotency-Key": one})).json() == job
    assert answer.headers["location"] == f"{path}/jobs/2"
    assert (job["number"], job["status"], job["revision"], job["verdict"]) == (2, "queued", 2, None)
    assert job["rejudge"] is not None
    shown = (await submitter.get(path)).json()
    assert (shown["status"], shown["verdict"], shown["revision"]) == ("queued", None, 2)
    refused = await submitter.post(path + "/cancel")
    assert (refused.status_code, "judged again" in refused.json()["detail"]) == (403, True)
    first = (await submitter.get(path + "/jobs/1")).json()
    assert (first["verdict"], first["revision"], first["rejudge"]) == ("WA", 1, None)
    await judge(service, "go", Verdict.AC, 1.0)
    assert (await submitter.get(path)).json()["verdict"] == "AC"
    report = (await author.get(f"{REJUDGES}/{job['rejudge']}")).json()
    assert report["changes"] == [
        {
            "submission": one,
            "old": {"number": 1, "revision": 1, "verdict": "WA", "score": 0.0},
            "new": {"number": 2, "revision": 2, "verdict": "AC", "score": 1.0},
        }
    ]
    assert (await submitter.get(path + "/jobs/1")).json() == first


async def test_a_whole_problem_with_a_report_in_pages(
    service: Service, author: httpx.AsyncClient, submitter: httpx.AsyncClient, admin: httpx.AsyncClient, problem: str
) -> None:
    ids = [await submitted(submitter, problem, "pascal") for _ in range(5)]
    for _ in ids[:4]:
        await judge(service, "pascal", Verdict.WA)
    named = {"Idempotency-Key": problem}
    answer = await author.post(REJUDGES, json={"problem": problem, "revision": "newest"}, headers=named)
    assert answer.status_code == 201, answer.text
    begun = answer.json()
    place = answer.headers["location"]
    again = await author.post(REJUDGES, json={"problem": problem, "revision": "newest"}, headers=named)
    assert (again.json(), again.headers["location"]) == (begun, place)
    assert (begun["total"], begun["skipped"], begun["waiting"], begun["status"]) == (4, 1, 4, "running")
    assert (begun["priority"], begun["filter"]["problem"]) == (-10, problem)
    await judge(service, "pascal", Verdict.WA)  # the one that waited goes first
    assert (await submitter.get(f"{PATH}/{ids[4]}")).json()["verdict"] == "WA"
    for _ in range(3):
        await judge(service, "pascal", Verdict.AC, 1.0)
    await author.post(f"{PATH}/{ids[3]}/cancel")
    assert begun["deleted"] == 0
    page = (await author.get(place, params={"limit": 2})).json()
    assert (page["status"], page["finished"], page["cancelled"], page["changed"]) == ("finished", 3, 1, 3)
    assert page["finishedAt"] > page["createdAt"]
    rest = (await author.get(place, params={"limit": 2, "cursor": page["nextCursor"]})).json()
    assert [change["submission"] for change in page["changes"] + rest["changes"]] == ids[:3]
    assert rest["nextCursor"] is None
    summary = {name: page[name] for name in begun}
    assert (await author.get(REJUDGES, params={"limit": 1})).json()["items"] == [summary]
    assert (await admin.get(REJUDGES, params={"limit": 1})).json()["items"] == [summary]
    assert (await admin.get(place)).status_code == 200
    assert (await submitter.get(place)).status_code == 404
    assert (await submitter.get(REJUDGES)).json()["items"] == []
    (noted,) = (await admin.get("/api/v1/audit", params={"target": begun["id"]})).json()["items"]
    assert (noted["act"], noted["details"]["total"]) == ("rejudge.create", 4)


async def test_a_rejudge_that_was_a_mistake_is_taken_back(
    service: Service, author: httpx.AsyncClient, submitter: httpx.AsyncClient, admin: httpx.AsyncClient, problem: str
) -> None:
    ids = [await submitted(submitter, problem, "tcl") for _ in range(3)]
    for _ in ids:
        await judge(service, "tcl", Verdict.AC, 1.0)
    before = [(await submitter.get(f"{PATH}/{id_}")).json() for id_ in ids]
    answer = await author.post(REJUDGES, json={"problem": problem})
    place = answer.headers["location"]
    running = await claim(service, "tcl")
    assert (await submitter.post(place + "/cancel")).status_code == 404
    for _ in range(2):
        stands = (await author.post(place + "/cancel")).json()
        assert (stands["total"], stands["withdrawn"], stands["running"], stands["waiting"]) == (3, 2, 1, 0)
        assert (stands["deleted"], stands["status"]) == (0, "running")
    await finish(service, running, [result(0, Verdict.AC)])
    assert [(await submitter.get(f"{PATH}/{id_}")).json() for id_ in ids[1:]] == before[1:]
    assert (await submitter.get(f"{PATH}/{ids[1]}/jobs/2")).status_code == 404
    assert (await author.get(place)).json()["status"] == "finished"
    noted = (await admin.get("/api/v1/audit", params={"target": answer.json()["id"]})).json()["items"]
    assert [(one["act"], one["details"].get("withdrawn")) for one in noted] == [
        ("rejudge.cancel", 2),
        ("rejudge.create", None),
    ]


async def test_by_verdict_key_ids_and_time(
    service: Service, author: httpx.AsyncClient, admin: httpx.AsyncClient, problem: str
) -> None:
    created = await service.key(Scope.SUBMIT)
    sender = await service.client(secret=created.secret)
    good, bad = [await submitted(sender, problem, "ruby") for _ in range(2)]
    await judge(service, "ruby", Verdict.AC, 1.0)
    await judge(service, "ruby", Verdict.RTE)
    own = await submitted(sender, None, "ruby")
    await judge(service, "ruby", Verdict.WA)

    async def total(client: httpx.AsyncClient, **body: Any) -> int:
        """How many; they are cancelled, so that the next can have them."""
        answer = await client.post(REJUDGES, json=body)
        assert answer.status_code == 201, answer.text
        for one in (good, bad, own):
            await admin.post(f"{PATH}/{one}/cancel")
        number: int = answer.json()["total"]
        return number

    assert await total(author, problem=problem, verdict="RTE") == 1
    assert await total(author, key=str(created.key.id)) == 2  # not the one that was sent to no problem
    assert await total(admin, key=str(created.key.id)) == 3
    assert await total(admin, ids=[good, own]) == 2
    moment = (await sender.get(f"{PATH}/{bad}")).json()["createdAt"]
    assert await total(admin, key=str(created.key.id), **{"from": moment}) == 2
    assert await total(admin, key=str(created.key.id), to=moment) == 1
    ever = {"from": "1970-01-01T00:00:00Z", "to": "9998-12-31T23:59:59Z"}
    assert await total(admin, key=str(created.key.id), **ever) == 3


async def test_who_may(
    service: Service, submitter: httpx.AsyncClient, problem: str, author: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    one = await submitted(submitter, problem, "ocaml")
    await judge(service, "ocaml", Verdict.WA)
    path = f"{PATH}/{one}/rejudge"
    stranger = await service.client(Scope.AUTHOR)
    sender_and_author = await service.client(Scope.AUTHOR, Scope.SUBMIT)
    theirs = await submitted(sender_and_author, problem, "ocaml")
    await judge(service, "ocaml", Verdict.WA)
    own = await submitted(sender_and_author, None, "ocaml")
    await judge(service, "ocaml", Verdict.WA)
    assert (await stranger.post(path)).status_code == 404
    assert (await submitter.post(path)).json()["code"] == "missing_scope"
    assert (await sender_and_author.post(f"{PATH}/{theirs}/rejudge")).json()["code"] == "not_your_submission"
    assert (await sender_and_author.post(f"{PATH}/{own}/rejudge")).status_code == 201
    assert (await submitter.post(REJUDGES, json={"problem": problem})).json()["code"] == "missing_scope"
    assert (await stranger.post(REJUDGES, json={"problem": problem})).json()["code"] == "not_your_problem"
    assert (await stranger.post(REJUDGES, json={"ids": [one]})).json()["total"] == 0
    assert (await admin.post(path)).status_code == 201


WRONG = {
    "nothing said": ({}, ""),
    "no more than how": ({"revision": "same"}, ""),
    "a revision that is none": ({"problem": "x", "revision": "oldest"}, "/revision"),
    "a priority above the key's": ({"verdict": "JE", "priority": 1}, "/priority"),
    "a priority below all": ({"verdict": "JE", "priority": -101}, "/priority"),
    "no ids": ({"ids": []}, "/ids"),
    "an id that is none": ({"ids": ["x"]}, "/ids/0"),
    "before all dates": ({"verdict": "AC", "from": "0001-01-01T00:00:00Z"}, "/from"),
    "after all dates": ({"verdict": "AC", "to": "9999-12-31T23:59:59-12:00"}, "/to"),
    "a moment without a zone": ({"from": "2025-01-31T09:30:00"}, "/from"),
    "a field that is not known": ({"problm": "x"}, "/problm"),
}


@pytest.mark.parametrize(("body", "pointer"), WRONG.values(), ids=WRONG)
async def test_what_is_wrong_is_named(
    author: httpx.AsyncClient, refused: Refusal, body: dict[str, Any], pointer: str
) -> None:
    document = await refused(await author.post(REJUDGES, json=body), 422)
    assert [error["pointer"] for error in document["errors"]] == [pointer]


async def test_what_is_not_there(author: httpx.AsyncClient, refused: Refusal) -> None:
    await refused(await author.post(REJUDGES, json={"problem": "nobody-has-it"}), 404)
    await refused(await author.get(f"{REJUDGES}/0198c5f0-0000-7000-8000-000000000000"), 404)
    await refused(await author.get(REJUDGES, params={"cursor": "!"}), 422)


async def test_a_rejudge_heeds_the_backlog(
    service: Service, author: httpx.AsyncClient, submitter: httpx.AsyncClient, problem: str
) -> None:
    from application.submissions.back_pressure import BackPressure

    one = await submitted(submitter, problem, "haskell")
    await judge(service, "haskell", Verdict.WA)
    pressure = await service.container.get(BackPressure)
    policy = pressure.policy
    pressure.policy = replace(policy, max_backlog=0)
    try:
        answer = await author.post(REJUDGES, json={"problem": problem})
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
        pressure.policy = policy
        await submitted(submitter, problem, "haskell")
        await judge(service, "haskell", Verdict.WA)
        pressure.policy = replace(policy, max_backlog=1)
        answer = await author.post(REJUDGES, json={"problem": problem})
        assert answer.status_code == 422  # waiting would not help
        assert "these are 2 submissions" in answer.text
    finally:
        pressure.policy = policy
    assert (await submitter.get(f"{PATH}/{one}")).json()["verdict"] == "WA"


async def test_a_deleted_submission_is_counted_in_its_rejudge(
    service: Service, author: httpx.AsyncClient, submitter: httpx.AsyncClient, problem: str
) -> None:
    one = await submitted(submitter, problem, "pascal")
    await judge(service, "pascal", Verdict.WA)
    place = (await author.post(REJUDGES, json={"problem": problem})).headers["location"]
    await submitter.delete(f"{PATH}/{one}")
    shown = (await author.get(place)).json()
    assert (shown["status"], shown["total"], shown["deleted"], shown["changes"]) == ("finished", 1, 1, [])
