"""``sol/``: solutions, with what marks in them and their names say of their verdicts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from domain.problems.material import Expectation, ReferenceSubmission
from domain.verdicts import Verdict
from infrastructure.packages.cms.programs import Programs
from infrastructure.packages.hints import hinted, is_main
from infrastructure.packages.package_folder import PackageFolder

PLACE = "sol/"
MAIN = ("sol/solution", "sol/soluzione")
_MARK = re.compile(rb"@check-([a-z-]+):([^\n\r]*)")
_POINTS = re.compile(r"[-_](\d{1,3})(?:p|pt|pts|punti|points)$", re.IGNORECASE)
_HEAD = 256 * 1024
_MOST = 500
_STUBS = re.compile(r"(grader|stub|manager|checker|template|example|esempio)(?![a-z])", re.IGNORECASE)
_RIGHT = frozenset({Verdict.AC})
_NOT_RIGHT = frozenset({Verdict.PA, Verdict.WA, Verdict.PE, Verdict.TLE, Verdict.MLE, Verdict.RTE, Verdict.OLE})
_WHOLE = 100
_FAILURES: Mapping[str, frozenset[Verdict]] = {
    "partial-score": frozenset({Verdict.PA}),
    "wrong-answer": frozenset({Verdict.WA, Verdict.PE}),
    "zero": frozenset({Verdict.WA, Verdict.PE}),
    "time-limit-exceeded": frozenset({Verdict.TLE}),
    "wall-time-limit-exceeded": frozenset({Verdict.TLE}),
    "memory-limit-exceeded": frozenset({Verdict.MLE, Verdict.RTE}),
    "runtime-error": frozenset({Verdict.RTE, Verdict.MLE}),
}


def solution_paths(folder: PackageFolder) -> Iterator[str]:
    """Sources in ``sol/``, without graders and stubs."""
    for path in folder.below(PLACE):
        name = path.removeprefix(PLACE)
        if name.count("/") <= 1 and not _STUBS.match(name.rpartition("/")[2]) and not name.startswith(("bin/", ".")):
            yield path


def read_solutions(
    folder: PackageFolder,
    programs: Programs,
    groups: Mapping[str, Sequence[str]],
    name: str,
    *,
    needed: Mapping[str, Sequence[str]],
    skip: str,
) -> tuple[ReferenceSubmission, ...]:
    """Those of which something is expected. ``groups``: other names of each; ``name`` is the task's, and that of right
    solutions; ``needed``: of each group those whose tests it has, too; ``skip``: why none can be judged.
    """
    found: list[ReferenceSubmission] = []
    for path in solution_paths(folder):
        marks = _MARK.findall(folder.head(path, _HEAD))
        stem = path.rpartition("/")[2].rpartition(".")[0]
        expectations = (
            tuple(_marked(marks, groups, needed))
            if marks
            else tuple(_by_name(path, "solution" if stem == name else stem))
        )
        one = programs.solution(path) if expectations and len(found) < _MOST else None
        if one is None:
            continue
        program, why = one
        right = any(e.group is None and e.verdicts == _RIGHT for e in expectations)
        found.append(
            ReferenceSubmission(
                program=program, expectations=expectations, sets_limit=right and not (why or skip), skip=why or skip
            )
        )
    return tuple(found)


def _marked(
    marks: Sequence[tuple[bytes, bytes]], groups: Mapping[str, Sequence[str]], needed: Mapping[str, Sequence[str]]
) -> Iterator[Expectation]:
    """Of each subtask: right in all, or one of the failures in some test."""
    accepted: set[str] = set()
    failures: dict[str, frozenset[Verdict]] = {}
    names = groups or {"": ()}
    for kind, patterns in marks:
        result = kind.decode()
        for pattern in patterns.decode(errors="replace").split():
            matched = {g for g, others in names.items() if any(fnmatchcase(n, pattern[:100]) for n in (g, *others))}
            if result == "accepted":
                accepted |= matched
            elif result in _FAILURES:
                failures |= {g: failures.get(g, frozenset()) | _FAILURES[result] for g in matched}
    everything = frozenset().union(*failures.values())
    if accepted | failures.keys() == names.keys():
        yield Expectation(verdicts=_RIGHT if not failures else everything | {Verdict.PA})
    for name in names:
        if name in accepted and name not in failures:
            yield Expectation(group=name or None, every=_RIGHT)
        elif name in failures and not failures.keys() & {*needed.get(name, ())}:
            yield Expectation(group=name or None, some=failures[name])


def _by_name(path: str, stem: str) -> Iterator[Expectation]:
    points = _POINTS.search(stem)
    if points is not None and not is_main(stem):
        score = float(points[1])
        yield Expectation(verdicts=_RIGHT if score >= _WHOLE else _NOT_RIGHT, score=(score, score))
    else:
        folder = path.split("/")[-2]
        yield from hinted("" if folder == "sol" else folder, stem)
