import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from application.problems.packages import DraftTest
from domain.problems.entities import Complaint
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.toml_table import TomlTable

_TESTS = "tests/"
_INPUT, _ANSWER = ".in", ".out"
_SAMPLES = ("sample", "samples")
_MAX_COMPLAINTS = 50
_DIGITS = re.compile(r"(\d+)", re.ASCII)


class TestOrder(StrEnum):
    """Of a package's tests."""

    __test__ = False

    NATURAL = "natural"
    """Samples first, then tests without a listed group, then the groups as listed; in each 2 comes before 10."""
    LISTED = "listed"
    """As ``[[tests]]`` lists them, which must list all."""


@dataclass(frozen=True, slots=True)
class _Settings:
    """``group`` "": none, whatever the folder is called."""

    name: str | None = None
    group: str | None = None
    sample: bool | None = None
    points: float | None = None


class PlainTests:
    """The tests of a plain package: pairs of files, and what the manifest says of them."""

    def __init__(self, folder: PackageFolder, complaints: list[Complaint]) -> None:
        self._folder = folder
        self._complaints = complaints
        self._inputs: dict[str, str] = {}
        self._answers: dict[str, str] = {}
        self._settings: dict[str, _Settings] = {}
        for path in folder.files:
            if path.startswith(_TESTS):
                self._sort_in(path)
        self._check_pairs()

    def set(self, table: TomlTable) -> None:
        """Take one ``[[tests]]`` of the manifest."""
        name, file = table.text("name"), table.text("file")
        settings = _Settings(name, table.text("group"), table.flag("sample"), table.number("points"))
        table.finish()
        key, path = ("name", name) if file is None else ("file", file)
        if path is None:
            table.complain("name", "is required: the test's file below tests/, without '.in'")
        elif path in self._settings:
            table.complain(key, "was given settings before")
        elif path not in self._inputs:
            table.complain(key, f"names no test: there is no {_TESTS}{path[:100]}{_INPUT}")
        else:
            self._settings[path] = settings

    def in_order(self, groups: Sequence[str], order: TestOrder) -> tuple[DraftTest, ...]:
        """Those whose files come in pairs, as ``order`` says."""
        whole = [file for file in self._inputs if file in self._answers]
        if order is TestOrder.LISTED:
            for file in sorted(set(whole) - self._settings.keys(), key=_natural):
                message = 'is not among [[tests]], which must list every test where order = "listed"'
                self._complain(message, self._inputs[file])
            tests = [self._test(file) for file in self._settings if file in self._answers]
        else:
            place = {name: index for index, name in enumerate(groups)}
            tests = [self._test(file) for file in whole]
            tests.sort(key=lambda t: (not t.sample, place.get(t.group or "", -1), _natural(t.name)))
        if not tests:
            self._complain("the package has no tests: there are no tests/*.in with tests/*.out", None)
        return tuple(tests)

    def _sort_in(self, path: str) -> None:
        name = path.removeprefix(_TESTS)
        if any(part.startswith(".") for part in name.split("/")):
            return
        if name.count("/") > 1:
            self._complain("lies too deep: tests are at tests/NAME.in or tests/GROUP/NAME.in", path)
        elif name.endswith(_INPUT):
            self._inputs[name.removesuffix(_INPUT)] = path
        elif name.endswith(_ANSWER):
            self._answers[name.removesuffix(_ANSWER)] = path
        else:
            self._complain("is neither an input (.in) nor an answer (.out)", path)

    def _check_pairs(self) -> None:
        for files, others, kind, ending in (
            (self._inputs, self._answers, "answer", _ANSWER),
            (self._answers, self._inputs, "input", _INPUT),
        ):
            for name in sorted(files.keys() - others.keys(), key=_natural):
                beside = name.rpartition("/")[2] + ending
                self._complain(f"has no {kind} beside it ({beside})", files[name])

    def _test(self, file: str) -> DraftTest:
        settings = self._settings.get(file, _Settings())
        folder = file.rpartition("/")[0] or None
        group = (settings.group or None) if settings.group is not None else folder
        return DraftTest(
            name=settings.name if settings.name is not None else file,
            input=self._folder.ref(self._inputs[file]),
            answer=self._folder.ref(self._answers[file]),
            group=group,
            sample=settings.sample if settings.sample is not None else group in _SAMPLES,
            points=settings.points,
            source=self._folder.prefix + self._inputs[file],
        )

    def _complain(self, message: str, path: str | None) -> None:
        if len(self._complaints) < _MAX_COMPLAINTS:
            self._complaints.append(Complaint(message, None if path is None else self._folder.prefix + path))


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Numbers by value; of equal values the shorter spelling first."""
    parts = _DIGITS.split(name)
    return [(int(p) if i % 2 else 0, len(p) if i % 2 else 0, "" if i % 2 else p) for i, p in enumerate(parts)]
