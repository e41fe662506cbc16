"""A wrong answer in a problem is corrected, and everything sent to it is judged again, in real boxes."""

import asyncio
from uuid import uuid4

from tests.integration.judging.conftest import Judge

SUM = "print(sum(map(int, input().split())))"
PRODUCT = "a, b = map(int, input().split())\nprint(a * b)"


async def test_after_a_new_revision_the_verdicts_change_places(judge: Judge) -> None:
    path = f"/api/v1/problems/p-{uuid4().hex[:12]}"
    problem = path.rpartition("/")[2]
    await judge.client.put(path, json={"tests": [{"input": "2 3\n", "output": "6\n"}]})
    added, multiplied = [await judge.submit(text, "python3", problem=problem) for text in (SUM, PRODUCT)]
    await judge.work()
    assert [(await judge.show(one))["verdict"] for one in (added, multiplied)] == ["WA", "AC"]
    await judge.client.put(path, json={"tests": [{"input": "2 3\n", "output": "5\n"}]})
    begun = (await judge.client.post("/api/v1/rejudges", json={"problem": problem})).json()
    waiting = asyncio.create_task(judge.client.get(f"/api/v1/submissions/{added}", params={"wait": 30}))
    await judge.work()
    assert (await waiting).json()["verdict"] == "AC"
    report = (await judge.client.get(f"/api/v1/rejudges/{begun['id']}")).json()
    assert (report["status"], report["changed"]) == ("finished", 2)
    assert [(c["submission"], c["old"]["verdict"], c["new"]["verdict"]) for c in report["changes"]] == [
        (added, "WA", "AC"),
        (multiplied, "AC", "WA"),
    ]
    jobs = (await judge.client.get(f"/api/v1/submissions/{multiplied}/jobs")).json()["items"]
    assert [(job["number"], job["revision"], job["verdict"]) for job in jobs] == [(1, 1, "AC"), (2, 2, "WA")]
    first = (await judge.client.get(f"/api/v1/submissions/{multiplied}/jobs/1")).json()
    assert [test["verdict"] for test in first["tests"]] == ["AC"]
