"""Solutions with their tags, as reference submissions with expectations."""

from collections.abc import Iterator, Mapping

from domain.problems.files import PackageProgram
from domain.problems.material import Expectation, ReferenceSubmission
from domain.verdicts import Verdict
from infrastructure.packages.polygon.programs import Programs
from infrastructure.packages.remarks import Remarks
from infrastructure.packages.xml_tree import XmlElement

_RIGHT = frozenset({Verdict.AC})
_WRONG = frozenset({Verdict.WA, Verdict.PE})
_SLOW = frozenset({Verdict.TLE})
_LARGE = frozenset({Verdict.MLE, Verdict.RTE})
_FAILED = frozenset({Verdict.WA, Verdict.PE, Verdict.TLE, Verdict.MLE, Verdict.RTE, Verdict.OLE})
_OF_TAG: Mapping[str, frozenset[Verdict]] = {
    "main": _RIGHT, "accepted": _RIGHT, "rejected": _FAILED, "wrong-answer": _WRONG, "presentation-error": _WRONG,
    "time-limit-exceeded": _SLOW, "time-limit-exceeded-or-accepted": _SLOW | _RIGHT,
    "time-limit-exceeded-or-memory-limit-exceeded": _SLOW | _LARGE, "memory-limit-exceeded": _LARGE,
    "failed": _FAILED | {Verdict.CE},
}  # fmt: skip
_NOT_RUN = ("do-not-run", "not-run")


def read_solutions(
    root: XmlElement, programs: Programs, testset: str, *, points: bool, partial: bool, file: str, remarks: Remarks
) -> tuple[PackageProgram | None, tuple[ReferenceSubmission, ...]]:
    """The main one, and all. ``points``: the problem is scored, so what is not right may be partly so;
    ``partial``: its checker gives shares to right solutions, too.
    """
    main: PackageProgram | None = None
    found: list[ReferenceSubmission] = []
    for element in root.all("assets/solutions/solution"):
        named = programs.named_by(element.first("source"), beside=False)
        if named is None:
            remarks.warn("names a solution that is not in the package", file, element.line)
            continue
        tag = _normal(element.get("tag"))
        if tag == "main" and main is None and not named.problem:
            main = named.program
        if tag not in _OF_TAG and tag not in _NOT_RUN:
            remarks.warn(f"has a solution with the unknown tag {tag[:40]!r}: it may do anything", file, element.line)
        found.append(
            ReferenceSubmission(
                program=named.program,
                expectations=tuple(_expectations(element, tag, testset, points=points, partial=partial)),
                sets_limit=tag in ("main", "accepted") and not named.problem,
                skip=named.problem or ("its author says that it is not to be run" if tag in _NOT_RUN else ""),
            )
        )
    return main, tuple(found)


def _expectations(element: XmlElement, tag: str, testset: str, *, points: bool, partial: bool) -> Iterator[Expectation]:
    extras = [extra for place in ("extra-tags/extra-tag", "extra-tag") for extra in element.all(place)]
    for extra in extras:
        verdicts = _OF_TAG.get(_normal(extra.get("tag")))
        if verdicts is None or extra.get("testset") not in (None, testset):
            continue
        group = extra.get("group")
        if group is not None:
            yield Expectation(group=group, every=_partly(verdicts | _RIGHT, points, partial))
        else:
            yield Expectation(verdicts=_partly(verdicts, points, partial))
    if tag in _OF_TAG and not any(extra.get("testset") == testset for extra in extras):
        yield Expectation(verdicts=_partly(_OF_TAG[tag], points, partial))


def _partly(verdicts: frozenset[Verdict], points: bool, partial: bool) -> frozenset[Verdict]:
    return verdicts | {Verdict.PA} if partial or (points and verdicts != _RIGHT) else verdicts


def _normal(tag: str | None) -> str:
    return (tag or "").strip().lower().replace("_", "-")
