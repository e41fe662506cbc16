"""Which tests of a reference submission are run, in whatever order their results come in."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from application.judging.compilation import Compiled, Program
from application.judging.compiled_submission import CompiledSubmission
from application.languages.toolchains import Build
from application.problems.proving.trial import MOST_SLOW, Trial
from domain.languages.entities import LanguageId, MemoryExhaustion
from domain.problems.entities import CheckerSpec, ProblemLimits, Revision, RevisionId, TestCase, TestGroup
from domain.problems.enums import Scoring
from domain.problems.files import BlobRef, PackageProgram
from domain.problems.material import Expectation, ReferenceSubmission
from domain.submissions.entities import TestResult
from domain.submissions.limits import effective_limits
from domain.verdicts import Verdict

PYTHON = LanguageId("python3")
CODES = {code.value[0]: code for code in (Verdict.AC, Verdict.WA, Verdict.TLE, Verdict.RTE, Verdict.SK)}


def make_trial(count: int, *expectations: Expectation, groups: tuple[TestGroup, ...] = (), stop: int = 2) -> Trial:
    """With ``groups`` the first ``stop`` tests are in the first, the others in the second."""
    blob = BlobRef(bytes(32), 0)
    names = [groups[0].name] * stop + [groups[-1].name] * count if groups else [None] * count
    revision = Revision(
        id=RevisionId(uuid4()), problem_id=None, number=0, title="", limits=ProblemLimits(), checker=CheckerSpec(),
        scoring=Scoring.POINTS if groups else Scoring.PASS_FAIL, groups=groups,
        tests=tuple(TestCase(name=str(i), input=blob, answer=blob, group=names[i]) for i in range(count)),
        digest=b"", created_at=datetime.now(UTC),
    )  # fmt: skip
    program = PackageProgram(path="x.py", files=(), language=PYTHON)
    trial = Trial(ReferenceSubmission(program=program, expectations=expectations), PYTHON, revision)
    limits = effective_limits(ProblemLimits())
    build = Build(
        sources=(), compile_argv=None, compile_env={}, compile_limits=limits, collect=(), run_argv=(), run_env={}
    )
    trial.submission = CompiledSubmission(
        revision=revision, language=PYTHON, sources=(), limits=limits, compiled=Compiled(Program(build, ()), None),
        memory_exhaustion=MemoryExhaustion(),
    )  # fmt: skip
    return trial


def result(trial: Trial, index: int, code: str) -> TestResult:
    test = trial.revision.tests[index]
    verdict = CODES[code]
    share = 1.0 if verdict is Verdict.AC else 0.0
    return TestResult(
        index=index, name=test.name, group=test.group, sample=False, verdict=verdict, message="", share=share,
        points=trial.sheet.points(test, share),
    )  # fmt: skip


def run(trial: Trial, codes: str) -> str:
    """One after the other; the answer is the row of verdicts."""
    while (index := trial.next_test()) is not None:
        trial.add(index, result(trial, index, codes[index]))
    assert not trial.is_open
    return "".join(found.verdict[0] for found in trial.sheet.results)


def verdicts(*codes: str) -> frozenset[Verdict]:
    return frozenset(CODES[code] for code in codes)


@pytest.mark.parametrize(
    ("expectation", "codes", "row"),
    [
        (Expectation(verdicts=verdicts("W")), "AWAR", "AWSS"),
        (Expectation(some=verdicts("R")), "AWRA", "AWRS"),
        (Expectation(some=verdicts("T")), "AWRA", "AWRA"),
        (Expectation(every=verdicts("A", "W")), "AWWA", "AWWA"),
        (Expectation(every=verdicts("A", "W")), "AWRW", "AWRS"),
        (Expectation(group="3", every=verdicts("W")), "WRTW", "WSSW"),
        (Expectation(every=verdicts("A", "T"), some=verdicts("T")), "AATA", "AATA"),
        (Expectation(every=verdicts("A", "T"), some=verdicts("T")), "T" * 9, "T" * MOST_SLOW + "S" * (9 - MOST_SLOW)),
        (Expectation(some=verdicts("W")), "T" * 8 + "WA", "T" * 8 + "WS"),
    ],
)
def test_tests_are_run_as_long_as_something_is_expected_of_them(expectation: Expectation, codes: str, row: str) -> None:
    assert run(make_trial(len(codes), expectation), codes) == row


def test_groups_that_can_score_no_more_are_left_out_but_for_what_is_expected_of_them() -> None:
    groups = (TestGroup(name="a", points=40.0), TestGroup(name="b", points=60.0))
    assert run(make_trial(5, Expectation(score=(60.0, 60.0)), groups=groups), "WAAAA") == "WSAAA"
    assert run(make_trial(5, Expectation(group="a", some=verdicts("R")), groups=groups), "WRAAA") == "WRAAA"
    dependent = (groups[0], TestGroup(name="b", points=60.0, depends_on=("a",)))
    assert run(make_trial(5, Expectation(every=verdicts("A", "W")), groups=dependent), "AWAAA") == "AWSSS"


def test_results_that_come_early_wait_for_those_before() -> None:
    trial = make_trial(4, Expectation(verdicts=verdicts("W")))
    assert [trial.next_test() for _ in range(3)] == [0, 1, 2]
    trial.add(2, result(trial, 2, "R"))
    assert trial.sheet.results == []
    trial.add(1, result(trial, 1, "W"))
    trial.add(0, result(trial, 0, "A"))
    assert trial.next_test() is None
    assert [found.verdict for found in trial.sheet.results] == [Verdict.AC, Verdict.WA, Verdict.SK, Verdict.SK]


def test_a_test_that_was_given_back_is_run_again() -> None:
    trial = make_trial(2)
    assert [trial.next_test(), trial.next_test()] == [0, 1]
    assert not trial.is_open
    trial.give_back(0)
    assert trial.is_open
    assert (trial.next_test(), trial.next_test()) == (0, None)
