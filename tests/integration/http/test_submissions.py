"""Submissions as clients see them, with the worker's part played through the ledger."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from application.submissions.bell import Announcements
from application.submissions.job_ledger import JobLedger
from domain.access.enums import Scope
from domain.languages.entities import LanguageId
from domain.runs.entities import Limits
from domain.submissions.entities import Claim, CompileResult, JobResult, RunTimes, SubmissionId, TestResult
from domain.verdicts import Verdict
from domain.workers.entities import WorkerId
from tests.integration.http.service import SUM, Refusal, Service

PATH = "/api/v1/submissions"
MS = timedelta(milliseconds=1)
LIMITS = Limits(
    cpu_time=1000 * MS, wall_time=3000 * MS, memory=2**28, output=2**26, processes=64, stack=2**28, file_size=2**26,
    open_files=64,
)  # fmt: skip


def sent(problem: str | None = None, language: str = "python3", **more: Any) -> dict[str, Any]:
    own = {"tests": SUM["tests"]} if problem is None else {"problem": problem}
    return {"language": language, "sources": [{"name": "main.x", "content": "héllo\0\n"}]} | own | more


def result(index: int, verdict: Verdict, **more: Any) -> TestResult:
    name, sample = (("sample/1", True), ("secret/1", False))[index]
    return TestResult(
        index=index, name=name, group=None, sample=sample, verdict=verdict, message=f"message {index}",
        cpu_time=12 * MS, wall_time=14 * MS, memory=3_624_960, exit_code=0, margin=0.988,
        runs=(RunTimes(12 * MS, 14 * MS),), **more,
    )  # fmt: skip


async def claim(service: Service, language: str) -> Claim:
    ledger: JobLedger = await service.container.get(JobLedger)
    claimed = await ledger.claim(WorkerId(uuid4()), "w-1", [LanguageId(language)], timedelta(seconds=30))
    assert claimed is not None
    return claimed.claim


async def finish(service: Service, claimed: Claim, results: Sequence[TestResult]) -> None:
    ledger: JobLedger = await service.container.get(JobLedger)
    compiled = CompileResult(exit_code=0, output="", cpu_time=610 * MS, wall_time=630 * MS, memory=61_865_984)
    await ledger.compiled(claimed, compiled, LIMITS, "namespaces+cgroup2+seccomp")
    end = JobResult(
        verdict=Verdict.WA, score=0.0, max_score=1.0, message="test secret/1: message 1", cpu_time=12 * MS,
        wall_time=14 * MS, memory=3_624_960, groups=(),
    )  # fmt: skip
    await ledger.finish(claimed, end, compiled, LIMITS, "namespaces+cgroup2+seccomp", results)


async def test_a_new_submission_waits(submitter: httpx.AsyncClient, problem: str) -> None:
    answer = await submitter.post(PATH, json=sent(problem, metadata={"course": "101", "n": [1]}))
    assert answer.status_code == 201
    new = answer.json()
    assert answer.headers["location"] == f"{PATH}/{new['id']}"
    assert UUID(new["id"]).version == 7
    assert new["createdAt"].endswith("Z")
    assert len(new["createdAt"]) == len("2025-01-31T09:30:00.123456Z")
    unknown = ("verdict", "score", "maxScore", "cpuTime", "wallTime", "memory", "message", "compile", "limits",
               "isolation", "worker", "startedAt", "finishedAt")  # fmt: skip
    assert new == {
        "id": new["id"], "problem": problem, "revision": 1, "language": "python3", "status": "queued", "tests": [],
        "groups": [], "priority": 0, "attempt": 1, "createdAt": new["createdAt"],
        "metadata": {"course": "101", "n": [1]},
    } | dict.fromkeys(unknown)  # fmt: skip
    assert (await submitter.get(answer.headers["location"])).json() == new


async def test_a_finished_submission_tells_everything(
    service: Service, author: httpx.AsyncClient, problem: str
) -> None:
    sender = await service.client(Scope.SUBMIT)
    path = (await sender.post(PATH, json=sent(problem, "ocaml"))).headers["location"]
    claimed = await claim(service, "ocaml")
    assert (await sender.get(path)).json()["status"] == "compiling"
    hidden = {"stdout": b"8\xff\0", "stderr": b"", "comment": b"expected 9"}
    await finish(service, claimed, [result(0, Verdict.AC, stdout=b"5\n", stderr=b""), result(1, Verdict.WA, **hidden)])
    shown = (await sender.get(path)).json()
    assert shown["compile"] == {
        "exitCode": 0, "output": "", "cpuTime": 0.61, "wallTime": 0.63, "memory": 61_865_984,
    }  # fmt: skip
    assert shown["limits"] == {
        "cpuTime": 1.0, "wallTime": 3.0, "memory": 2**28, "output": 2**26, "processes": 64, "stack": 2**28,
        "fileSize": 2**26, "openFiles": 64,
    }  # fmt: skip
    assert shown["tests"][0] == {
        "name": "sample/1", "group": None, "verdict": "AC", "cpuTime": 0.012, "wallTime": 0.014, "memory": 3_624_960,
        "exitCode": 0, "signal": None, "message": "message 0", "points": None, "margin": 0.988,
        "runs": [{"cpuTime": 0.012, "wallTime": 0.014}], "stdout": "5\n", "stderr": "",
    }  # fmt: skip
    assert (shown["tests"][1]["stdout"], shown["tests"][1]["message"]) == (None, "message 1")
    assert (shown["verdict"], shown["score"], shown["maxScore"], shown["cpuTime"]) == ("WA", 0.0, 1.0, 0.012)
    assert (shown["status"], shown["worker"], shown["attempt"]) == ("finished", "w-1", 1)
    assert shown["createdAt"] < shown["startedAt"] < shown["finishedAt"]
    as_author = (await author.get(path)).json()
    assert as_author["tests"][1]["stdout"] == "8\ufffd\ufffd"
    assert "expected 9" in as_author["tests"][1]["message"]
    (job,) = (await sender.get(path + "/jobs")).json()["items"]
    assert job == shown | {"tests": None, "number": 1, "rejudge": None}
    assert (await sender.get(path + "/jobs/1")).json() == shown | {"number": 1, "rejudge": None}
    assert (await sender.get(path + "/jobs/2")).json()["code"] == "job_not_found"


async def test_waiting_ends_with_the_job(service: Service, submitter: httpx.AsyncClient) -> None:
    async def work() -> None:
        await asyncio.sleep(0.2)
        claimed = await claim(service, "tcl")
        await finish(service, claimed, [result(0, Verdict.AC), result(1, Verdict.WA)])
        await (await service.container.get(Announcements)).announce(SubmissionId(claimed.submission_id))

    loop = asyncio.get_running_loop()
    begun = loop.time()
    answer, _ = await asyncio.gather(submitter.post(PATH + "?wait=20", json=sent(language="tcl")), work())
    assert (answer.status_code, answer.json()["verdict"]) == (201, "WA")
    assert loop.time() - begun < 5


async def test_waiting_ends_with_the_time(submitter: httpx.AsyncClient) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    answer = await submitter.post(PATH + "?wait=0.3", json=sent(language="d"))
    assert (answer.status_code, answer.json()["status"]) == (201, "queued")
    assert 0.3 <= loop.time() - begun < 3
    assert (await submitter.get(answer.headers["location"] + "?wait=0.1")).json()["status"] == "queued"


async def test_sources_come_back_as_they_were(submitter: httpx.AsyncClient) -> None:
    files = [{"name": f"{n}.py", "content": f"{n}\r\n\0я"} for n in "ba"]
    path = (await submitter.post(PATH, json=sent(sources=files))).headers["location"]
    assert (await submitter.get(path + "/sources")).json() == {"items": files, "nextCursor": None}


async def test_tests_of_its_own_may_be_empty(submitter: httpx.AsyncClient) -> None:
    body = sent(tests=[{"input": "", "output": ""}], limits={"cpuTime": 0.5}, checker={"type": "exact"})
    new = (await submitter.post(PATH, json=body)).json()
    assert (new["problem"], new["revision"], new["status"]) == (None, None, "queued")


async def test_the_list_is_filtered(service: Service, problem: str) -> None:
    client = await service.client(Scope.SUBMIT)
    ids = [
        (await client.post(PATH, json=sent(problem, language, metadata={"n": n, "course": "a:b"}))).json()["id"]
        for n, language in enumerate(["c17", "rust", "c17"])
    ]
    await client.post(PATH, json=sent())

    async def listed(query: str) -> list[int]:
        page = (await client.get(f"{PATH}?{query}")).json()
        return [ids.index(item["id"]) if item["id"] in ids else -1 for item in page["items"]]

    assert await listed("") == [-1, 2, 1, 0]
    assert await listed(f"problem={problem}") == [2, 1, 0]
    assert await listed("language=c17") == [2, 0]
    assert await listed("metadata=n:1") == [1]
    assert await listed("metadata=course:a:b&metadata=n:2") == [2]
    assert await listed("metadata=n:7") == []
    assert await listed("status=finished") == []
    assert await listed("verdict=AC") == []
    assert await listed(f"status=queued&problem={problem}&language=rust") == [1]
    assert await listed("problem=no-such-problem") == []


async def test_the_list_has_pages(service: Service, problem: str) -> None:
    client = await service.client(Scope.SUBMIT)
    made = await client.post(PATH + "/batch", json=[sent(problem) for _ in range(7)])
    ids = [item["submission"]["id"] for item in made.json()]
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await client.get(f"{PATH}?limit=3{cursor}")).json()
        assert all(item["tests"] is None for item in page["items"])
        seen += [item["id"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert seen == ids[::-1]


async def test_wrong_filters(submitter: httpx.AsyncClient, refused: Refusal) -> None:
    for query in (
        "status=done", "verdict=OK", "problem=A", "language=%00", "metadata=x", "metadata=:x", "metadata=a:%00",
        "metadata=a:1&metadata=a:2", "priority=1", "language=c17&language=d",
    ):  # fmt: skip
        document = await refused(await submitter.get(f"{PATH}?{query}"), 422)
        assert document["errors"][0]["pointer"] == query.partition("=")[0]


async def test_what_is_not_there(submitter: httpx.AsyncClient, refused: Refusal) -> None:
    for path in ("x", "01980000-0000-7000-8000-000000000000", "%00", "01980000-0000-7000-8000-000000000000/jobs/0"):
        await refused(await submitter.get(f"{PATH}/{path}"), 404)
