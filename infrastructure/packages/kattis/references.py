"""``submissions/``: programs whose verdicts their authors know."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from domain.problems.entities import Complaint
from domain.problems.files import PackageProgram
from domain.problems.material import Expectation, ReferenceSubmission
from domain.problems.path_patterns import matches_path
from domain.verdicts import Verdict
from infrastructure.packages.kattis.metadata import Metadata
from infrastructure.packages.kattis.programs import find_outputs, find_programs
from infrastructure.packages.kattis.tables import read_table
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.yaml_table import YamlTable

PLACE, CONFIG = "submissions/", "submissions/submissions.yaml"
_MAX_CONFIG = 1024 * 1024
_MAX_SOURCE = 512 * 1024
_TAG = re.compile(rb"@EXPECTED_RESULTS@:?[ \t]*([A-Za-z_, \t-]*)")
_SCORE_TAG = re.compile(rb"@EXPECTED_SCORE@:?[ \t]*([-0-9.]+)")

_WRONG = frozenset({Verdict.WA, Verdict.PE})
_CRASH = frozenset({Verdict.RTE, Verdict.MLE})
_RIGHT = frozenset({Verdict.AC})
_SLOW = frozenset({Verdict.TLE})
_FLOOD = frozenset({Verdict.OLE})
_WITHOUT_END = _SLOW | _FLOOD
"""Other judges cut a flood of output short and let its program run on."""
_LEAST_SCORE = 1e-4
_OF_CODE: Mapping[str, frozenset[Verdict]] = {
    "AC": _RIGHT, "ACCEPTED": _RIGHT, "CORRECT": _RIGHT,
    "WA": _WRONG, "WRONG-ANSWER": _WRONG, "NO-OUTPUT": _WRONG | {Verdict.RTE},
    "TLE": _SLOW, "TIMELIMIT": _SLOW, "TIME-LIMIT-EXCEEDED": _SLOW,
    "RTE": _CRASH, "RUN-ERROR": _CRASH, "RUN-TIME-ERROR": _CRASH, "RUNTIME-ERROR": _CRASH,
    "MLE": _CRASH, "MEMORY-LIMIT": _CRASH,
    "CE": frozenset({Verdict.CE}), "COMPILER-ERROR": frozenset({Verdict.CE}),
    "OLE": _FLOOD, "OUTPUT-LIMIT": _FLOOD, "OUTPUT-LIMIT-EXCEEDED": _FLOOD,
}  # fmt: skip
_BY_FOLDER: Mapping[str, frozenset[Verdict]] = {
    "accepted": _RIGHT, "wrong_answer": _WRONG, "wrong-answer": _WRONG, "run_time_error": _CRASH, "run-error": _CRASH,
    "runtime_error": _CRASH, "time_limit_exceeded": _SLOW, "timelimit": _SLOW,
    "compiler_error": frozenset({Verdict.CE}),
    "compile_error": frozenset({Verdict.CE}), "output_limit": _FLOOD, "output_limit_exceeded": _FLOOD,
    "memory_limit_exceeded": _CRASH, "no_output": _WRONG | {Verdict.RTE},
    "rejected": _WRONG | _CRASH | _SLOW | _FLOOD, "brute_force": _CRASH | _SLOW,
}  # fmt: skip
_NEW_DEFAULTS: Mapping[str, tuple[frozenset[Verdict] | None, frozenset[Verdict] | None]] = {
    "accepted": (_RIGHT, None),
    "rejected": (None, _CRASH | _SLOW | _WRONG | {Verdict.OLE}),
    "wrong_answer": (_RIGHT | _WRONG, _WRONG),
    "time_limit_exceeded": (_RIGHT | _SLOW, _SLOW),
    "run_time_error": (_RIGHT | _CRASH, _CRASH),
    "brute_force": (_RIGHT | _CRASH | _SLOW, _CRASH | _SLOW),
}
_QUICK = {language: place for place, language in enumerate(("cpp20", "c17", "rust", "java", "kotlin", "go"))}
_RULE_KEYS = frozenset(
    {
        "language",
        "entrypoint",
        "authors",
        "model_solution",
        "permitted",
        "required",
        "score",
        "message",
        "use_for_time_limit",
    }
)


def read_references(
    folder: PackageFolder, metadata: Metadata, complaints: list[Complaint], warnings: list[Complaint]
) -> tuple[ReferenceSubmission, ...]:
    """By folder and name; dotfiles and what is no program are passed over."""
    rules = _rules(folder, complaints, warnings)
    find = find_outputs if "submit-answer" in metadata.types else find_programs
    found: list[ReferenceSubmission] = []
    for entry in folder.inside(PLACE).entries():
        if not entry.endswith("/") or entry.startswith("."):
            continue
        directory = entry.removesuffix("/")
        for one in find(folder, PLACE + entry):
            program = _with_entry_point(one.program, rules)
            tagged, doubt = _tagged(folder, program.path)
            if tagged:
                expectations = tuple(tagged)
            elif metadata.legacy or (metadata.version.startswith("2023") and not rules):
                expectations = tuple(_by_folder(directory, metadata))
            else:
                expectations = tuple(_by_rules(directory, program.path.removeprefix(PLACE), rules))
            skip = f"the language {one.foreign} is not in the catalogue" if one.foreign else doubt
            found.append(
                ReferenceSubmission(
                    program=program,
                    expectations=expectations,
                    sets_limit=_sets_limit(directory, expectations) and not skip,
                    skip=skip,
                )
            )
    return tuple(found)


def _sets_limit(directory: str, expectations: Sequence[Expectation]) -> bool:
    """One that must be right, and may not be too slow."""
    said = [verdicts for e in expectations for verdicts in (e.verdicts, e.every) if verdicts is not None]
    return directory == "accepted" and all(Verdict.AC in verdicts and Verdict.TLE not in verdicts for verdicts in said)


def model_solution(references: Sequence[ReferenceSubmission]) -> PackageProgram | None:
    """The accepted one that is to make answers which the package lacks: the quickest language first."""
    accepted = [one.program for one in references if one.sets_limit]
    return min(accepted, key=lambda program: _QUICK.get(program.language or "", len(_QUICK)), default=None)


def _with_entry_point(program: PackageProgram, rules: list[tuple[str, YamlTable]]) -> PackageProgram:
    path = program.path.removeprefix(PLACE)
    for pattern, table in rules:
        if matches_path(pattern, path) and (main := table.text("entrypoint")):
            program = replace(program, main=main)
    return program


def _by_folder(directory: str, metadata: Metadata) -> Iterator[Expectation]:
    if directory == "partially_accepted" and metadata.scoring:
        # where one failed group makes the verdict, the score is what tells
        yield Expectation(verdicts=_RIGHT | _WRONG | _CRASH | _WITHOUT_END | {Verdict.PA}, score=(_LEAST_SCORE, None))
    elif directory == "partially_accepted":
        yield Expectation(verdicts=frozenset({Verdict.AC, Verdict.PA}))
    elif directory == "time_limit_exceeded":
        # "too slow; may also be giving wrong answer": some test is, whatever stands before it
        yield Expectation(some=_WITHOUT_END)
    elif directory in _BY_FOLDER:
        verdicts = _BY_FOLDER[directory]
        yield Expectation(verdicts=verdicts | {Verdict.PA} if metadata.scoring and Verdict.WA in verdicts else verdicts)


def _tagged(folder: PackageFolder, path: str) -> tuple[list[Expectation], str]:
    """DOMjudge's marks in the sources, and why they cannot be followed, if so."""
    found: list[Expectation] = []
    for file in [path] if path in folder.files else folder.below(f"{path}/"):
        head = folder.head(file, _MAX_SOURCE)
        results = {codes for match in _TAG.findall(head) if (codes := _codes(match))}
        if len(results) > 1:
            return [], f"{file} has two different @EXPECTED_RESULTS@: which of them holds is not known"
        for codes in results:
            verdicts = frozenset(verdict for code in codes for verdict in _OF_CODE.get(code, ()))
            if verdicts and "CHECK-MANUALLY" not in codes:
                found.append(Expectation(verdicts=verdicts))
        for score in _SCORE_TAG.findall(head)[:1]:
            with suppress(ValueError):
                found.append(Expectation(score=(float(score), float(score))))
    return found, ""


def _codes(text: bytes) -> tuple[str, ...]:
    words = text.decode("ascii", "replace").upper().replace("_", "-").split(",")
    return tuple(sorted(word.strip() for word in words if word.strip()))


def _rules(
    folder: PackageFolder, complaints: list[Complaint], warnings: list[Complaint]
) -> list[tuple[str, YamlTable]]:
    if CONFIG not in folder.files:
        return []
    table = read_table(folder, CONFIG, _MAX_CONFIG, complaints, warnings)
    return [(pattern, table.table(pattern)) for pattern in table]


def _by_rules(directory: str, path: str, rules: list[tuple[str, YamlTable]]) -> Iterator[Expectation]:
    own_default = {pattern for pattern, _ in rules}
    if directory in _NEW_DEFAULTS and directory not in own_default:
        every, some = _NEW_DEFAULTS[directory]
        yield Expectation(every=every, some=some)
    for pattern, table in rules:
        if not matches_path(pattern, path):
            continue
        defaults = _NEW_DEFAULTS.get(pattern, (None, None))
        yield _expectation(table, None, *defaults)
        for key in table:
            if key not in _RULE_KEYS:
                yield _expectation(table.table(key), key, None, None)


def _expectation(
    table: YamlTable, group: str | None, every: frozenset[Verdict] | None, some: frozenset[Verdict] | None
) -> Expectation:
    permitted, required = _verdicts(table, "permitted"), _verdicts(table, "required")
    return Expectation(
        group=group,
        every=every if permitted is None else permitted,
        some=some if required is None else required,
        score=_score(table),
    )


def _verdicts(table: YamlTable, key: str) -> frozenset[Verdict] | None:
    words = table.words(key)
    if words is None:
        return None
    return frozenset(verdict for word in words for verdict in _OF_CODE.get(word.upper(), ()))


def _score(table: YamlTable) -> tuple[float | None, float | None] | None:
    found = table.get("score")
    if found is None:
        return None
    items = found.value if isinstance(found.value, list) else [found]
    values = [item.value for item in items if isinstance(item.value, int | float)]
    if len(values) != len(items) or len(values) not in (1, 2):
        table.complain("score", "must be a number, or a list of the least and the most")
        return None
    return float(values[0]), float(values[-1])
