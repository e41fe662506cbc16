"""Runs of every kind, one after the other, in two slots of one pool: nothing may be left, of any of them.

``./proba test soak`` does 100,000 at each level (``PROBA_TEST_RUNS`` says how many else) and prints what it measured;
the usual tests do 2,000. Then launchers are made to die, again and again, and replaced.
"""

import asyncio
import os
import pickle
import sys
import time
from collections import Counter
from typing import Literal

import pytest

from application.contents import BytesContent
from application.sandbox import BoxFile, SandboxFailure
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.launcher_process import LauncherFailed
from infrastructure.sandbox.launcher_sandbox import LauncherSandbox
from infrastructure.sandbox.settings import SandboxSettings
from tests.integration.sandbox.bench import Bench
from tests.integration.sandbox.leaver import KINDS, PROGRAM, kinds, one
from tests.integration.sandbox.test_life import no_descriptor_leaks
from tests.soak.footprint import PAGE, Footprint, footprint, growth

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="needs root: the launchers' /proc is closed to their own user"
)
SLOTS = 2
QUICK_RUNS, SOAK_RUNS = 2_000, int(os.environ.get("PROBA_TEST_RUNS", "100000"))


async def settled(benches: list[Bench]) -> list[int]:
    """The keepers, when each slot has nothing left to do after its last run."""
    for bench in benches:
        await one(bench, "noop", ())
    await asyncio.sleep(0.05)
    pids = [b.sandbox.launcher_pid for b in benches if isinstance(b.sandbox, LauncherSandbox)]
    return [pid for pid in pids if pid is not None]


async def soak(runs: int, level: Literal["namespaces", "landlock"]) -> list[Footprint]:
    samples: list[bytes] = []  # one block of memory each, so that they are no leak themselves
    settings = SandboxSettings(slots=SLOTS, uid_base=63_400, level=level, floor=level)
    async with LauncherPool(settings) as pool, pool.slot() as first, pool.slot() as second:
        benches = [Bench(first), Bench(second)]
        source = await benches[0].compile(PROGRAM.read_text(), "-O1", "-static")
        files = (
            BoxFile("leaver", BytesContent(source), executable=True),
            BoxFile("d/data", BytesContent(b"x" * 100_000)),
        )

        async def work(bench: Bench, todo: list[str]) -> None:
            for kind in todo:
                await one(bench, kind, files)

        async def everything(count: int, seed: int) -> None:
            await asyncio.gather(*(work(b, kinds(count // SLOTS, seed + i)) for i, b in enumerate(benches)))

        for bench in benches:  # each kind, so that what is made once is there
            await work(bench, ["load", *KINDS, *KINDS])
        await everything(min(runs // 4, 4_000), 7)
        keepers = await settled(benches)
        samples.append(pickle.dumps(footprint(0, keepers)))
        parts = 5 if runs <= QUICK_RUNS else 40
        for number in range(1, parts + 1):
            await everything(runs // parts, number * SLOTS)
            assert await settled(benches) == keepers, "a launcher was replaced"
            samples.append(pickle.dumps(footprint(number * (runs // parts), keepers)))
        for _ in range(max(3, runs // 1000)):  # and launchers that die: what is not /app's must be there
            for bench in benches:
                with pytest.raises(SandboxFailure):
                    await bench.run(("/usr/bin/there-is-no-such-program",))
                await bench.load(*files)
        samples.append(pickle.dumps(footprint(runs, await settled(benches))))
    return [pickle.loads(sample) for sample in samples]


async def leaks(runs: int, level: Literal["namespaces", "landlock"]) -> tuple[list[Footprint], list[str]]:
    with no_descriptor_leaks():
        try:
            samples = await soak(runs, level)
        except LauncherFailed as failed:
            if failed.step.startswith("landlock"):
                pytest.skip(f"this kernel has no Landlock: {failed}")
            raise
    *steady, after_deaths = samples
    before = steady[-1]
    died = [
        f"{name}: {before.counts[name]} before launchers died, {count} after"
        for name, count in after_deaths.counts.items()
        if count > before.counts[name]
    ]
    return samples, [*growth(steady), *died]


async def test_two_thousand_runs_leave_nothing() -> None:
    _, found = await leaks(QUICK_RUNS, "namespaces")
    assert not found, "\n".join(found)


@pytest.mark.soak
@pytest.mark.parametrize("level", ["namespaces", "landlock"])
async def test_a_hundred_thousand_runs_leave_nothing(
    level: Literal["namespaces", "landlock"], capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    samples, found = await leaks(SOAK_RUNS, level)
    first, middle, last = samples[0], samples[len(samples) // 2], samples[-2]
    with capsys.disabled():
        sys.stdout.write(
            f"\n{SOAK_RUNS} runs at {level}, {time.monotonic() - began:.0f} s; at first, half way, at the end\n"
        )
        for part in ("counts", "bytes_", "machine"):
            for name, value in getattr(last, part).items():
                shown = [getattr(sample, part).get(name, 0) for sample in (first, middle)]
                sys.stdout.write(f"  {name:32} {shown[0]:>12} {shown[1]:>12} {value:>12}\n")
        sys.stdout.write(f"  {'blocks of Python':32} {first.blocks:>12} {middle.blocks:>12} {last.blocks:>12}\n")
    assert not found, "\n".join(found)


def test_a_leak_of_one_in_a_hundred_runs_is_seen() -> None:
    def sample(runs: int, descriptors: int = 9, size: int = 1 << 20, blocks: int = 1000) -> Footprint:
        return Footprint(runs, {"descriptors": descriptors}, {"launcher own memory": size}, blocks)

    points = range(0, 2001, 100)
    assert not growth([sample(runs, size=(1 << 20) + runs % 300) for runs in points])
    for leak in ({"descriptors": 1}, {"size": PAGE}, {"blocks": 30}):
        ((name, each),) = leak.items()
        base = {"descriptors": 9, "size": 1 << 20, "blocks": 1000}[name]
        assert growth([sample(runs, **{name: base + runs // 100 * each}) for runs in points]), leak
    assert Counter(kinds(5000, 1)).keys() == KINDS.keys()
