import tomllib

import pytest

from infrastructure.cli.demo.cases import EXPECTED, REFERENCE_PROBLEM, SUBMISSIONS, cases_for
from infrastructure.cli.demo.client import _zipped
from infrastructure.cli.demo.command import PROBLEMS

MAIN = {"c17": "main.c", "cpp17": "main.cpp", "java": "Main.java", "python3": "main.py"}


def test_every_language_gets_its_reference_program() -> None:
    (case,) = cases_for({"ruby": "main.rb"})
    assert (case.name, case.problem, case.expected) == ("right", REFERENCE_PROBLEM, "AC")
    assert case.source.name == "reference.rb"


@pytest.mark.parametrize("language", MAIN)
def test_the_main_languages_get_every_verdict(language: str) -> None:
    cases = {case.name: case for case in cases_for({language: MAIN[language]})}
    assert set(cases) == {*EXPECTED, "right"}
    assert {case.expected for case in cases.values()} == {"AC", "WA", "TLE", "MLE", "RTE", "OLE", "CE"}


def test_what_takes_long_comes_first() -> None:
    names = [case.name for case in cases_for(MAIN)]
    assert names[:4] == ["slow"] * 4
    assert names[4:8] == ["hungry"] * 4


def test_every_example_belongs_to_a_problem_that_is_there() -> None:
    problems = {folder.name for folder in PROBLEMS.iterdir()}
    assert {problem for problem, _ in EXPECTED.values()} | {REFERENCE_PROBLEM} == problems
    for folder in SUBMISSIONS.iterdir():
        assert {file.stem for file in folder.iterdir()} <= set(EXPECTED)


@pytest.mark.parametrize("slug", ["a-plus-b", "circle", "sum-and-line"])
def test_every_example_problem_has_an_answer_to_each_input(slug: str) -> None:
    folder = PROBLEMS / slug
    assert tomllib.loads((folder / "problem.toml").read_text(encoding="utf-8"))["title"]
    inputs = {file.stem for file in folder.glob("tests/*.in")}
    assert inputs
    assert inputs == {file.stem for file in folder.glob("tests/*.out")}
    assert _zipped(folder).startswith(b"PK")
