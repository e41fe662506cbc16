"""Drafts that would be judged otherwise than meant are refused by name."""

from dataclasses import replace
from datetime import timedelta

import pytest

from application.problems.judgeable import not_judged_yet
from application.problems.packages import DraftTest, Generation, InlineContents, ProblemDraft
from domain.problems.entities import CheckerSpec, ProblemLimits, TestExtras, TestGroup
from domain.problems.enums import CheckerProtocol, CheckerType
from domain.problems.files import PackageProgram, Stub
from domain.problems.material import ProblemMaterial, ReferenceSubmission
from domain.problems.setup import Interaction, ProblemSetup

CONTENTS = InlineContents()
PROGRAM = PackageProgram(path="x.py", files=())
TEST = DraftTest(name="1", input=CONTENTS.add(b"1"), answer=CONTENTS.add(b"2"))
DRAFT = ProblemDraft(tests=(TEST,), limits=ProblemLimits(cpu_time=timedelta(seconds=1)), source="problem.yaml")


def test_the_ordinary_is_judged() -> None:
    material = ProblemMaterial(references=(ReferenceSubmission(program=PROGRAM),))
    assert not_judged_yet(replace(DRAFT, material=material)) == ()


@pytest.mark.parametrize(
    ("draft", "what"),
    [
        (replace(DRAFT, checker=CheckerSpec(type=CheckerType.PROGRAM)), "a checker of the type program"),
        (
            replace(DRAFT, setup=ProblemSetup(interaction=Interaction(program=PROGRAM, protocol=CheckerProtocol.ICPC))),
            "an interactive problem",
        ),
        (replace(DRAFT, setup=ProblemSetup(passes=2)), "several passes"),
        (replace(DRAFT, setup=ProblemSetup(output_only=True)), "submitting outputs"),
        (replace(DRAFT, setup=ProblemSetup(stubs=(Stub(languages=(), files=()),))), "compiling files of the package"),
        (replace(DRAFT, setup=ProblemSetup(input_file="input.txt")), "reading or writing files"),
        (replace(DRAFT, setup=ProblemSetup(languages=())), "a choice of languages"),
        (
            replace(DRAFT, tests=(replace(TEST, input=None, generation=Generation(program=PROGRAM)),)),
            "making tests by generators",
        ),
        (replace(DRAFT, tests=(replace(TEST, extras=TestExtras(arguments=("a",))),)), "giving a test arguments"),
        (replace(DRAFT, groups=(TestGroup(name="g", points=1.0, grader=PROGRAM),)), "a grader of the package's own"),
        (
            replace(
                DRAFT,
                limits=ProblemLimits(),
                material=ProblemMaterial(references=(ReferenceSubmission(program=PROGRAM),)),
            ),
            "finding the time limit",
        ),
    ],
)
def test_the_rest_is_named(draft: ProblemDraft, what: str) -> None:
    (complaint,) = not_judged_yet(draft)
    assert what in complaint.message
    assert complaint.message.endswith("is not supported yet")
    assert complaint.file == "problem.yaml"
