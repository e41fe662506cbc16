"""The peak memory of a run is what its processes touched, whatever they touched it by, and nothing of earlier runs."""

import os
import tempfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from application.contents import BytesContent
from application.sandbox import BoxFile
from domain.runs.entities import Execution
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.settings import SandboxSettings
from tests.integration.sandbox.bench import MIB, Bench

SOURCE = (Path(__file__).parent / "programs" / "touch.c").read_text()
SHAPES = ("malloc", "mmap", "stack", "freed", "short_peak", "children_in_turn")
SHAPES_OF_GROUPS = (
    "four_children",
    "shared_by_children",
    "file_in_box",
    "file_in_tmp",
    "removed_file",
    "memory_file",
    "system_v",
)
TOUCHED = 40
TOLERANCE = 2 * MIB
SMALL_CHILDREN = 32
PROCESS = 160 * 1024
"""What the kernel and the C library need for one more process."""


async def load(bench: Bench) -> None:
    program = await bench.compile(SOURCE, "-O1")
    await bench.load(BoxFile("program", BytesContent(program), executable=True))


async def peak(bench: Bench, shape: str, megabytes: int = TOUCHED, file: str = "/dev/null") -> int:
    execution = await touch(bench, shape, megabytes, file)
    assert execution.succeeded, execution
    return execution.memory


async def touch(bench: Bench, shape: str, megabytes: int, file: str = "/dev/null") -> Execution:
    return await bench.run(
        ("/app/program", shape, str(megabytes), file),
        wall_time=timedelta(seconds=20),
        memory=128 * MIB,
        stack=128 * MIB,
        file_size=128 * MIB,
        processes=64,
    )


def is_exact(memory: int, touched: int) -> bool:
    return touched * 0.98 - MIB // 2 <= memory <= touched * 1.02 + TOLERANCE


def need_group(bench: Bench) -> None:
    if "cgroup" not in bench.sandbox.isolation:
        pytest.skip("needs a memory control group: processes that are only sampled show it in part")


@pytest.mark.parametrize("shape", SHAPES)
async def test_peak_of_one_process(bench: Bench, shape: str) -> None:
    await load(bench)
    memory = await peak(bench, shape)
    assert is_exact(memory, TOUCHED * MIB), memory / MIB


@pytest.mark.parametrize("shape", SHAPES_OF_GROUPS)
async def test_peak_of_a_group(bench: Bench, shape: str) -> None:
    need_group(bench)
    if shape == "system_v" and bench.reduced:
        pytest.skip("System V's objects would be the host's, and are refused")
    await load(bench)
    memory = await peak(bench, shape)
    assert is_exact(memory, TOUCHED * MIB), memory / MIB
    after = await peak(bench, "nothing")
    assert after <= TOLERANCE, f"{shape} is billed to the run after it: {after / MIB} MiB"


@pytest.mark.parametrize("shape", ["four_children", "shared_by_children", "file_in_box", "file_in_tmp"])
async def test_nothing_is_billed_twice_without_a_group(bench: Bench, shape: str) -> None:
    if "cgroup" in bench.sandbox.isolation:
        pytest.skip("has a memory control group")
    await load(bench)
    memory = await peak(bench, shape)
    # processes are looked at one after another, and what they share may grow meanwhile; four times would be 160
    touched = TOUCHED * 1.75 if shape == "shared_by_children" else TOUCHED
    assert memory <= touched * MIB * 1.02 + TOLERANCE, memory / MIB
    if "file" in shape and "namespaces" in bench.sandbox.isolation:  # what is still there at the end is seen
        assert memory >= TOUCHED * MIB


async def test_peak_of_many_small_children(bench: Bench) -> None:
    need_group(bench)
    await load(bench)
    memory = await peak(bench, "small_children", 16)
    assert 16 * MIB <= memory <= 16 * MIB * 1.02 + TOLERANCE + SMALL_CHILDREN * PROCESS, memory / MIB


async def test_an_empty_program_costs_next_to_nothing(bench: Bench) -> None:
    await load(bench)
    assert await peak(bench, "nothing") <= 1.5 * MIB


@pytest.fixture(params=["auto", "none"])
async def library(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Bench, Path]]:
    """A slot that sees a file of 40 MiB which is not in the page cache, as a toolchain's after the machine's start."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as place:  # a run has a /tmp of its own
        Path(place).chmod(0o755)
        file = Path(place, "library")
        file.write_bytes(bytes(TOUCHED * MIB))
        descriptor = os.open(file, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)
        settings = SandboxSettings(slots=1, cgroup=request.param, uid_base=63_100, binds=(place,))
        async with LauncherPool(settings) as pool, pool.slot() as sandbox:
            yield Bench(sandbox), file


async def test_the_page_cache_of_files_is_not_the_programs(library: tuple[Bench, Path]) -> None:
    bench, file = library
    await load(bench)
    first = await peak(bench, "read_then_malloc", file=str(file))
    again = await peak(bench, "read_then_malloc", file=str(file))
    assert is_exact(first, TOUCHED * MIB), first / MIB
    assert abs(first - again) <= MIB // 2, (first, again)
    assert await peak(bench, "read_file", file=str(file)) <= TOLERANCE + MIB
    assert await peak(bench, "nothing") <= TOLERANCE


async def test_the_page_cache_of_files_takes_nothing_from_the_limit(library: tuple[Bench, Path]) -> None:
    bench, file = library
    await load(bench)
    assert is_exact(await peak(bench, "read_then_malloc", 120, str(file)), 120 * MIB)
    # what had to go is read in again: reading ahead, the kernel holds a little more for a moment
    assert await peak(bench, "read_file", file=str(file)) <= TOLERANCE + MIB


NAMES = "import os\nfor i in range({count}): os.path.exists(f'/usr/lib/{{i:0200}}')\n"


async def test_the_kernels_cache_of_names_is_not_the_programs(bench: Bench) -> None:
    need_group(bench)
    await bench.clear()
    argv = ("/usr/bin/python3", "-c")
    few, many = [
        await bench.run((*argv, NAMES.format(count=count)), memory=256 * MIB, cpu_time=timedelta(seconds=9))
        for count in (1, 20_000)
    ]
    assert few.succeeded, few
    assert many.succeeded, many
    assert many.memory - few.memory <= TOLERANCE, (few.memory / MIB, many.memory / MIB)
    assert await peak_of_nothing(bench) <= TOLERANCE


async def peak_of_nothing(bench: Bench) -> int:
    await load(bench)
    return await peak(bench, "nothing")
