"""The plain package of a revision: what ``plain_reader`` reads back as an equal one."""

import errno
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import IO, BinaryIO

from application.blobs import BlobStorage
from application.exceptions import StorageFull
from application.problems.package_writer import NotExportable
from application.sandbox import Content
from domain.problems.entities import CheckerSpec, ProblemLimits, Revision, Slug, TestExtras, TestGroup
from domain.problems.enums import CheckerType
from domain.problems.material import ProblemMaterial
from domain.problems.setup import ProblemSetup
from infrastructure.packages.plain_reader import MANIFEST
from infrastructure.packages.plain_tests import TestOrder
from infrastructure.threads import in_thread

_CHUNK = 256 * 1024
_ROOM_IS_GONE = (errno.ENOSPC, errno.EDQUOT)


class TemporaryContent:
    """``application.sandbox.Content`` over a file without a name, which vanishes when it is closed. One reader at a
    time.
    """

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self.size = size

    def open(self) -> BinaryIO:
        """A reader from the start."""
        reader = open(self._file.fileno(), "rb", closefd=False)  # noqa: SIM115  # the caller closes it
        reader.seek(0)
        return reader

    def close(self) -> None:
        """The bytes are gone."""
        self._file.close()


class PlainPackageWriter:
    """``application.problems.package_writer.PackageWriter``; a package grows in ``work_dir``."""

    def __init__(self, work_dir: Path) -> None:
        self._work_dir = work_dir

    async def write(self, slug: Slug, revision: Revision, blobs: BlobStorage) -> Content:
        """Raises NotExportable, StorageFull, BlobMissing."""
        for what in _not_plain(revision):
            raise NotExportable(what)
        file = await in_thread(self._new_file)
        try:
            package = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
            package.writestr(MANIFEST, "\n".join(_manifest(slug, revision)) + "\n")
            for number, test in enumerate(revision.tests, 1):
                for ending, ref in (("in", test.input), ("out", test.answer)):
                    content = await blobs.open(ref)  # one at a time: each may hold a descriptor
                    try:
                        await in_thread(_add, package, f"tests/{number}.{ending}", content)
                    finally:
                        content.close()
            await in_thread(package.close)
        except OSError as error:
            file.close()
            if error.errno in _ROOM_IS_GONE:
                raise StorageFull(f"no room to write a package in {self._work_dir}") from error
            raise
        except BaseException:
            file.close()
            raise
        return TemporaryContent(file, file.seek(0, 2))

    def _new_file(self) -> IO[bytes]:
        self._work_dir.mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryFile(dir=self._work_dir)


def _add(package: zipfile.ZipFile, name: str, content: Content) -> None:
    with content.open() as reader, package.open(name, "w", force_zip64=True) as entry:
        shutil.copyfileobj(reader, entry, _CHUNK)


def _not_plain(revision: Revision) -> Iterator[str]:
    if revision.checker.type is CheckerType.PROGRAM:
        yield "a checker that is a program"
    if revision.setup != ProblemSetup() or revision.material != ProblemMaterial():
        yield "more than tests, limits, a checker and groups"
    if any(test.extras != TestExtras() for test in revision.tests):
        yield "arguments or files of single tests"
    for group in revision.groups:
        plain = TestGroup(
            name=group.name, points=group.points, scoring=group.scoring, depends_on=group.depends_on
        )  # fmt: skip
        if group != plain:
            yield f"all settings of the group {group.name!r}"


def _manifest(slug: Slug, revision: Revision) -> Iterator[str]:
    yield from _pairs(
        title=revision.title, slug=slug, scoring=revision.scoring.name.lower(), order=TestOrder.LISTED.value
    )
    yield "\n[limits]"
    yield from _pairs(**{field.name: getattr(revision.limits, field.name) for field in fields(ProblemLimits)})
    yield "\n[checker]"
    checker = {field.name: getattr(revision.checker, field.name) for field in fields(CheckerSpec)}
    names = ("absolute", "relative", "case_sensitive", "space_sensitive", "line_sensitive")
    yield from _pairs(type=revision.checker.type.name.lower(), **{name: checker[name] for name in names})
    for group in revision.groups:
        yield "\n[[groups]]"
        yield from _pairs(
            name=group.name, points=group.points, scoring=group.scoring.name.lower(), depends_on=list(group.depends_on)
        )
    for number, test in enumerate(revision.tests, 1):
        yield "\n[[tests]]"
        yield from _pairs(
            file=str(number), name=test.name, group=test.group or "", sample=test.sample, points=test.points
        )  # fmt: skip


def _pairs(**values: object) -> Iterator[str]:
    """TOML takes JSON's texts, numbers, truth values and lists of texts as they are, except for DEL."""
    for key, value in values.items():
        if value is not None:
            plain = value.total_seconds() if isinstance(value, timedelta) else value
            yield f"{key} = {json.dumps(plain, ensure_ascii=False, allow_nan=False)}".replace("\x7f", "\\u007f")
