"""What public packages of the Kattis/ICPC format have, and no version of it allows: taken all the same."""

import pytest

from application.problems.packages import PackageRejected
from domain.problems.enums import CheckerType
from domain.problems.material import Expectation
from domain.verdicts import Verdict
from infrastructure.packages.unpacking_limits import MIB
from tests.unit.packages.reading import Files, Read

TESTS: Files = {"data/secret/1.in": "1\n", "data/secret/1.ans": "2\n"}
PYTHON = "import sys\nsys.exit(42)\n"


@pytest.mark.parametrize(
    "line", ["name: Knights: the return", "name: @ the party", "name: {{name}}", "name: a\n---\nname: b"]
)
def test_texts_that_want_quotes_get_them(read: Read, line: str) -> None:
    draft = read({**TESTS, "problem.yaml": f"{line}\nvalidation: default\n"})
    assert draft.title == line.partition("\n")[0].removeprefix("name: ")
    assert draft.warnings[0].file is not None
    assert (
        draft.warnings[0].message.startswith("is not valid YAML") or "key that is no text" in draft.warnings[0].message
    )


def test_what_cannot_be_mended_leaves_the_rest_to_be_judged(read: Read) -> None:
    with pytest.raises(PackageRejected) as caught:
        read({**TESTS, "problem.yaml": "name: [a\n", "submissions/accepted/a.py": "print(2)\n"})
    draft = caught.value.draft
    assert draft is not None
    assert [test.name for test in draft.tests] == ["secret/1"]
    assert [reference.program.path for reference in draft.material.references] == ["submissions/accepted/a.py"]
    assert [complaint.line for complaint in caught.value.complaints] == [2]


def test_numbers_with_units(read: Read) -> None:
    draft = read({**TESTS, "problem.yaml": "limits: {time_limit: 2 s, memory: 512MB, output: 1 GiB, code: lots}\n"})
    assert draft.limits.cpu_time is not None
    assert draft.limits.cpu_time.total_seconds() == 2
    assert (draft.limits.memory, draft.limits.output) == (512 * MIB, 1024 * MIB)
    assert "limits.code is not a number" in draft.warnings[0].message


@pytest.mark.parametrize("manifest", ["type: passfail", "limits: 5", "grading: default"])
def test_settings_that_mean_nothing_are_warnings(read: Read, manifest: str) -> None:
    assert len(read({**TESTS, "problem.yaml": manifest}).warnings) == 1


def test_right_answers_find_room(read: Read) -> None:
    small = {**TESTS, "problem.yaml": "limits: {output: 1}\n"}
    assert read(small).limits.output == MIB
    draft = read({**small, "data/secret/1.ans": "x" * (MIB + 1)})
    assert draft.limits.output == 2 * MIB + 2
    assert "below the largest answer" in draft.warnings[0].message


def test_answers_that_are_not_there_are_made_by_an_accepted_submission(read: Read) -> None:
    files = {**TESTS, "problem.yaml": "", "data/secret/2.in": "2\n", "submissions/accepted/a.py": "print(2)\n"}
    draft = read({**files, "submissions/accepted/b.cpp": "int main() {}\n", "submissions/wrong_answer/c.cpp": ""})
    assert [test.answer is None for test in draft.tests] == [False, True]
    assert draft.solution is not None
    assert draft.solution.path == "submissions/accepted/b.cpp"
    assert "b.cpp makes one" in draft.warnings[0].message
    assert read({**TESTS, "problem.yaml": "", "submissions/accepted/a.py": ""}).solution is None


def test_two_different_marks_skip_the_submission(read: Read) -> None:
    marks = "# @EXPECTED_RESULTS@: CORRECT\n# @EXPECTED_RESULTS@: WRONG-ANSWER\n"
    draft = read({**TESTS, "problem.yaml": "", "submissions/x/a.py": marks, "submissions/x/b.py": marks[:31] * 2})
    skips = [reference.skip for reference in draft.material.references]
    assert ["two different" in skip for skip in skips] == [True, False]


def test_a_script_without_an_ending_says_what_runs_it(read: Read) -> None:
    draft = read({
        **TESTS, "problem.yaml": "validation: custom\n",
        "output_validators/check/validate": "#!/usr/bin/env python3\n" + PYTHON,
        "input_validators/format": "#!/bin/bash\nexit 42\n", "input_validators/README": "text",
        "submissions/accepted/a": "#!/usr/bin/env python3\nprint(2)\n",
    })  # fmt: skip
    assert draft.checker.type is CheckerType.PROGRAM
    assert draft.checker.program is not None
    assert (draft.checker.program.language, draft.checker.program.main) == ("python3", "validate.py")
    assert [(v.program.language, v.program.path) for v in draft.material.validators] == [
        ("bash", "input_validators/format")
    ]
    assert draft.material.references == ()


def test_a_validator_starts_by_the_file_that_no_other_imports(read: Read) -> None:
    folder = "output_validators/check/"
    files = {**TESTS, "problem.yaml": "validation: custom\n", folder + "answers.py": "def read(): pass\n"}
    program = read({**files, folder + "run_it.py": "from answers import read\n"}).checker.program
    assert program is not None
    assert program.main == "run_it.py"


def test_a_first_line_alone_does_not_make_python_2_of_a_validator(read: Read) -> None:
    files = {
        **TESTS,
        "problem.yaml": "validation: custom\n",
        "submissions/accepted/a.py": "#!/usr/bin/python2\n" + PYTHON,
    }
    draft = read({**files, "output_validators/v.py": "#!/usr/bin/env python2\n" + PYTHON})
    assert draft.checker.program is not None
    assert draft.checker.program.language == "python3"
    assert draft.material.references[0].program.language == "python2"
    program = read({**files, "output_validators/v.py": "#!/usr/bin/env python2\nprint 'x'\n"}).checker.program
    assert program is not None
    assert program.language == "python2"


def test_drafts_of_2023_expect_what_the_folder_says_of_the_verdict(read: Read) -> None:
    wrong = {"submissions/wrong_answer/a.py": ""}
    draft = read({**TESTS, "problem.yaml": "problem_format_version: 2023-07-draft\n", **wrong})
    assert draft.material.references[0].expectations == (Expectation(verdicts=frozenset({Verdict.WA, Verdict.PE})),)
    newest = read({**TESTS, "problem.yaml": "problem_format_version: 2025-09\n", **wrong})
    assert newest.material.references[0].expectations[0].some == frozenset({Verdict.WA, Verdict.PE})


@pytest.mark.parametrize(
    ("word", "stop"), [("break", True), ("first_error", True), ("continue", False), ("grade", False), ("odd", True)]
)
def test_what_a_failure_stops(read: Read, word: str, stop: bool) -> None:
    files = {**TESTS, "problem.yaml": "type: scoring\n"}
    by_group = read({**files, "data/testdata.yaml": f"on_reject: {word}\ninput_validator_flags: {{v: x}}\n"})
    by_problem = read({**files, "problem.yaml": f"type: scoring\ngrading: {{on_reject: {word}}}\n"})
    assert by_group.groups[0].stop is by_problem.groups[0].stop is stop


def test_partially_accepted_is_told_by_the_score(read: Read) -> None:
    files = {**TESTS, "submissions/partially_accepted/a.py": ""}
    by_score = read({**files, "problem.yaml": "type: scoring\n"}).material.references[0].expectations[0]
    assert by_score.verdicts is not None
    assert {Verdict.AC, Verdict.WA, Verdict.TLE} <= by_score.verdicts
    assert by_score.score is not None
    assert 0 < (by_score.score[0] or 0) < 0.01
    by_verdict = read({**files, "problem.yaml": ""}).material.references[0].expectations
    assert by_verdict == (Expectation(verdicts=frozenset({Verdict.AC, Verdict.PA})),)


def test_arguments_as_drafts_spell_them(read: Read) -> None:
    draft = read({
        **TESTS, "problem.yaml": "problem_format_version: 2023-07-draft\nname: x\n",
        "data/testdata.yaml": "output_validator_args: float_tolerance 1e-4\n",
    })  # fmt: skip
    assert draft.tests[0].extras.checker_arguments == ("float_tolerance", "1e-4")
