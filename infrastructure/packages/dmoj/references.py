"""Submissions of the judge's own test suites (``tests/*/test.yml``), and solutions that public repositories keep."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from domain.problems.files import PackageProgram
from domain.problems.material import Expectation, ReferenceSubmission
from domain.verdicts import Verdict
from infrastructure.packages.dmoj.languages import language_of_executor
from infrastructure.packages.hints import hinted
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.program_languages import is_header, language_of
from infrastructure.packages.remarks import Remarks
from infrastructure.packages.yaml_table import YamlTable, YamlValue, parse_table

_CASES = "tests/"
_CASE_FILES = ("test.yml", "test.posix.yml", "test.linux.yml")
_PLACES = ("solutions", "solution", "submissions", "submission", "sols", "sol", "reference", "references", "official")
_MAX_CASE = 256 * 1024
_HEAD = 64 * 1024
_MOST = 500
_KILOBYTE = 1024
_OF_CODE: Mapping[str, frozenset[Verdict]] = {
    "AC": frozenset({Verdict.AC, Verdict.PA}),
    "WA": frozenset({Verdict.WA, Verdict.PE, Verdict.PA}),
    "TLE": frozenset({Verdict.TLE}),
    "MLE": frozenset({Verdict.MLE, Verdict.RTE}),
    "OLE": frozenset({Verdict.OLE}),
    "RTE": frozenset({Verdict.RTE, Verdict.MLE}),
    "IR": frozenset({Verdict.RTE, Verdict.MLE}),
    "IE": frozenset({Verdict.JE}),
    "SC": frozenset({Verdict.SK}),
    "CE": frozenset({Verdict.CE}),
}
"""A partial score counts as right where the setter's checker gives it, and as wrong where the judge's own does."""


@dataclass(frozen=True, slots=True)
class References:
    """``time`` and ``memory`` are the most that the test suite gives its right submissions, else any."""

    submissions: tuple[ReferenceSubmission, ...]
    time: timedelta | None
    memory: int | None


def read_references(folder: PackageFolder, slug: str, remarks: Remarks) -> References:
    """Of the test suite if there is one, else by the names of files."""
    found: list[ReferenceSubmission] = []
    times: list[tuple[bool, timedelta]] = []
    memories: list[tuple[bool, int]] = []
    for place in sorted({path.rpartition("/")[0] + "/" for path in folder.below(_CASES) if path.count("/") == 2}):
        table = _case_table(folder, place, remarks)
        if table is None or len(found) >= _MOST:
            continue
        cases = list(_of_case(folder, place, table, remarks))
        found += cases
        right = any(case.sets_limit for case in cases)
        seconds, kilobytes = table.number("time"), table.number("memory")
        if seconds is not None and 0 < seconds < 1e6:
            times.append((right, timedelta(seconds=seconds)))
        if kilobytes is not None and 0 < kilobytes < 1e10:
            memories.append((right, int(kilobytes * _KILOBYTE)))
    if not found:
        found = list(_by_name(folder, slug))
    time, memory = max(times, default=None), max(memories, default=None)
    return References(tuple(found), time and time[1], memory and memory[1])


def _case_table(folder: PackageFolder, place: str, remarks: Remarks) -> YamlTable | None:
    """``test.yml``, and over it what holds for this system alone; None: there is neither."""
    values: dict[str, YamlValue] = {}
    file = ""
    for path in (place + name for name in _CASE_FILES):
        if path in folder.files:
            text = folder.any_text(path, _MAX_CASE)
            file = folder.prefix + path
            table = parse_table(text, file, remarks.complaints, remarks.warnings)
            values |= {key: value for key in table if (value := table.get(key)) is not None}
    return YamlTable(file, values, remarks.complaints, remarks.warnings) if file else None


def _of_case(folder: PackageFolder, place: str, table: YamlTable, remarks: Remarks) -> Iterator[ReferenceSubmission]:
    executor = table.text("language") or ""
    language = language_of_executor(executor)
    expectations = tuple(_expectations(table))
    skip = "" if language is not None else f"the language {executor[:40]} is not in the catalogue"
    if table.get("skip") is not None:
        skip = skip or "its test.yml says that it is skipped"
    for name in table.texts("source") or ():
        path = place + name
        if path not in folder.files:
            remarks.warn(f"names {name[:80]!r}, which is not there", table.file)
            continue
        yield ReferenceSubmission(
            program=PackageProgram(
                path=path, files=(folder.file(path),), language=language, main=folder.file(path).name
            ),
            expectations=expectations,
            sets_limit=not skip and all(e.every == _OF_CODE["AC"] for e in expectations),
            skip=skip,
        )


def _expectations(table: YamlTable) -> Iterator[Expectation]:
    whole = _verdicts(table.get("expect"), _OF_CODE["AC"])
    cases = {name: _verdicts(value, frozenset()) for name, value in _by_case(table.get("cases"))}
    anything = whole.union(*cases.values())
    if Verdict.CE in whole:
        yield Expectation(verdicts=whole)
    else:
        yield Expectation(every=anything - {Verdict.SK})
    short = table.flag("short_circuit") is True  # after the first failure, which is not how problems are judged
    for name, verdicts in cases.items():
        if verdicts and not (short and verdicts == _OF_CODE["SC"]):
            yield Expectation(group=name, every=verdicts)


def _by_case(found: YamlValue | None) -> Iterator[tuple[str, YamlValue]]:
    if found is not None and isinstance(found.value, dict):
        yield from found.value.items()
    elif found is not None and isinstance(found.value, list):
        yield from ((str(number), item) for number, item in enumerate(found.value, 1))


def _verdicts(found: YamlValue | None, default: frozenset[Verdict]) -> frozenset[Verdict]:
    if found is None:
        return default
    items = found.value if isinstance(found.value, list) else [found]
    words = [str(item.value).upper() for item in items]
    if "*" in words:
        return frozenset().union(*_OF_CODE.values())
    return frozenset().union(*(_OF_CODE.get(word, frozenset()) for word in words))


def _by_name(folder: PackageFolder, slug: str) -> Iterator[ReferenceSubmission]:
    for path in folder.below(""):
        *places, name = path.split("/")
        stem = name.rpartition(".")[0]
        known = not places or places[0].lower() in _PLACES or bool(hinted(places[0], ""))
        if not stem or is_header(name) or not known or len(places) > 2:
            continue
        own = stem == slug and bool(slug)
        expectations = (Expectation(verdicts=frozenset({Verdict.AC})),) if own else hinted((places or [""])[-1], stem)
        language, foreign = language_of({name: folder.head(path, _HEAD)}) if expectations else (None, "")
        if expectations and (language is not None or foreign):
            right = expectations[0].verdicts == frozenset({Verdict.AC})
            yield ReferenceSubmission(
                program=PackageProgram(path=path, files=(folder.file(path),), language=language, main=name),
                expectations=expectations,
                sets_limit=right and language is not None,
                skip=f"the language {foreign} is not in the catalogue" if language is None else "",
            )
