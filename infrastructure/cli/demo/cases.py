from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from infrastructure.cli.settings import ROOT

REFERENCES = ROOT / "infrastructure" / "languages" / "catalogue"
SUBMISSIONS = ROOT / "examples" / "submissions"
REFERENCE_PROBLEM = "sum-and-line"
"""Its task is the one that every reference program of the catalogue solves."""
EXPECTED = {
    "sum": ("a-plus-b", "AC"),
    "circle": ("circle", "AC"),
    "wrong": ("a-plus-b", "WA"),
    "slow": ("a-plus-b", "TLE"),
    "hungry": ("a-plus-b", "MLE"),
    "crash": ("a-plus-b", "RTE"),
    "flood": ("a-plus-b", "OLE"),
    "broken": ("a-plus-b", "CE"),
}
"""What a file of examples/submissions is called by, the problem it is for, the verdict it must get."""


@dataclass(frozen=True, slots=True)
class Case:
    """One program and the verdict that it must get."""

    language: str
    name: str
    problem: str
    source_name: str
    source: Path
    expected: str


def cases_for(source_names: Mapping[str, str]) -> list[Case]:
    """All cases in the languages that live workers have (id → name of a source). Those that take long come first, so
    that none is left to run alone at the end.
    """
    cases = [case for language, name in source_names.items() for case in _cases(language, name)]
    order = ["slow", "hungry"]
    return sorted(cases, key=lambda case: order.index(case.name) if case.name in order else len(order))


def _cases(language: str, source_name: str) -> Iterable[Case]:
    for reference in REFERENCES.joinpath(language).glob("reference.*"):
        yield Case(language, "right", REFERENCE_PROBLEM, source_name, reference, "AC")
    folder = SUBMISSIONS / language
    if folder.is_dir():
        for file in sorted(folder.iterdir()):
            problem, expected = EXPECTED[file.stem]
            yield Case(language, file.stem, problem, source_name, file, expected)
