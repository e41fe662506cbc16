"""``gen/GEN`` and ``gen/cases.gen``: subtasks, and how the input of each test comes about."""

import re
import shlex
from dataclasses import dataclass, field

from infrastructure.packages.remarks import Remarks

_SUBTASK = re.compile(r"(\d+(?:\.\d+)?)(?:\s+(.*))?", re.ASCII)
_MOST_TESTS = 20_000
_MOST_SUBTASKS = 300


@dataclass(slots=True)
class PlannedTest:
    """``copy`` is a path in the package; else ``generator`` (a path, or None: the usual one) gets ``arguments``."""

    line: int
    copy: str | None = None
    generator: str | None = None
    arguments: tuple[str, ...] = ()


@dataclass(slots=True)
class Subtask:
    """``names``: what marks in solutions may call it; the first is its own."""

    points: float
    names: list[str] = field(default_factory=list)
    tests: list[PlannedTest] = field(default_factory=list)
    depends_on: list[str] = field(default_factory=list)


class _Plan:
    def __init__(self, file: str, remarks: Remarks) -> None:
        self.subtasks: list[Subtask] = []
        self._loose: list[PlannedTest] = []
        self._file = file
        self._remarks = remarks
        self._count = 0

    def open(self, points: str, name: str, line: int) -> None:
        if self._loose and not self.subtasks:
            self._remarks.complain("has tests before its first subtask", self._file, line)
        if len(self.subtasks) >= _MOST_SUBTASKS:
            self._remarks.complain(f"has more than {_MOST_SUBTASKS} subtasks", self._file, line)
            return
        number = float(points) if len(points) < 12 else -1.0
        if not 0 <= number <= 1e6:
            self._remarks.complain("has a subtask with odd points", self._file, line)
        index = len(self.subtasks)
        names = [name, "".join(name.split())] if name else []
        self.subtasks.append(Subtask(number, [*names, f"subtask {index + 1}", f"subtask{index + 1}", f"st{index + 1}"]))

    def rename(self, name: str) -> None:
        if self.subtasks and name:
            self.subtasks[-1].names.insert(0, name[:100])

    def depend(self, names: list[str]) -> None:
        if self.subtasks:
            self.subtasks[-1].depends_on += names[:_MOST_SUBTASKS]

    def add(self, test: PlannedTest) -> None:
        self._count += 1
        if self._count <= _MOST_TESTS:
            (self.subtasks[-1].tests if self.subtasks else self._loose).append(test)
        elif self._count == _MOST_TESTS + 1:
            self._remarks.complain(f"has more than {_MOST_TESTS} tests", self._file, test.line)

    def words(self, text: str, line: int) -> list[str]:
        text = text.replace("\0", "")
        try:
            return shlex.split(text)
        except ValueError as error:
            self._remarks.warn(f"has odd quotes ({error}): the line is split at spaces", self._file, line)
            return text.split()

    def result(self) -> list[Subtask]:
        """Without any subtask all tests are in one that has no name."""
        return self.subtasks or [Subtask(-1.0, [], self._loose)]


def read_gen(text: str, file: str, remarks: Remarks) -> list[Subtask]:
    """``gen/GEN``: a line is a generator's arguments, ``#ST: points``, ``#STNAME: name``,
    ``#STDEP: names`` or ``#COPY: path``.
    """
    plan = _Plan(file, remarks)
    for number, line in enumerate(text.splitlines(), 1):
        command, _, comment = line.partition("#")
        comment = comment.strip()
        if command.strip():
            plan.add(PlannedTest(number, arguments=tuple(plan.words(command, number))))
        elif comment.startswith("ST:"):
            points, _, remark = comment[3:].partition("#")
            found = _SUBTASK.fullmatch(points.strip())
            if found is None:
                remarks.complain("has a subtask without points: '#ST: 30'", file, number)
            else:
                plan.open(found[1], (found[2] or remark).strip()[:100], number)
        elif comment.startswith("STNAME:"):
            plan.rename(comment[7:].strip())
        elif comment.startswith("STDEP:"):
            plan.depend(comment[6:].split())
        elif comment.startswith("COPY:"):
            plan.add(PlannedTest(number, copy=comment[5:].partition("#")[0].strip()))
    return plan.result()


def read_cases_gen(text: str, file: str, remarks: Remarks) -> tuple[list[Subtask], dict[str, str]]:
    """``gen/cases.gen``; with the validators' paths by name."""
    cases = _CasesGen(file, remarks)
    for number, line in enumerate(text.splitlines(), 1):
        cases.line(line.partition("#")[0].strip(), number)
    return cases.plan.result(), cases.validators


class _CasesGen:
    def __init__(self, file: str, remarks: Remarks) -> None:
        self.plan = _Plan(file, remarks)
        self.validators: dict[str, str] = {}
        self._generators: dict[str, str] = {}
        self._current = "default"
        self._file = file
        self._remarks = remarks
        self._commands = {
            "GEN": self._generator, "VAL": self._validator, "SUBTASK": self._subtask, "STNAME": self._name,
            "COPY": self._copy, "RUN": self._run,
        }  # fmt: skip

    def line(self, line: str, number: int) -> None:
        if not line:
            return
        if not line.startswith(":"):
            arguments = tuple(self.plan.words(line, number))
            self.plan.add(PlannedTest(number, None, self._generators.get(self._current), arguments))
            return
        command, *rest = self.plan.words(line[1:], number) or [""]
        if command in self._commands and rest:
            self._commands[command](rest, number)
        elif command not in ("CONSTRAINT", "DESCRIPTION"):
            self._remarks.warn(f"has the unknown command {command[:40]!r}", self._file, number)

    def _generator(self, words: list[str], _: int) -> None:
        if len(words) > 1:
            self._generators[words[0]] = words[1]
        else:
            self._current = words[0]

    def _validator(self, words: list[str], _: int) -> None:
        if len(words) > 1:
            self.validators[words[0]] = words[1]

    def _subtask(self, words: list[str], number: int) -> None:
        if _SUBTASK.fullmatch(words[0]):
            self.plan.open(words[0], " ".join(words[1:])[:100], number)
        else:
            self._remarks.complain("has a subtask without points: ': SUBTASK 30'", self._file, number)
        self._current = "default"

    def _name(self, words: list[str], _: int) -> None:
        self.plan.rename(words[0])

    def _copy(self, words: list[str], number: int) -> None:
        self.plan.add(PlannedTest(number, copy=words[0]))

    def _run(self, words: list[str], number: int) -> None:
        name, *arguments = words
        if name not in self._generators:
            self._remarks.complain(
                f"runs the generator {name[:40]!r}, which it does not name before", self._file, number
            )
        self.plan.add(PlannedTest(number, None, self._generators.get(name), tuple(arguments)))
