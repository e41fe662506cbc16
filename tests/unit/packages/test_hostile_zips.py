"""Each is refused with a sentence and the name of the file, quickly, and leaves nothing behind."""

import asyncio
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest

from application.contents import BytesContent
from application.exceptions import StorageFull
from application.problems.packages import PackageRejected
from infrastructure.packages.limited_packages import LimitedPackages
from infrastructure.packages.reader import read_package
from infrastructure.packages.unpacking_limits import MIB, UnpackingLimits
from infrastructure.packages.zip_unpacker import ZipUnpacker
from tests.unit.packages.zips import GOOD, HOSTILE, ODD, TOML, packed

LIMITS = UnpackingLimits(
    max_packed_size=10 * MIB,
    max_unpacked_size=5 * MIB,
    max_file_size=MIB,
    max_files=1000,
    max_ratio=100,
    ratio_free_size=2 * MIB,
    max_cpu_seconds=5,
    max_seconds=20,
    max_memory=256 * MIB,
)


async def refusal(packages: LimitedPackages, data: bytes) -> PackageRejected:
    with pytest.raises(PackageRejected) as caught:
        async with packages.read(BytesContent(data)):
            pass
    return caught.value


@pytest.fixture
def packages(tmp_path: Path) -> LimitedPackages:
    return LimitedPackages(tmp_path, LIMITS, 63_999)


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "unpacked").mkdir()
    descriptor = os.open(tmp_path / "unpacked", os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


@pytest.mark.parametrize(("make", "message", "file"), HOSTILE.values(), ids=HOSTILE)
def test_refused(directory: int, tmp_path: Path, make: Callable[[], bytes], message: str, file: str | None) -> None:
    started = time.monotonic()
    with pytest.raises(PackageRejected) as caught:
        read_package(ZipUnpacker(BytesIO(make()), directory, LIMITS).unpack())
    assert time.monotonic() - started < 5
    (complaint,) = caught.value.complaints
    assert message in complaint.message
    assert file is None or complaint.file == file
    assert [p.name for p in tmp_path.iterdir()] == ["unpacked"]
    unpacked = list((tmp_path / "unpacked").iterdir())
    assert all(p.name.isdecimal() and p.is_file() and not p.is_symlink() for p in unpacked)
    assert sum(p.stat().st_size for p in unpacked) <= LIMITS.max_unpacked_size


@pytest.mark.parametrize(("make", "message", "file", "called"), ODD.values(), ids=ODD)
def test_odd_names_are_escaped_or_left_out(
    directory: int, make: Callable[[], bytes], message: str, file: str, called: str | None
) -> None:
    folder = ZipUnpacker(BytesIO(make()), directory, LIMITS).unpack()
    assert folder.files.keys() == GOOD.keys() | ({called} if called else set())
    (warning,) = folder.warnings
    assert message in warning.message
    assert warning.message.endswith(f": it is called {called} here" if called else ": it was left out")
    assert warning.file == file


@pytest.mark.parametrize("name", ["no zip", "climbing", "a long symlink", "bomb", "overlapping", "damaged"])
async def test_refused_by_the_limited_process(packages: LimitedPackages, tmp_path: Path, name: str) -> None:
    make, message, file = HOSTILE[name]
    (complaint,) = (await refusal(packages, make())).complaints
    assert message in complaint.message
    assert file is None or complaint.file == file
    assert list(tmp_path.iterdir()) == []


async def test_a_package_that_is_too_large_as_it_is(packages: LimitedPackages) -> None:
    (complaint,) = (await refusal(packages, b"x" * (10 * MIB + 1))).complaints
    assert complaint.message == "the package has more than 10 MiB (PROBA_MAX_PACKAGE_SIZE)"


def processes_in(folder: Path) -> int:
    """How many processes work below the folder."""
    count = 0
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            count += link.resolve().is_relative_to(folder)
        except OSError:
            continue
    return count


DEEP = TOML + "x = " + "[" * 100_000
WIDE = TOML + "".join(f"[x{n}]\n" for n in range(300_000))


@pytest.mark.parametrize("manifest", [DEEP, WIDE], ids=["deep", "wide"])
async def test_a_manifest_against_its_parser(packages: LimitedPackages, manifest: str) -> None:
    data = packed({**GOOD, "problem.toml": manifest[:1_000_000]})
    complaints = (await refusal(packages, data)).complaints
    assert 1 <= len(complaints) <= 50


COSTLY = packed({**GOOD, "problem.toml": WIDE})
LONG = packed(
    {"problem.toml": TOML, **{f"tests/{n}{'x' * 200}.{end}": "" for n in range(100) for end in ("in", "out")}}
)


@pytest.mark.parametrize(
    ("data", "limits", "message"),
    [
        (COSTLY, {"max_memory": 64 * MIB}, "takes more than 64 MiB of memory"),
        (COSTLY, {"max_cpu_seconds": 1}, "takes more than 1 s of cpu time"),
        (COSTLY, {"max_seconds": 1}, "takes longer than 1 s"),
        (LONG, {"max_result_size": 10_000}, "describes more than can be taken in"),
    ],
    ids=["memory", "cpu", "time", "answer"],
)
async def test_the_process_is_limited(tmp_path: Path, data: bytes, limits: dict[str, int], message: str) -> None:
    """A package that is honest, but costs more to read than is allowed."""
    packages = LimitedPackages(tmp_path, UnpackingLimits(**limits), 63_999)
    (complaint,) = (await refusal(packages, data)).complaints
    assert message in complaint.message
    assert list(tmp_path.iterdir()) == []
    assert processes_in(tmp_path) == 0


async def test_a_cancelled_reading_leaves_nothing(packages: LimitedPackages, tmp_path: Path) -> None:
    data = packed({**GOOD, "problem.toml": WIDE})

    async def read() -> None:
        async with packages.read(BytesContent(data)):
            pass

    task = asyncio.create_task(read())
    while processes_in(tmp_path) == 0:  # noqa: ASYNC110  # a look at the system, not at a flag
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(tmp_path.iterdir()) == []
    assert processes_in(tmp_path) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone may mount")
def test_a_full_disk_is_our_fault(tmp_path: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(tmp_path)], check=True)
    try:
        packages = LimitedPackages(tmp_path, UnpackingLimits(), 63_999)

        async def read() -> None:
            async with packages.read(BytesContent(packed({**GOOD, "x": b"0" * 2_000_000}))):
                pass

        with pytest.raises(StorageFull):
            asyncio.run(read())
        assert list(tmp_path.iterdir()) == []
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
