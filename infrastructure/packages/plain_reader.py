"""The plain package: ``problem.toml`` with the keys of ``PUT /problems/{slug}`` in snake_case, and ``tests/``;
``statement/`` and ``attachments/`` as Kattis has them.

Each ``tests/NAME.in`` or ``tests/GROUP/NAME.in`` is a test, its answer beside it in ``NAME.out``. docs/packages.md is
the description for people.
"""

import re
import tomllib
from datetime import timedelta

from application.problems.packages import PackageRejected, ProblemDraft
from domain.problems.entities import CheckerSpec, Complaint, ProblemLimits, Slug, TestGroup
from domain.problems.enums import CheckerType, GroupScoring, Scoring
from domain.problems.material import ProblemMaterial
from infrastructure.packages.kattis.statements import read_attachments, read_statements
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.plain_tests import PlainTests, TestOrder
from infrastructure.packages.slugs import slug_of
from infrastructure.packages.toml_table import TomlTable

MANIFEST = "problem.toml"
_MAX_MANIFEST_SIZE = 4 * 1024 * 1024
_LINE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")
_MAX_SECONDS = 1_000_000.0


class PlainReader:
    """``infrastructure.packages.reader.PackageReader`` for the plain format."""

    format = "plain"

    def recognises(self, folder: PackageFolder) -> bool:
        """By its manifest."""
        return MANIFEST in folder.unwrapped(MANIFEST).files

    def read(self, folder: PackageFolder) -> ProblemDraft:
        """Raises PackageRejected with every complaint."""
        folder = folder.unwrapped(MANIFEST)
        file = folder.prefix + MANIFEST
        complaints: list[Complaint] = []
        manifest = TomlTable(file, "", _parse(folder.text(MANIFEST, _MAX_MANIFEST_SIZE), file), complaints)
        slug = manifest.text("slug")
        groups = tuple(_group(table) for table in manifest.tables("groups"))
        tests = PlainTests(folder, complaints)
        for table in manifest.tables("tests"):
            tests.set(table)
        draft = ProblemDraft(
            title=manifest.text("title") or "",
            limits=_limits(manifest.table("limits")),
            checker=_checker(manifest.table("checker")),
            scoring=manifest.choice("scoring", Scoring) or Scoring.PASS_FAIL,
            groups=groups,
            tests=tests.in_order(
                [group.name for group in groups], manifest.choice("order", TestOrder) or TestOrder.NATURAL
            ),
            material=ProblemMaterial(statements=read_statements(folder, {}), attachments=read_attachments(folder)),
            slug=slug_of(folder.prefix.rstrip("/").rpartition("/")[2]) if slug is None else Slug(slug),
            format=self.format,
            source=file,
            contents=folder.used,
        )
        manifest.finish()
        if complaints:
            raise PackageRejected(*complaints)
        return draft


def _parse(text: str, file: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        line = _LINE.search(message)
        number = None if line is None else int(line[1]) if line[1] else text.count("\n") + 1
        complaint = Complaint(f"is not valid TOML: {_LINE.sub('', message).strip()[:200]}", file, number)
        raise PackageRejected(complaint) from None
    except RecursionError:
        raise PackageRejected(Complaint("is nested too deep", file)) from None
    except ValueError as error:  # a date or a number that only looks like one
        raise PackageRejected(Complaint(f"is not valid TOML: {str(error)[:200]}", file)) from None


def _limits(table: TomlTable) -> ProblemLimits:
    limits = ProblemLimits(
        cpu_time=_time(table, "cpu_time"),
        wall_time=_time(table, "wall_time"),
        memory=table.whole("memory"),
        output=table.whole("output"),
        processes=table.whole("processes"),
        stack=table.whole("stack"),
        file_size=table.whole("file_size"),
        open_files=table.whole("open_files"),
    )
    table.finish()
    return limits


def _time(table: TomlTable, key: str) -> timedelta | None:
    seconds = table.number(key)
    if seconds is not None and not 0 <= seconds <= _MAX_SECONDS:
        table.complain(key, "must be a time in seconds")
        return None
    return None if seconds is None else timedelta(seconds=seconds)


def _checker(table: TomlTable) -> CheckerSpec:
    case_sensitive, space_sensitive = table.flag("case_sensitive"), table.flag("space_sensitive")
    line_sensitive = table.flag("line_sensitive")
    checker = CheckerSpec(
        type=table.choice("type", CheckerType) or CheckerType.TOKENS,
        absolute=table.number("absolute"),
        relative=table.number("relative"),
        case_sensitive=case_sensitive is not False,
        space_sensitive=space_sensitive is True,
        line_sensitive=line_sensitive is True,
    )
    table.finish()
    return checker


def _group(table: TomlTable) -> TestGroup:
    name, points = table.text("name"), table.number("points")
    if name is None:
        table.complain("name", "is required")
    if points is None:
        table.complain("points", "is required")
    group = TestGroup(
        name=name or "",
        points=points or 0.0,
        scoring=table.choice("scoring", GroupScoring) or GroupScoring.MIN,
        depends_on=table.texts("depends_on"),
    )
    table.finish()
    return group
