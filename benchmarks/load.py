"""``./proba bench load``: a burst, the service at half and at all of its capacity, and what it costs while idle."""

import asyncio
import os
import time
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles

import httpx

from benchmarks.end_to_end import ECHO_PYTHON, TESTS, client
from benchmarks.figures import Figure, p95
from benchmarks.http_load import post_many, request
from benchmarks.service import Service, running_service
from infrastructure.cli.up.mode_process import MARK
from infrastructure.embedded import processes

BURST, BATCH, CONNECTIONS = 10_000, 1000, 16
BODY = {"language": "python3", "sources": [{"name": "main.py", "content": ECHO_PYTHON}], "tests": TESTS[:3]}
TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1024 * 1024


def load(share: int, slots: int) -> list[Figure]:
    """All of it; ``share`` 10 does a tenth. Raises RuntimeError when a submission is refused."""
    with running_service(worker_slots="1", worker_languages="bash", log_level="warning") as service:
        figures = _burst(service, BURST // share)
    with running_service(worker_slots=str(slots), worker_languages="python3,bash", log_level="warning") as service:
        figures += [_idle(service, 30.0 / share), *_wake_up(service, 100 // share)]
        capacity = asyncio.run(_capacity(service, max(20, 200 // share), 2 * slots))
        figures.append(Figure(name="capacity: python3, 10 tests, sent one by one", value=capacity, unit="/s"))
        for percent in (50, 100):
            figures += asyncio.run(_steady(service, percent, capacity * percent / 100, 20.0 / share))
    return figures


def _burst(service: Service, count: int) -> list[Figure]:
    """Half one by one over several connections, half in batches; nothing is judged meanwhile."""
    raw = request(service, "POST", "/submissions", BODY)
    batch = request(service, "POST", "/submissions/batch", [BODY] * min(BATCH, count // 2))
    asyncio.run(post_many(service, raw, 50, CONNECTIONS))
    server = _pids(service, "server")
    before = _memory(server)
    times: list[float] = []
    began = time.perf_counter()
    statuses = asyncio.run(post_many(service, raw, count // 2, CONNECTIONS, times))
    single, singly = time.perf_counter() - began, _memory(server)
    statuses += asyncio.run(post_many(service, batch, count // 2 // min(BATCH, count // 2), 2))
    took, batched = time.perf_counter() - began, _memory(server)
    statuses += asyncio.run(post_many(service, batch, count // 2 // min(BATCH, count // 2), 2))
    if not set(statuses) <= {200, 201}:
        raise RuntimeError(f"not every submission was accepted: {sorted(set(statuses))}")
    return [
        Figure(
            name=f"burst, one by one, {CONNECTIONS} connections", value=count / 2 / single, unit="/s", runs=count // 2
        ),
        Figure(name="burst, in batches of 1000", value=count / 2 / (took - single), unit="/s", runs=count // 2),
        *_percentiles("burst: accepting one", times),
        Figure(name="server's memory before the burst", value=before, unit="MiB"),
        Figure(name="server's memory after those sent singly", value=singly, unit="MiB"),
        Figure(name="server's memory after the batches", value=batched, unit="MiB"),
        Figure(name="server's memory after the same batches again", value=_memory(server), unit="MiB"),
    ]


def _idle(service: Service, seconds: float) -> Figure:
    time.sleep(2)
    pids = _pids(service, "worker")
    before, began = _ticks(pids), time.monotonic()
    time.sleep(seconds)
    used = (_ticks(pids) - before) / TICKS / (time.monotonic() - began)
    return Figure(name="idle worker with its launchers, cpu time", value=used * 1e6, unit="µs a second", runs=1)


def _wake_up(service: Service, count: int) -> list[Figure]:
    """From the submission's arrival to its claim; and to the moment at which the program says the time, less what its
    compiler took: the start of the compiler lies between the two.
    """
    body = {"language": "bash", "sources": [{"name": "main.sh", "content": "echo $EPOCHREALTIME"}], "tests": TESTS[:1]}
    claimed, told = [], []
    with client(service) as http:
        for _ in range(max(count, 5)):
            done = http.post("/submissions", params={"wait": 60}, json=body).raise_for_status().json()
            claimed.append(_between(done, "createdAt", "startedAt"))
            said = float(done["tests"][0]["stdout"]) - datetime.fromisoformat(done["createdAt"]).timestamp()
            told.append(said - done["compile"]["wallTime"])
            time.sleep(0.1)
    names = ("idle: from submit to claim", "idle: from submit to the program's words, less its compiling")
    return [
        Figure(name=name, value=median(found), unit="s", p95=p95(found), runs=len(found))
        for name, found in zip(names, (claimed, told), strict=True)
    ]


async def _capacity(service: Service, count: int, clients: int) -> float:
    """Submissions a second, when each client sends the next one as soon as it has the verdict of the last."""
    left = iter(range(count))
    headers = {"Authorization": f"Bearer {service.key}"}
    async with httpx.AsyncClient(base_url=service.url + "/api/v1", headers=headers, timeout=90) as http:

        async def send() -> None:
            for _ in left:
                answer = await http.post("/submissions", params={"wait": 60}, json=BODY | {"tests": TESTS})
                if answer.raise_for_status().json()["verdict"] != "AC":
                    raise RuntimeError(f"not accepted: {answer.text}")

        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(send())
        return count / (time.perf_counter() - began)


async def _steady(service: Service, percent: int, rate: float, seconds: float) -> list[Figure]:
    """Requests at an even rate, whether or not the ones before were answered."""
    accepted: list[float] = []
    ids: list[str] = []
    headers = {"Authorization": f"Bearer {service.key}"}
    async with httpx.AsyncClient(base_url=service.url + "/api/v1", headers=headers, timeout=90) as http:

        async def send() -> None:
            began = time.perf_counter()
            answer = (await http.post("/submissions", json=BODY | {"tests": TESTS})).raise_for_status()
            accepted.append(time.perf_counter() - began)
            ids.append(answer.json()["id"])

        async with asyncio.TaskGroup() as group:
            for _ in range(max(5, int(rate * seconds))):
                group.create_task(send())
                await asyncio.sleep(1 / rate)
        judged = []
        for submission in ids:
            done = (await http.get(f"/submissions/{submission}", params={"wait": 60})).raise_for_status().json()
            judged.append(_between(done, "createdAt", "finishedAt"))
    at = f"at {percent} % of the capacity"
    return [*_percentiles(f"{at}: accepting", accepted), *_percentiles(f"{at}: submit to verdict", judged)]


def _percentiles(name: str, found: list[float]) -> list[Figure]:
    cuts = quantiles(found, n=100)
    return [
        Figure(name=f"{name}, p50", value=cuts[49], unit="s", runs=len(found)),
        Figure(name=f"{name}, p99", value=cuts[98], unit="s", runs=len(found)),
    ]


def _between(done: dict[str, str], first: str, last: str) -> float:
    return (datetime.fromisoformat(done[last]) - datetime.fromisoformat(done[first])).total_seconds()


def _pids(service: Service, mode: str) -> list[int]:
    """Of the process and, for a worker, of all that it has started."""
    marked = processes.with_environment(f"{MARK}={service.directory}")
    found = [pid for pid in marked if mode in processes.command_line(pid)]
    for pid in found:
        found += [
            int(child)
            for task in Path(f"/proc/{pid}/task").glob("*")
            for child in (task / "children").read_text().split()
        ]
    return list(dict.fromkeys(found))


def _memory(pids: list[int]) -> float:
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


def _ticks(pids: list[int]) -> int:
    return sum(sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13])) for pid in pids)
