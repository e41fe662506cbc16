"""Tests of a testset: files by pattern, or commands of generators; and groups with points and dependencies."""

import re
import shlex
from dataclasses import replace

from application.problems.packages import DraftTest, Generation
from domain.problems.entities import TestExtras, TestGroup
from domain.problems.enums import GroupScoring
from domain.problems.files import BlobRef
from infrastructure.packages.inner_paths import find_file
from infrastructure.packages.line_ends import UnixLines
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.polygon.programs import Programs
from infrastructure.packages.remarks import Remarks
from infrastructure.packages.xml_tree import XmlElement

_PATTERN = re.compile(r"([^%]*)%(?:0?(\d))?d([^%]*)", re.ASCII)
_MOST_TESTS = 20_000
_MOST_ARGUMENTS = 2_000
_MOST_GROUPS = 300


class Testset:
    """What one ``<testset>`` holds."""

    def __init__(
        self, element: XmlElement, folder: PackageFolder, programs: Programs, file: str, remarks: Remarks
    ) -> None:
        self.name = element.get("name") or "tests"
        self.tests: list[DraftTest] = []
        self.groups: tuple[TestGroup, ...] = ()
        self._element = element
        self._folder = folder
        self._lines = UnixLines(folder)
        self._programs = programs
        self._file = file
        self._remarks = remarks
        self._generators: dict[str, Generation | None] = {}
        self._elements = list(element.all("tests/test")) or self._unlisted()
        self.has_points = any(_number(e.get("points")) for e in self._elements) or any(
            _number(e.get("points")) for e in element.all("groups/group")
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to judge by."""
        return not self._elements

    def read(self) -> None:
        """Fill ``tests`` and ``groups``; complaints where that cannot be."""
        if len(self._elements) > _MOST_TESTS:
            self._remarks.complain(f"has more than {_MOST_TESTS} tests", self._file, self._element.line)
            return
        input_pattern, answer_pattern = self._pattern("input"), self._pattern("answer")
        if input_pattern is None or answer_pattern is None:
            return
        for number, element in enumerate(self._elements, 1):
            input_path, answer_path = (_filled(pattern, number) for pattern in (input_pattern, answer_pattern))
            test = self._test(element, number, input_path, answer_path)
            if test is not None:
                self.tests.append(test)
        if self.has_points:
            self.groups = self._groups()
            self._share_out()

    def _unlisted(self) -> list[XmlElement]:
        """Tests that are only counted, or only there: some tools write no list."""
        pattern = _PATTERN.fullmatch(self._text("input-path-pattern", "tests/%02d"))
        text = self._text("test-count", "")
        count = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
        there = 0
        while pattern is not None and find_file(self._folder, _filled(pattern, there + 1)) is not None:
            there += 1
        return [XmlElement("test", {}, self._element.line) for _ in range(there or min(count, _MOST_TESTS))]

    def _text(self, tag: str, default: str) -> str:
        found = self._element.first(tag)
        return default if found is None else found.text

    def _pattern(self, kind: str) -> "re.Match[str] | None":
        element = self._element.first(f"{kind}-path-pattern")
        text = self._text(f"{kind}-path-pattern", {"input": "tests/%02d", "answer": "tests/%02d.a"}[kind])
        found = _PATTERN.fullmatch(text)
        if found is None:
            line = self._element.line if element is None else element.line
            self._remarks.complain(f"{kind}-path-pattern must hold one number, as tests/%02d does", self._file, line)
        return found

    def _test(self, element: XmlElement, number: int, input_path: str, answer_path: str) -> DraftTest | None:
        answer_at = find_file(self._folder, answer_path)
        generation = None
        data = self._content(input_path)
        if data is None:
            generation = self._generation(element, input_path)
            if generation is None:
                return None
        group = element.get("group") or None
        return DraftTest(
            name=f"{number:02d}",
            input=data,
            answer=None if answer_at is None or data is None else self._lines.ref(answer_at),
            group=group,
            sample=element.get("sample") == "true",
            points=_number(element.get("points")) if self.has_points else None,
            extras=TestExtras(validator_arguments=("--group", group) if group is not None else ()),
            generation=generation,
            source=self._folder.prefix + input_path if data is not None else self._file,
        )

    def _content(self, path: str) -> BlobRef | None:
        at = find_file(self._folder, path)
        return None if at is None else self._lines.ref(at)

    def _generation(self, element: XmlElement, path: str) -> Generation | None:
        command = element.get("cmd")
        if not command:
            self._remarks.complain(
                f"names a test of which {path[:80]} is not in the package, nor a generator", self._file, element.line
            )
            return None
        if element.get("from-file") == "true":
            self._remarks.complain(
                f"names a test that a generator writes to a file, and {path[:80]} is not in the package: take the full "
                "package",
                self._file,
                element.line,
            )
            return None
        try:
            words = shlex.split(command)
        except ValueError as error:
            words = command.split()
            self._remarks.warn(
                f"has odd quotes in a command ({error}): it is split at spaces", self._file, element.line
            )
        if not words or len(words) > _MOST_ARGUMENTS:
            self._remarks.complain("has a command that is no command", self._file, element.line)
            return None
        generator = self._generator(words[0], element)
        return None if generator is None else Generation(program=generator.program, arguments=tuple(words[1:]))

    def _generator(self, name: str, element: XmlElement) -> Generation | None:
        if name not in self._generators:
            named = self._programs.generator(name)
            if named is None:
                self._remarks.complain(
                    f"generates tests by {name[:60]!r}, of which the source is not in the package",
                    self._file,
                    element.line,
                )
            elif named.problem:
                self._remarks.complain(
                    f"is a generator of tests that {named.problem}", self._folder.prefix + named.program.path
                )
            usable = named is not None and not named.problem
            self._generators[name] = Generation(program=named.program) if named is not None and usable else None
        return self._generators[name]

    def _groups(self) -> tuple[TestGroup, ...]:
        used = list(dict.fromkeys(test.group for test in self.tests if test.group is not None))
        elements = {e.get("name") or "": e for e in self._element.all("groups/group")}
        if len(used) > _MOST_GROUPS:
            self._remarks.complain(f"has more than {_MOST_GROUPS} groups", self._file, self._element.line)
            return ()
        found: dict[str, TestGroup] = {}
        for name in [*(name for name in elements if name in used), *(name for name in used if name not in elements)]:
            self._add_group(name, elements, found, set())
        return tuple(found.values())

    def _add_group(
        self, name: str, elements: dict[str, XmlElement], found: dict[str, TestGroup], waiting: set[str]
    ) -> None:
        """After those that it depends on."""
        if name in found:
            return
        element = elements.get(name)
        if name in waiting:
            self._remarks.complain(
                f"has groups that depend on each other: {name[:60]!r}", self._file, element.line if element else None
            )
            return
        depends_on: list[str] = []
        for dependency in element.all("dependencies/dependency") if element is not None else ():
            other = dependency.get("group") or ""
            if other == name or other in depends_on:
                continue
            if not any(test.group == other for test in self.tests):
                self._remarks.warn(f"has a group that depends on {other[:60]!r}, which has no tests", self._file)
                continue
            self._add_group(other, elements, found, waiting | {name})
            depends_on.append(other)
        if self._remarks.complaints:
            return
        each_test = element is None or element.get("points-policy") != "complete-group"
        own = sum(test.points or 0.0 for test in self.tests if test.group == name)
        whole = own or (_number(element.get("points")) if element is not None else None) or 0.0
        each_test = each_test and own > 0
        found[name] = TestGroup(
            name=name,
            points=whole,
            scoring=GroupScoring.SUM if each_test else GroupScoring.MIN,
            depends_on=tuple(depends_on),
        )

    def _share_out(self) -> None:
        """Points belong to a test, or to its group as a whole; a sample that has none scores nothing."""
        groups = {group.name: group for group in self.groups}
        for index, test in enumerate(self.tests):
            group = groups.get(test.group or "")
            points = test.points or 0.0
            if group is None or group.scoring is GroupScoring.SUM:
                own = None if test.sample and not points else points
            else:
                own = group.points if test.sample and group.points else None
            self.tests[index] = replace(test, points=own)


def _filled(pattern: "re.Match[str]", number: int) -> str:
    width = int(pattern[2] or 0)
    return f"{pattern[1]}{number:0{width}d}{pattern[3]}"


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text else None
    except ValueError:
        return None
    return number if number is not None and 0 <= number <= 1e9 else None
