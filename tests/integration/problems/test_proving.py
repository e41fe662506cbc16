"""Tiny packages prove themselves in the real sandbox."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from dishka import AsyncContainer

from application.blobs import BlobStorage
from application.problems.packages import DraftTest, Generation, InlineContents, ProblemDraft
from application.problems.proving import Progress, Proved, Prover
from application.problems.proving.input_checker import MOST_REFUSED
from domain.languages.entities import LanguageId
from domain.problems.entities import CheckerSpec, ProblemLimits, TestExtras, TestGroup
from domain.problems.enums import CheckerProtocol, CheckerType, GroupScoring, Scoring
from domain.problems.files import PackageFile, PackageProgram, Stub
from domain.problems.material import Expectation, InputValidator, ProblemMaterial, ReferenceSubmission, TimeRule
from domain.problems.setup import LanguageLimits, ProblemSetup
from domain.verdicts import Verdict

DOUBLE = "print(2 * int(input()))"
C_DOUBLE = '#include <stdio.h>\nint main(void) { int a; scanf("%d", &a); printf("%d\\n", 2 * a); return 0; }\n'
BUSY = """
import time
n = int(input())
while n == {at} and time.process_time() < {seconds}: pass
print(2 * n)
"""
RIGHT, WRONG, SLOW = ([Expectation(verdicts=frozenset({v}))] for v in (Verdict.AC, Verdict.WA, Verdict.TLE))
VALIDATOR = (
    "import sys\nn = int(sys.stdin.read())\nprint('too large', n, *sys.argv[1:])\nsys.exit(42 if n < 100 else 43)\n"
)

GRADER = """
import sol
n = int(open("in.txt").read())
with open("out.txt", "w") as out:
    print(sol.double(n), file=out)
"""


class Package:
    """A draft in the making."""

    def __init__(self) -> None:
        self.contents = InlineContents()
        self.references: list[ReferenceSubmission] = []
        self.validators: list[InputValidator] = []

    def program(self, path: str, text: str, language: str | None = "python3") -> PackageProgram:
        name = path.rpartition("/")[2]
        file = PackageFile(name, self.contents.add(text.encode()))
        return PackageProgram(path=path, files=(file,), language=LanguageId(language) if language else None)

    def reference(self, path: str, text: str, expected: list[Expectation], language: str | None = "python3") -> None:
        program = self.program(path, text, language)
        sets_limit = expected == RIGHT
        self.references.append(
            ReferenceSubmission(program=program, expectations=tuple(expected), sets_limit=sets_limit)
        )

    def validator(self, text: str, language: str = "python3") -> None:
        ending = "c" if language == "c17" else "py"
        program = self.program(f"input_validators/v.{ending}", text, language)
        self.validators.append(InputValidator(program=program, protocol=CheckerProtocol.ICPC, arguments=("--x",)))

    def draft(self, count: int = 4, limit: float | None = 1.0, rule: TimeRule | None = None) -> ProblemDraft:
        tests = tuple(
            DraftTest(
                name=str(n),
                input=self.contents.add(f"{n}\n".encode()),
                answer=self.contents.add(f"{2 * n}\n".encode()),
                source=f"data/{n}.in",
            )
            for n in range(1, count + 1)
        )
        return ProblemDraft(
            tests=tests,
            limits=ProblemLimits(cpu_time=timedelta(seconds=limit) if limit else None),
            setup=ProblemSetup(absolute_limits=True),
            material=ProblemMaterial(
                references=tuple(self.references), validators=tuple(self.validators), time_rule=rule or TimeRule()
            ),
            contents=self.contents.by_digest,
        )


async def prove(worker: AsyncContainer, draft: ProblemDraft, *, thorough: bool = False) -> Proved:
    told: list[Progress] = []
    async with worker() as scope:
        prover = await scope.get(Prover)
        proved = await prover(draft, progress=told.append, thorough=thorough)
    assert all(0 <= p.done <= p.total for p in told)
    return proved


def rows(proved: Proved) -> Mapping[str, tuple[Verdict, bool]]:
    return {reference.path: (reference.verdict, reference.ok) for reference in proved.proof.references}


async def test_submissions_are_held_against_what_their_authors_expect(worker: AsyncContainer) -> None:
    package = Package()
    package.reference("accepted/a.py", DOUBLE, RIGHT)
    package.reference("accepted/a.c", C_DOUBLE, RIGHT, "c17")
    package.reference("wrong_answer/w.py", "print(2)", WRONG)
    package.reference("wrong_answer/right.py", DOUBLE, WRONG)
    package.reference("accepted/broken.c", "int main(void) { return x; }", RIGHT, "c17")
    package.reference("accepted/odd.xyz", "", RIGHT, None)
    package.reference("accepted/none.py", "", RIGHT, "cobol")
    proved = await prove(worker, package.draft())
    assert rows(proved) == {
        "accepted/a.py": (Verdict.AC, True), "accepted/a.c": (Verdict.AC, True),
        "wrong_answer/w.py": (Verdict.WA, True), "wrong_answer/right.py": (Verdict.AC, False),
        "accepted/broken.c": (Verdict.CE, False),
    }  # fmt: skip
    assert [s.path for s in proved.proof.skipped] == ["accepted/odd.xyz", "accepted/none.py"]
    wrong, broken = proved.proof.complaints
    assert (wrong.file, wrong.message) == ("wrong_answer/right.py", "expected WA, got AC")
    assert broken.file == "accepted/broken.c"
    assert "expected AC, got CE; the compiler: " in broken.message
    assert "undeclared" in broken.message


async def test_a_limit_follows_from_the_slowest_accepted(worker: AsyncContainer) -> None:
    package = Package()
    package.reference("accepted/slow.py", BUSY.format(at=2, seconds=0.3), RIGHT)
    package.reference("accepted/a.py", DOUBLE, RIGHT)
    package.reference("time_limit_exceeded/t.py", BUSY.format(at=1, seconds=60), SLOW)
    rule = TimeRule(multiplier=2, margin=1.5, resolution=timedelta(seconds=0.1), least=timedelta(seconds=0.1))
    proved = await prove(worker, package.draft(limit=None, rule=rule))
    assert proved.proof.complaints == ()
    times = proved.proof.times
    assert times.slowest_accepted is not None
    assert timedelta(seconds=0.3) <= times.slowest_accepted < timedelta(seconds=0.6)
    assert times.limit == times.proposed == proved.draft.limits.cpu_time
    assert 2 * times.slowest_accepted <= times.limit < 2 * times.slowest_accepted + timedelta(seconds=0.1001)
    assert times.fastest_slow is not None
    assert times.fastest_slow > 1.5 * times.limit
    assert proved.revision is not None
    assert proved.revision.limits.cpu_time == times.limit


async def test_between_limit_and_margin_both_labels_hold_and_neither_is_trusted(worker: AsyncContainer) -> None:
    package = Package()
    package.reference("accepted/a.py", BUSY.format(at=3, seconds=0.7), RIGHT)
    package.reference("time_limit_exceeded/t.py", BUSY.format(at=3, seconds=0.7), SLOW)
    proved = await prove(worker, package.draft(limit=0.5, rule=TimeRule(margin=3.0)))
    assert rows(proved) == {"accepted/a.py": (Verdict.AC, True), "time_limit_exceeded/t.py": (Verdict.TLE, True)}
    assert [r.too_close for r in proved.proof.references] == [True, True]
    assert any("too close" in w.message and w.file == "accepted/a.py" for w in proved.proof.warnings)
    narrow = await prove(worker, package.draft(limit=0.5))
    assert [r.ok for r in narrow.proof.references] == [False, True]


async def test_limits_of_a_language_are_its_own(worker: AsyncContainer) -> None:
    package = Package()
    package.reference("a.py", BUSY.format(at=3, seconds=0.5), RIGHT)
    draft = package.draft(limit=0.2)
    assert rows(await prove(worker, draft)) == {"a.py": (Verdict.TLE, False)}
    own = {LanguageId("python3"): LanguageLimits(timedelta(seconds=2))}
    proved = await prove(worker, replace(draft, setup=replace(draft.setup, language_limits=own)))
    assert rows(proved) == {"a.py": (Verdict.AC, True)}


@pytest.mark.parametrize(
    ("expected", "reason"),
    [
        (Expectation(some=frozenset({Verdict.RTE})), None),
        (Expectation(every=frozenset({Verdict.AC, Verdict.WA, Verdict.RTE})), None),
        (
            Expectation(every=frozenset({Verdict.AC, Verdict.WA})),
            "expected AC or WA for every test, but test 4 is RTE",
        ),
        (Expectation(some=frozenset({Verdict.TLE})), "expected TLE for some test, but there is none"),
        (Expectation(group="4", every=frozenset({Verdict.RTE})), None),
        (Expectation(group="4", every=frozenset({Verdict.WA})), "expected WA for every test in 4, but test 4 is RTE"),
    ],
)
async def test_tests_after_the_first_failure_are_run_where_something_is_expected_of_them(
    worker: AsyncContainer, expected: Expectation, reason: str | None
) -> None:
    package = Package()
    package.reference("x.py", "n = int(input())\nprint(1 if n < 4 else 1 // 0)", [expected])
    (reference,) = (await prove(worker, package.draft())).proof.references
    assert reference.ok is (reason is None)
    assert reason is None or reference.message.startswith(reason)


async def test_every_input_is_validated(worker: AsyncContainer) -> None:
    package = Package()
    package.validator(VALIDATOR)
    package.reference("a.py", DOUBLE, RIGHT)
    draft = package.draft(100)
    last = replace(draft.tests[-1], extras=TestExtras(validator_arguments=("--y",)))
    draft = replace(draft, tests=(*draft.tests[:-1], last))
    proved = await prove(worker, draft)
    (complaint,) = proved.proof.complaints
    assert complaint.file == "data/100.in"
    assert "input_validators/v.py" in complaint.message
    assert "too large 100 --x --y" in complaint.message
    assert (proved.proof.references, proved.revision) == ((), None)
    thorough = await prove(worker, draft, thorough=True)
    assert rows(thorough) == {"a.py": (Verdict.AC, True)}
    assert not thorough.proof.accepted


async def test_a_validator_that_refuses_everything_is_not_heard_to_the_end(worker: AsyncContainer) -> None:
    package = Package()
    package.validator("raise SystemExit(1)")
    proved = await prove(worker, package.draft(200))
    assert MOST_REFUSED <= len(proved.proof.complaints) <= MOST_REFUSED + 8  # those that others were at
    assert "exit code 1" in proved.proof.complaints[0].message


async def test_a_validator_whose_language_is_not_here_is_a_warning_one_that_is_broken_a_complaint(
    worker: AsyncContainer,
) -> None:
    package = Package()
    package.validator("", "cobol")
    proved = await prove(worker, package.draft())
    assert proved.proof.complaints == ()
    assert any("cobol" in warning.message for warning in proved.proof.warnings)
    package.validator('#include "../shared.h"\nint main() {}', "c17")
    proved = await prove(worker, package.draft())
    assert proved.proof.complaints == ()
    assert any("was not run: does not compile" in warning.message for warning in proved.proof.warnings)
    package.validator("int main( {", "c17")
    proved = await prove(worker, package.draft())
    assert "does not compile" in proved.proof.complaints[0].message


async def test_a_broken_checker_is_found_without_any_submission(worker: AsyncContainer) -> None:
    package = Package()
    checker = CheckerSpec(
        type=CheckerType.PROGRAM, program=package.program("v.c", "int main( {", "c17"), protocol=CheckerProtocol.ICPC
    )
    (complaint,) = (await prove(worker, replace(package.draft(), checker=checker))).proof.complaints
    assert complaint.file == "v.c"
    package.reference("a.py", DOUBLE, RIGHT)
    proved = await prove(worker, replace(package.draft(), checker=checker), thorough=True)
    assert rows(proved) == {"a.py": (Verdict.JE, False)}


async def test_tests_are_made(worker: AsyncContainer) -> None:
    package = Package()
    generator = package.program("gen.py", "import sys\nprint(sys.argv[1])\nprint('log', file=sys.stderr)")
    both = package.program("both.py", "import sys\nprint(7)\nprint(14, file=sys.stderr)")
    package.reference("a.py", DOUBLE, RIGHT)
    draft = package.draft(1)
    made = (
        DraftTest(name="g", input=None, answer=None, generation=Generation(program=generator, arguments=("21",))),
        DraftTest(name="h", input=None, answer=None, generation=Generation(program=generator, arguments=("21",))),
        DraftTest(name="b", input=None, answer=None, generation=Generation(program=both, answer_on_stderr=True)),
    )
    solution = package.program("main.c", C_DOUBLE, "c17")
    proved = await prove(worker, replace(draft, tests=(*draft.tests, *made), solution=solution))
    assert proved.proof.complaints == ()
    assert proved.revision is not None
    blobs = await worker.get(BlobStorage)
    contents = [(await blobs.read_head(t.input, 9), await blobs.read_head(t.answer, 9)) for t in proved.revision.tests]
    assert contents == [(b"1\n", b"2\n"), (b"21\n", b"42\n"), (b"21\n", b"42\n"), (b"7\n", b"14\n")]


async def test_answers_are_made_as_submissions_are_run(worker: AsyncContainer) -> None:
    package = Package()
    grader = package.program("stub/grader.py", GRADER)
    stub = Stub(languages=(LanguageId("python3"),), files=grader.files, main="grader.py", submission="sol")
    solve = "def double(n): return 2 * n\n"
    package.reference("a.py", solve, RIGHT)
    draft = package.draft(2)
    draft = replace(
        draft,
        tests=tuple(replace(test, answer=None) for test in draft.tests),
        setup=replace(draft.setup, stubs=(stub,), input_file="in.txt", output_file="out.txt"),
        solution=package.program("main.py", solve),
    )
    proved = await prove(worker, draft)
    assert proved.proof.complaints == ()
    assert rows(proved) == {"a.py": (Verdict.AC, True)}
    assert proved.revision is not None
    blobs = await worker.get(BlobStorage)
    assert [await blobs.read_head(t.answer, 9) for t in proved.revision.tests] == [b"2\n", b"4\n"]


async def test_what_cannot_be_made_is_said(worker: AsyncContainer) -> None:
    package = Package()
    failing = package.program("gen.py", "1 // 0")
    draft = package.draft(2)
    tests = (
        draft.tests[0],
        DraftTest(name="g", input=None, answer=None, generation=Generation(program=failing, arguments=("9",))),
    )
    proved = await prove(worker, replace(draft, tests=tests))
    assert (proved.proof.complaints[0].file, proved.revision) == ("gen.py", None)
    assert "the generator failed on '9'" in proved.proof.complaints[0].message
    crashing = package.program("main.py", "1 // 0")
    proved = await prove(worker, replace(draft, tests=(replace(draft.tests[0], answer=None),), solution=crashing))
    assert "the main solution made no answer to test 1: exited with code 1" in proved.proof.complaints[0].message


async def test_points_and_groups(worker: AsyncContainer) -> None:
    package = Package()
    package.reference("half.py", "n = int(input())\nprint(2 * n if n < 3 else 0)", [Expectation(score=(40.0, 40.0))])
    package.reference("none.py", "print(0)", [Expectation(group="b", some=frozenset({Verdict.WA}), score=(0.0, 0.0))])
    draft = package.draft(4)
    groups = (
        TestGroup(name="a", points=40.0, scoring=GroupScoring.MIN),
        TestGroup(name="b", points=60.0, scoring=GroupScoring.MIN, depends_on=("a",)),
    )
    tests = tuple(replace(test, group="a" if int(test.name) < 3 else "b") for test in draft.tests)
    proved = await prove(worker, replace(draft, tests=tests, groups=groups, scoring=Scoring.POINTS))
    assert [(r.score, r.ok) for r in proved.proof.references] == [(40.0, True), (0.0, True)]


async def test_tests_that_are_too_slow_are_not_all_waited_for(worker: AsyncContainer) -> None:
    package = Package()
    package.reference("t.py", "while True: pass", [Expectation(every=frozenset({Verdict.TLE, Verdict.AC}))])
    package.reference("u.py", "while True: pass", SLOW)
    proved = await prove(worker, package.draft(200, limit=0.2))
    assert [r.ok for r in proved.proof.references] == [True, True]
