"""The service as its clients see it."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.bare import NO_OP, bare_runs, compile_c
from benchmarks.figures import Figure, paired
from benchmarks.http_load import post_many, request
from benchmarks.service import Service

ECHO_CPP = "#include <iostream>\nint main() { long long a, b; std::cin >> a >> b; std::cout << a + b << '\\n'; }\n"
ECHO_PYTHON = "a, b = map(int, input().split())\nprint(a + b)\n"
TESTS = [{"input": f"{n} {n + 1}\n", "output": f"{2 * n + 1}\n"} for n in range(10)]


@contextmanager
def client(service: Service) -> Iterator[httpx.Client]:
    """An HTTP client with the key."""
    with httpx.Client(
        base_url=service.url + "/api/v1", headers={"Authorization": f"Bearer {service.key}"}, timeout=90
    ) as http:
        yield http


def hundred_tests(service: Service, directory: Path, rounds: int) -> Figure:
    """The whole judging of one test (run, check, record) of a submission with 100 no-op tests."""
    no_op = compile_c(NO_OP, directory / "noop")
    body = {
        "language": "c11",
        "sources": [{"name": "main.c", "content": NO_OP}],
        "tests": [{"input": "", "output": ""}] * 100,
    }
    judged, base = [], []
    with bare_runs(directory, [str(no_op)]) as bare, client(service) as http:
        for _ in range(rounds):
            base += [bare.run() for _ in range(100)]
            done = http.post("/submissions", params={"wait": 60}, json=body).raise_for_status().json()
            if done["verdict"] != "AC":
                raise RuntimeError(f"the no-op was not accepted: {done['verdict']} {done['message']}")
            judged += [_testing_time(done) / 100] * 100
    return paired("judging one of 100 no-op tests (run, check, record)", judged, base, "bare exec")


def throughput(service: Service, language: str, source: str, count: int, slots: int) -> list[Figure]:
    """Submissions judged a second, end to end over HTTP, each with 10 tests."""
    name = "main.cpp" if language.startswith("cpp") else "main.py"
    body = {"language": language, "sources": [{"name": name, "content": source}], "tests": TESTS}
    with client(service) as http:
        http.post("/submissions", params={"wait": 60}, json=body).raise_for_status()
        start = time.perf_counter()
        answers = http.post("/submissions/batch", json=[body] * count).raise_for_status().json()
        ids = [answer["submission"]["id"] for answer in answers]
        done = [_final(http, submission) for submission in ids]
        took = time.perf_counter() - start
    wrong = [d for d in done if d["verdict"] != "AC"]
    if wrong:
        raise RuntimeError(f"{len(wrong)} were not accepted, the first: {wrong[0]['message']}")
    testing = sum(_testing_time(d) for d in done)
    return [
        Figure(name=f"{language}, 10 tests, compile included", value=count / took, unit="submissions/s", runs=count),
        Figure(
            name=f"{language}, 10 tests, compile excluded",
            value=slots * count / testing,
            unit="submissions/s",
            runs=count,
        ),
    ]


def accepting(service: Service, count: int) -> list[Figure]:
    """POST /submissions a second to a stored problem, in a language that no worker has: nothing is judged meanwhile."""
    with client(service) as http:
        http.put("/problems/bench", json={"tests": TESTS}).raise_for_status()
    body = {"problem": "bench", "language": "python3", "sources": [{"name": "main.py", "content": ECHO_PYTHON}]}
    raw = request(service, "POST", "/submissions", body)
    figures = []
    for connections in (1, 8):
        start = time.perf_counter()
        statuses = asyncio.run(post_many(service, raw, count, connections))
        took = time.perf_counter() - start
        if set(statuses) != {201}:
            raise RuntimeError(f"not every submission was accepted: {sorted(set(statuses))}")
        figures.append(
            Figure(
                name=f"POST /submissions, {connections} connections", value=count / took, unit="requests/s", runs=count
            )
        )
    return figures


def _final(http: httpx.Client, submission: str) -> dict[str, Any]:
    while True:
        answer: dict[str, Any] = http.get(f"/submissions/{submission}", params={"wait": 60}).raise_for_status().json()
        if answer["status"] == "finished":
            return answer


def _testing_time(done: dict[str, Any]) -> float:
    """Seconds from the claim to the end, without the compiler."""
    took = datetime.fromisoformat(done["finishedAt"]) - datetime.fromisoformat(done["startedAt"])
    compiling: float = done["compile"]["wallTime"] if done["compile"] else 0.0
    return took.total_seconds() - compiling
