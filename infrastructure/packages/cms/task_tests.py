"""Tests of a task: files in ``input/`` and ``output/``, or what ``gen/`` plans."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from application.problems.packages import DraftTest, Generation
from domain.problems.entities import TestExtras, TestGroup
from domain.problems.enums import GroupScoring
from domain.problems.files import BlobRef, PackageProgram
from infrastructure.packages.cms.generation import PlannedTest, Subtask, read_cases_gen, read_gen
from infrastructure.packages.cms.programs import Programs
from infrastructure.packages.inner_paths import find_file
from infrastructure.packages.line_ends import UnixLines
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.remarks import Remarks

GEN, CASES = "gen/GEN", "gen/cases.gen"
_GENERATORS = ("gen/generator", "gen/generatore")
_MAX_PLAN = 8 * 1024 * 1024
_MOST_TESTS = 20_000


@dataclass(slots=True)
class TaskTests:
    """``total`` are the points of a task without subtasks. ``needs_answers``: a checker or comparison looks at them;
    otherwise those that lack are empty.
    """

    folder: PackageFolder
    programs: Programs
    remarks: Remarks
    total: float
    scoring: GroupScoring
    needs_answers: bool
    tests: list[DraftTest] = field(default_factory=list)
    groups: list[TestGroup] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    """Of each group: what else solutions may call it."""
    needed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each group: those whose tests belong to it, too."""
    validators: dict[str, str] = field(default_factory=dict)
    _lines: UnixLines = field(init=False)
    _generators: dict[str, PackageProgram | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lines = UnixLines(self.folder)

    def read(self, count: int | None, listed: Sequence[tuple[float, int]] = ()) -> None:
        """``count`` is what task.yaml says; ``listed`` are the points and numbers of tests of its subtasks, for a task
        without a plan.
        """
        subtasks = self._plan()
        if subtasks is None and listed:
            subtasks = [
                Subtask(points, [f"subtask{n}", f"st{n}"], [PlannedTest(0) for _ in range(tests)])
                for n, (points, tests) in enumerate(listed, 1)
            ]
        if subtasks is None:
            subtasks = [Subtask(-1.0, [], [PlannedTest(0) for _ in range(self._files(count))])]
        planned = sum(len(subtask.tests) for subtask in subtasks)
        if count is not None and count != planned and not self.remarks.complaints:
            self.remarks.warn(f"task.yaml says that there are {count} inputs, but there are {planned}")
        if planned == 0 and not self.remarks.complaints:
            self.remarks.complain("the task has no tests: there is neither gen/GEN nor input/input0.txt")
        for number, subtask in enumerate(subtasks, 1):
            self._subtask(subtask, number, planned)

    def _plan(self) -> list[Subtask] | None:
        for path in (CASES, GEN):
            if path in self.folder.files:
                text = self.folder.data(path, _MAX_PLAN).decode(errors="replace").removeprefix("\ufeff")
                if path == GEN:
                    return read_gen(text, self.folder.prefix + path, self.remarks)
                subtasks, self.validators = read_cases_gen(text, self.folder.prefix + path, self.remarks)
                return subtasks
        return None

    def _files(self, count: int | None) -> int:
        if count is not None and count > _MOST_TESTS:
            self.remarks.complain(f"has more than {_MOST_TESTS} tests")
            return 0
        if count is not None:
            return count
        number = 0
        while f"input/input{number}.txt" in self.folder.files:
            number += 1
        return number

    def _subtask(self, subtask: Subtask, number: int, planned: int) -> None:
        if subtask.points < 0:  # the whole task: each test counts for itself
            for test in subtask.tests:
                self._test(test, None, self.total / planned, sample=False, subtask=number)
            return
        name = next((n for n in subtask.names if n and n not in self.names and n.isprintable()), f"subtask {number}")
        self.names[name] = [other for other in subtask.names if other != name]
        by_sum = self.scoring is GroupScoring.SUM
        self.needed[name] = tuple(self._needed(subtask, name))
        self.groups.append(
            TestGroup(name=name, points=subtask.points, scoring=self.scoring, depends_on=self.needed[name])
        )
        for test in subtask.tests:
            points = subtask.points / len(subtask.tests) if by_sum and subtask.points else None
            self._test(test, name, points, sample=subtask.points == 0, subtask=number)
        if not subtask.tests and subtask.points:
            self.remarks.complain(f"the subtask {name!r} has points, but no tests")

    def _needed(self, subtask: Subtask, name: str) -> Iterator[str]:
        """The groups before it whose tests belong to it, too."""
        known = {other: group for group, others in self.names.items() for other in (*others, group)}
        for other in dict.fromkeys(known.get(asked, "") for asked in subtask.depends_on):
            if other and other != name:
                yield other
        if lost := [asked for asked in subtask.depends_on if asked not in known]:
            self.remarks.warn(
                f"has a subtask that depends on {lost[0][:60]!r}, which is not before it: that is left out",
                self.folder.prefix + GEN,
            )

    def _test(self, plan: PlannedTest, group: str | None, points: float | None, *, sample: bool, subtask: int) -> None:
        number = len(self.tests)
        path = f"input/input{number}.txt"
        generation: Generation | None = None
        data = self._input(plan, path)
        if data is None and plan.copy is None:
            generation = self._generation(plan, path)
        answer_at = f"output/output{number}.txt"
        answer: BlobRef | None = None
        if data is not None and answer_at in self.folder.files:
            answer = self._lines.ref(answer_at)
        elif not self.needs_answers:
            answer = self.folder.add(b"")
        self.tests.append(
            DraftTest(
                name=f"{number:03d}",
                input=data,
                answer=answer,
                group=group,
                sample=sample,
                points=points,
                extras=TestExtras(validator_arguments=(str(subtask),)),
                generation=generation,
                source=self.folder.prefix + (path if path in self.folder.files else GEN),
            )
        )

    def _input(self, plan: PlannedTest, path: str) -> BlobRef | None:
        if path in self.folder.files:
            return self._lines.ref(path)
        if plan.copy is None:
            return None
        at = find_file(self.folder, plan.copy)
        if at is None:
            self.remarks.complain(
                f"copies {plan.copy[:100]!r}, which is not in the package", self.folder.prefix + GEN, plan.line
            )
            return None
        return self._lines.ref(at)

    def _generation(self, plan: PlannedTest, path: str) -> Generation | None:
        named = find_file(self.folder, plan.generator) if plan.generator else self.programs.source(_GENERATORS)
        key = named or ""
        if key not in self._generators:
            if named is None:
                self._generators[key] = None
                self.remarks.complain(
                    f"has a test of which {path} is not in the package, nor the source of a generator",
                    self.folder.prefix + GEN if GEN in self.folder.files else None,
                    plan.line or None,
                )
            else:
                self._generators[key] = self.programs.program(named, "generator")
        program = self._generators[key]
        return None if program is None else Generation(program=program, arguments=plan.arguments)
