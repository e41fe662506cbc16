"""Packages made of dictionaries, read as the limited process reads them."""

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from application.problems.packages import DraftTest, PackageRejected, ProblemDraft
from domain.problems.files import BlobRef, PackageProgram
from domain.problems.validation import LimitRanges, NamedTest, check_draft
from infrastructure.packages.draft_dump import dump_draft
from infrastructure.packages.draft_json import load_draft
from infrastructure.packages.reader import read_package
from infrastructure.packages.unpacking_limits import MIB, UnpackingLimits
from infrastructure.packages.zip_unpacker import ZipUnpacker
from tests.unit.packages.zips import packed

RANGES = LimitRanges(
    max_cpu_time=timedelta(minutes=10),
    max_wall_time=timedelta(minutes=30),
    max_memory=2**40,
    max_output=2**40,
    max_processes=10_000,
    max_tests=20_000,
)
Files = Mapping[str, str | bytes]
Read = Callable[[Files], ProblemDraft]


class Reading:
    """Reads packages; each in a folder of its own below ``place``."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._descriptors: list[int] = []

    def __call__(self, files: Files) -> ProblemDraft:
        """Raises PackageRejected."""
        folder = self._place / str(len(self._descriptors))
        folder.mkdir()
        directory = os.open(folder, os.O_RDONLY)
        self._descriptors.append(directory)
        draft = read_package(
            ZipUnpacker(BytesIO(packed(files)), directory, UnpackingLimits(ratio_free_size=64 * MIB)).unpack()
        )
        assert load_draft(dump_draft(draft), directory) == draft  # as it comes out of the process
        for ref in refs(draft):
            assert ref.digest in draft.contents
        check_draft(
            draft.title,
            draft.limits,
            draft.checker,
            draft.scoring,
            draft.groups,
            [NamedTest(f"/tests/{i}", t.name, t.group, t.points, t.sample) for i, t in enumerate(draft.tests)],
            RANGES,
        )
        return draft

    def close(self) -> None:
        """What was read cannot be opened any more."""
        for descriptor in self._descriptors:
            os.close(descriptor)


def refs(draft: ProblemDraft) -> list[BlobRef]:
    """Every content that tests and programs name."""
    tests = [ref for test in draft.tests for ref in (test.input, test.answer) if ref is not None]
    generators = [test.generation.program for test in draft.tests if test.generation is not None]
    named = [
        draft.checker.program, draft.setup.interaction.program if draft.setup.interaction else None, draft.solution,
        *generators, *(v.program for v in draft.material.validators), *(r.program for r in draft.material.references),
    ]  # fmt: skip
    programs = [program for program in named if program is not None]
    files = [
        *(file for program in programs for file in program.files),
        *(file for stub in draft.setup.stubs for file in stub.files),
        *(file for statement in draft.material.statements for file in statement.files),
        *draft.material.attachments,
    ]
    return [*tests, *(file.content for file in files)]


def content(draft: ProblemDraft, ref: BlobRef | None) -> bytes:
    """The bytes."""
    assert ref is not None
    with draft.contents[ref.digest].open() as file:
        return file.read()


def pairs(draft: ProblemDraft) -> list[tuple[str, bytes | None, bytes | None]]:
    """Tests as (name, input, answer)."""

    def of(test: DraftTest) -> tuple[str, bytes | None, bytes | None]:
        data, answer = (None if ref is None else content(draft, ref) for ref in (test.input, test.answer))
        return test.name, data, answer

    return [of(test) for test in draft.tests]


def names(program: PackageProgram | None) -> list[str]:
    """Its files."""
    assert program is not None
    return [file.name for file in program.files]


def rejected(read: Read, files: Files) -> list[tuple[str, str | None, int | None]]:
    """What is said of a package that is refused."""
    with pytest.raises(PackageRejected) as caught:
        read(files)
    return [(c.message, c.file, c.line) for c in caught.value.complaints]
