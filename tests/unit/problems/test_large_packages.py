"""From a package to stored tests: in constant memory, equal files once."""

import io
import os
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from application.problems.revision_builder import RevisionBuilder
from domain.problems.entities import Revision
from domain.problems.validation import LimitRanges
from infrastructure.blobs.file_content import FileContent
from infrastructure.blobs.local_blob_storage import LocalBlobStorage
from infrastructure.packages.limited_packages import LimitedPackages
from infrastructure.packages.unpacking_limits import MIB, UnpackingLimits
from infrastructure.system_clock import SystemClock

SIZE = 24 * MIB
READER_MEMORY = 96 * MIB
"""Of address space: 80 MiB are enough, 64 MiB are too little for Python itself."""
ENDS = {"plain": ("tests/1.in", "tests/1.out"), "dmoj": ("1.in", "1.out")}
MANIFESTS = {
    "plain": ("problem.toml", 'title = "Large"\n'),
    "dmoj": ("init.yml", "test_cases:\n- {in: 1.in, out: 1.out, points: 1}\n"),
}
RANGES = LimitRanges(
    max_cpu_time=timedelta(seconds=60), max_wall_time=timedelta(seconds=300), max_memory=4096 * MIB,
    max_output=256 * MIB, max_processes=512, max_tests=100,
)  # fmt: skip


def as_zip(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)


def as_tar(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    with tarfile.open(path, "w") as archive:
        for name, content in files:
            info = tarfile.TarInfo(f"./{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def large_text(seed: bytes) -> bytes:
    return (os.urandom(MIB // 2).hex().encode()[:-1] + b"\n") * (SIZE // MIB) + seed


def stored(blobs: Path) -> dict[str, int]:
    return {file.name: file.stat().st_size for file in blobs.rglob("*") if file.is_file()}


async def imported(package: Path, blobs: Path, work_dir: Path) -> Revision:
    limits = UnpackingLimits(max_memory=READER_MEMORY)
    builder = RevisionBuilder(blobs=LocalBlobStorage(blobs), clock=SystemClock(), ranges=RANGES)
    content = FileContent(package, package.stat().st_size, b"")
    async with LimitedPackages(work_dir, limits, 63_999).read(content) as draft:
        return await builder.build(draft, problem_id=None, number=1)


@pytest.mark.parametrize(("form", "pack"), [("plain", as_zip), ("dmoj", as_tar)])
async def test_large_tests_are_stored_in_constant_memory_and_once(
    form: str, pack: Callable[[Path, Iterable[tuple[str, bytes]]], None], tmp_path: Path
) -> None:
    input_path, answer_path = ENDS[form]
    manifest, text = MANIFESTS[form]
    test_input, answer = large_text(b"input\n"), large_text(b"answer\n")
    first, second = tmp_path / "first", tmp_path / "second"
    pack(first, [(manifest, text.encode()), (input_path, test_input), (answer_path, answer)])
    pack(second, [(answer_path, answer), (manifest, text.encode()), (input_path, test_input), ("notes.txt", b"new")])
    blobs, work_dir = tmp_path / "blobs", tmp_path / "work"
    work_dir.mkdir()
    tmp_path.chmod(0o711)
    sizes = sorted([len(test_input), len(answer)])
    del test_input, answer

    tracemalloc.start()
    try:
        revision = await imported(first, blobs, work_dir)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 * MIB
    before = stored(blobs)
    assert sorted(size for size in before.values() if size > MIB) == sizes
    (test,) = revision.tests
    assert {test.input.digest.hex(), test.answer.digest.hex()} <= before.keys()

    again = await imported(second, blobs, work_dir)
    assert [(t.input, t.answer) for t in again.tests] == [(test.input, test.answer)]
    assert stored(blobs) == before
    assert list(work_dir.iterdir()) == []
