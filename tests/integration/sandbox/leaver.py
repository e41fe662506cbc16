"""Runs of every kind, of a program that leaves behind whatever it can."""

import asyncio
import random
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from application.contents import BytesContent
from application.sandbox import BoxFile
from domain.runs.enums import Limit
from tests.integration.sandbox.bench import MIB, Bench

MILLISECOND = timedelta(milliseconds=1)
PROGRAM = Path(__file__).parent / "programs" / "leaver.c"
KINDS = {
    "noop": 560,
    "files": 100,
    "orphans": 80,
    "ipc": 50,
    "collect": 50,
    "output": 40,
    "input": 30,
    "copied input": 30,
    "load": 20,
    "flood": 10,
    "memory": 10,
    "loop": 5,
    "sleep": 5,
    "cancel": 5,
    "no such program": 5,
}
"""How often of a thousand."""
PASSED = {"flood": Limit.OUTPUT, "memory": Limit.MEMORY, "loop": Limit.CPU_TIME, "sleep": Limit.WALL_TIME}
INPUT = BytesContent(b"x" * (2 * MIB))


async def one(bench: Bench, kind: str, files: tuple[BoxFile, ...]) -> None:
    if kind == "load":
        await bench.load(*files)
        return
    if kind == "cancel":
        task = asyncio.create_task(bench.run(("/app/leaver", "sleep")))
        await asyncio.sleep(random.random() * 0.003)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return
    options: dict[str, object] = {"memory": 16 * MIB}
    if kind == "loop":
        options["cpu_time"] = 5 * MILLISECOND
    if kind == "sleep":
        options["wall_time"] = 5 * MILLISECOND
    if kind == "collect":
        options |= {"files": (BoxFile("given/file", BytesContent(b"text")),), "collect": ("*",), "collect_size": MIB}
    stdin = {"input": INPUT, "copied input": BytesContent(INPUT.data[: MIB // 4])}.get(kind)
    name = {"collect": "files", "copied input": "input"}.get(kind, kind)
    argv = ("/app/missing",) if kind == "no such program" else ("/app/leaver", name)
    outcome = await bench.outcome(argv, stdin, **options)
    execution = outcome.execution
    collected = len(outcome.artefacts)
    outcome.close()
    if kind in PASSED:
        assert execution.limits_passed[0] is PASSED[kind], (kind, execution)
    else:
        assert execution.exit_code == (127 if kind == "no such program" else 0), (kind, execution)
    assert collected == (6 if kind == "collect" else 0)


def kinds(runs: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return chance.choices(list(KINDS), list(KINDS.values()), k=runs)
