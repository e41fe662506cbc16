"""A run just over its cpu limit is repeated once, from POST to the result; any other run is not.

What a program does the second time cannot depend on the first, of which nothing is left but the time. This one behaves
in one way until the time that its input names, and waits there for it to come; after it in another.
"""

import time
from collections.abc import Sequence
from typing import Any

import pytest

from infrastructure.providers.worker import make_worker_container
from infrastructure.queue.work_drain import WorkDrain
from tests.integration.judging.conftest import Judge

LIMIT = 0.2
JUST_OVER, MORE_OVER, FAR_OVER = 0.215, 0.235, 10.0
BEGIN, STEP = 5.0, 1.0
"""Seconds until the first test's time has come: by then it must have begun; and from each to the next."""
PROGRAM = """
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}
static void burn(double seconds) { while (now(CLOCK_PROCESS_CPUTIME_ID) < seconds) {} }
static int first(int way) {
    switch (way) { FIRST }
    return 8;
}
static int then(int way) {
    switch (way) { THEN }
    return 8;
}
int main(void) {
    int way;
    double change;
    if (scanf("%d %lf", &way, &change) != 2) return 9;
    if (now(CLOCK_REALTIME) >= change) return then(way);
    int code = first(way);
    while (now(CLOCK_REALTIME) < change) usleep(10000);
    return code;
}
"""
RIGHT, WRONG = 'puts("1"); return 0', 'puts("2"); return 0'
REPEATED = {
    "then in time and right": (f'burn({JUST_OVER}); puts("slow"); return 0', RIGHT, "AC"),
    "then in time and wrong": (f"burn({JUST_OVER}); {RIGHT}", WRONG, "WA"),
    "then in time and crashing": (f"burn({JUST_OVER}); {RIGHT}", "abort()", "RTE"),
    "then slower still": (f"burn({JUST_OVER}); {RIGHT}", f"burn({MORE_OVER}); {RIGHT}", "TLE"),
    "then stopped far over": (f"burn({JUST_OVER}); {RIGHT}", f"burn({FAR_OVER}); {RIGHT}", "TLE"),
}
NOT_REPEATED = {
    "in time": (RIGHT, "AC"),
    "stopped far over": (f"burn({FAR_OVER}); {RIGHT}", "TLE"),
    "just over and failing": (f"burn({JUST_OVER}); return 3", "TLE"),
    "just over and crashing": (f"burn({JUST_OVER}); abort()", "TLE"),
    "crashing": ("abort()", "RTE"),
    "sleeping": ("for (;;) pause()", "TLE"),
    "out of memory": ("for (;;) memset(malloc(1 << 20), 1, 1 << 20)", "MLE"),
    "wrong": (WRONG, "WA"),
}


def cases(statements: Sequence[str]) -> str:
    return "".join(f"case {way}: {statement};\n" for way, statement in enumerate(statements))


async def submit(
    judge: Judge, first: Sequence[str], then: Sequence[str], changes: Sequence[float], wall_time: float
) -> str:
    return await judge.submit(
        PROGRAM.replace("FIRST", cases(first)).replace("THEN", cases(then)),
        limits={"cpuTime": LIMIT, "wallTime": wall_time, "memory": 24 << 20},
        tests=[{"input": f"{way} {change}\n", "output": "1\n"} for way, change in enumerate(changes)],
        stopOnFailure=False,
    )


@pytest.fixture(scope="module")
async def repeated(judge: Judge) -> dict[str, dict[str, Any]]:
    first, then, _ = zip(*REPEATED.values(), strict=True)
    begin = time.time() + BEGIN
    submission = await submit(judge, first, then, [begin + way * STEP for way in range(len(first))], 15)
    await judge.work()
    return dict(zip(REPEATED, (await judge.show(submission))["tests"], strict=True))


@pytest.mark.parametrize("name", REPEATED)
def test_a_run_just_over_its_limit_is_repeated(repeated: dict[str, dict[str, Any]], name: str) -> None:
    test, verdict = repeated[name], REPEATED[name][2]
    assert (test["verdict"], len(test["runs"])) == (verdict, 2), test
    first, second = test["runs"]
    assert set(first) == {"cpuTime", "wallTime"}
    assert LIMIT < first["cpuTime"] < LIMIT * 1.25
    decides = min(first, second, key=lambda run: run["cpuTime"])
    if "in time" in name:
        assert decides is second
    assert (test["cpuTime"], test["wallTime"]) == (decides["cpuTime"], decides["wallTime"])
    assert test["margin"] == pytest.approx(1 - decides["cpuTime"] / LIMIT)
    assert test["stdout"] == ("" if verdict == "RTE" else "2\n" if verdict == "WA" else "1\n")


@pytest.fixture(scope="module")
async def not_repeated(judge: Judge) -> dict[str, dict[str, Any]]:
    ways = [way for way, _ in NOT_REPEATED.values()]
    submission = await submit(judge, (), ways, [0] * len(ways), 1.5)  # the time has come already
    await judge.work()
    return dict(zip(NOT_REPEATED, (await judge.show(submission))["tests"], strict=True))


@pytest.mark.parametrize("name", NOT_REPEATED)
def test_any_other_run_is_not_repeated(not_repeated: dict[str, dict[str, Any]], name: str) -> None:
    test = not_repeated[name]
    assert (test["verdict"], len(test["runs"])) == (NOT_REPEATED[name][1], 1), test
    assert test["runs"] == [{"cpuTime": test["cpuTime"], "wallTime": test["wallTime"]}]
    assert test["margin"] == pytest.approx(1 - test["cpuTime"] / LIMIT)
    if name == "stopped far over":
        assert LIMIT * 1.25 <= test["cpuTime"] < LIMIT * 1.5


async def test_repeating_can_be_turned_off(judge: Judge) -> None:
    submission = await submit(judge, (), [f"burn({JUST_OVER}); {RIGHT}"], [0], 5)
    worker = make_worker_container(judge.config.model_copy(update={"retry_near_limit": False}))
    try:
        await (await worker.get(WorkDrain)).jobs()
    finally:
        await worker.close()
    shown = await judge.show(submission)
    assert (shown["verdict"], len(shown["tests"][0]["runs"])) == ("TLE", 1)
