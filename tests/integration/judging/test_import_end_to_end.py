"""From an upload over the proof to a submission's verdict."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from infrastructure.queue.work_drain import WorkDrain
from tests.integration.judging.conftest import Judge
from tests.unit.packages.zips import packed

VALIDATOR = "import sys\nsys.exit(42 if 0 <= int(sys.stdin.read()) < 100 else 43)\n"
CHECKER = """
import sys
wanted = int(open(sys.argv[2]).read())
found = sys.stdin.read().split()
sys.exit(42 if found and abs(int(found[0])) == abs(wanted) else 43)
"""
DOUBLE = "print(-2 * int(input()))\n"
FILES = {
    "d/problem.yaml": "name: Double\nvalidation: custom\n",
    **{f"d/data/secret/{n}.in": f"{n}\n" for n in range(20)},
    **{f"d/data/secret/{n}.ans": f"{2 * n}\n" for n in range(20)},
    "d/input_validators/v.py": VALIDATOR,
    "d/output_validators/c.py": CHECKER,
    "d/submissions/accepted/a.py": DOUBLE,
    "d/submissions/wrong_answer/w.py": "print(3)\n",
    "d/submissions/time_limit_exceeded/t.py": "while True: pass\n",
    "d/submissions/accepted/a.scala": "",
}


async def upload(judge: Judge, files: dict[str, str]) -> tuple[str, str]:
    """Where the import stands, and the slug."""
    slug = f"d-{uuid4().hex[:8]}"
    answer = await judge.client.post("/api/v1/problems", files={"package": packed(files)}, data={"slug": slug})
    assert answer.status_code == 202, answer.text
    return answer.headers["location"], slug


async def shown(judge: Judge, place: str) -> dict[str, Any]:
    found: dict[str, Any] = (await judge.client.get(place)).json()
    return found


async def until(judge: Judge, place: str, condition: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """What is shown once ``condition`` holds of it."""
    while True:
        found = await shown(judge, place)
        if condition(found):
            return found
        await asyncio.sleep(0.05)


@pytest.mark.timeout(180)
async def test_a_package_proves_itself_and_is_judged(judge: Judge) -> None:
    place, slug = await upload(judge, FILES)
    drain = await judge.worker.get(WorkDrain)
    drain.wake_imports()
    seen: list[dict[str, Any]] = []
    while (found := await shown(judge, place))["status"] in ("pending", "proving"):
        seen += [found["progress"]] if found["progress"] else []
        await asyncio.sleep(0.05)
    assert (found["status"], found["complaints"], found["revision"]) == ("accepted", [], 1)
    assert seen[-1]["step"] == "judge"
    assert 0 < seen[-1]["done"] <= seen[-1]["total"]
    assert found["progress"] is None
    report = found["report"]
    assert (report["timeLimit"], report["proposedTimeLimit"]) == (1.0, 1.0)
    assert report["fastestSlow"] > 2.0
    assert report["slowestAccepted"] < 0.2
    assert report["margin"] > 5
    rows = {row["path"]: (row["expected"], row["verdict"], row["ok"]) for row in report["submissions"]}
    assert rows == {
        "submissions/accepted/a.py": (["AC"], "AC", True),
        "submissions/time_limit_exceeded/t.py": (["OLE", "TLE"], "TLE", True),
        "submissions/wrong_answer/w.py": (["PE", "WA"], "WA", True),
    }
    assert [skipped["path"] for skipped in report["skipped"]] == ["submissions/accepted/a.scala"]
    judged = await judge.judge(DOUBLE, "python3", problem=slug)
    assert judged["verdict"] == "AC", judged


async def test_a_refused_package_keeps_its_report(judge: Judge) -> None:
    files = FILES | {"d/submissions/accepted/b.py": "print(4)\n", "d/problem.yaml": FILES["d/problem.yaml"]}
    files |= {"d/.timelimit": "0.5\n"}
    place, slug = await upload(judge, files)
    await (await judge.worker.get(WorkDrain)).imports()
    found = await shown(judge, place)
    assert (found["status"], found["revision"]) == ("rejected", None)
    assert [c["file"] for c in found["complaints"]] == ["submissions/accepted/b.py"]
    assert "expected AC, got WA; test secret/0" in found["complaints"][0]["message"]
    assert [row["ok"] for row in found["report"]["submissions"]] == [True, False, True, True]
    assert (await judge.client.get(f"/api/v1/problems/{slug}")).status_code == 404


async def test_a_long_proof_lets_jobs_through(judge: Judge) -> None:
    busy = "import time\nn = int(input())\nwhile time.process_time() < 0.3: pass\nprint(2 * n)\n"
    tests = {f"d/data/secret/{n}.{end}": f"{n * (1 + (end == 'ans'))}\n" for n in range(36) for end in ("in", "ans")}
    place, _ = await upload(judge, {"d/.timelimit": "2\n", "d/submissions/accepted/a.py": busy, **tests})
    drain = await judge.worker.get(WorkDrain)
    drain.wake_imports()
    await until(judge, place, lambda found: found["progress"])
    judged = await judge.judge("print(sum(map(int, input().split())))", "python3")
    assert judged["verdict"] == "AC"
    found = await until(judge, place, lambda found: found["status"] != "proving")
    assert found["status"] == "accepted", found["complaints"]
    assert judged["startedAt"] < found["finishedAt"], "it did not wait for the proof"
