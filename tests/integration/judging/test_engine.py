"""What a problem may ask of the engine beyond comparing outputs, each with a program that has it right and one that
has not.
"""

from collections.abc import AsyncIterator

import pytest

from application.judging.exceptions import SetterProgramBroken
from domain.languages.entities import OUTPUT, LanguageId
from domain.problems.entities import CheckerSpec, TestExtras, TestGroup
from domain.problems.enums import CheckerType, GroupScoring
from domain.problems.files import BUILD_SCRIPT, Stub
from domain.problems.setup import ProblemSetup
from domain.verdicts import Verdict
from tests.integration.judging.engine import CPP, PYTHON, C, Engine, open_engine

AC, WA, CE, JE, TLE = Verdict.AC, Verdict.WA, Verdict.CE, Verdict.JE, Verdict.TLE
ECHO = "print(input())"
EVEN = """
import pathlib, sys
feedback = pathlib.Path(sys.argv[3])
assert open(sys.argv[1]).read() and open(sys.argv[2]).read() is not None
said = sys.stdin.read()
(feedback / "judgemessage.txt").write_text(f"saw {said!r}, flags {sys.argv[4:]}")
(feedback / "teammessage.txt").write_text("even is wanted")
if said.strip() == "crash": sys.exit(0)
sys.exit(42 if int(said) % 2 == 0 else 43)
"""


@pytest.fixture(scope="module")
async def engine() -> AsyncIterator[Engine]:
    async with open_engine(C, CPP, PYTHON) as opened:
        yield opened


async def test_an_output_validator_decides_and_speaks(engine: Engine) -> None:
    checker = await engine.icpc_checker(EVEN, PYTHON, "own")
    extras = {1: TestExtras(checker_arguments=("more",))}
    revision = await engine.revision([("2\n", ""), ("3\n", "")], checker=checker, extras=extras)
    result = await engine.submit(revision, ECHO)
    assert result.verdict is WA
    first, second = engine.results
    assert (first.verdict, first.message, second.verdict) == (AC, "even is wanted", WA)
    assert second.message == "wrong answer; even is wanted"
    assert second.comment == b"saw '3\\n', flags ['own', 'more']"


async def test_a_validator_that_breaks_its_contract_is_a_judge_error(engine: Engine) -> None:
    revision = await engine.revision([("crash\n", "")], checker=await engine.icpc_checker(EVEN))
    assert (await engine.submit(revision, ECHO)).verdict is JE
    assert "setters/main.py" in engine.results[0].message
    assert b"exited with code 0" in (engine.results[0].comment or b"")


async def test_a_validator_that_does_not_compile_is_named(engine: Engine) -> None:
    revision = await engine.revision([("1\n", "")], checker=await engine.icpc_checker("int main( {", C))
    with pytest.raises(SetterProgramBroken, match=r"setters/main.c: does not compile"):
        await engine.submit(revision, ECHO)


async def test_a_build_script_makes_the_validator(engine: Engine) -> None:
    build = "#!/bin/sh\nprintf '#!/bin/sh\\nread x; exit 4$x\\n' > run\nchmod +x run\n"
    program = await engine.program("", BUILD_SCRIPT, build=build)
    files = tuple(file for file in program.files if file.name == "build")
    spec = await engine.icpc_checker("")
    program = type(program)(path="setters/dir", files=files, language=BUILD_SCRIPT)
    checker = CheckerSpec(type=CheckerType.PROGRAM, program=program, protocol=spec.protocol)
    revision = await engine.revision([("2\n", ""), ("3\n", ""), ("1\n", "")], checker=checker)
    await engine.submit(revision, ECHO)
    assert [r.verdict for r in engine.results] == [AC, WA, JE]


PASSES = """
import pathlib, sys
feedback = pathlib.Path(sys.argv[3])
state = feedback / "state"
turn = int(state.read_text()) if state.exists() else 0
state.write_text(str(turn + 1))
said = int(sys.stdin.read())
if said != int(open(sys.argv[1]).read()) * 2: sys.exit(43)
if turn < LAST: (feedback / "nextpass.in").write_text(str(said))
sys.exit(42)
"""


async def test_passes_go_on_as_the_validator_asks(engine: Engine) -> None:
    double = "print(int(input()) * 2)"
    for last, passes, verdict in ((2, 3, AC), (0, 2, AC), (2, 2, JE)):
        checker = await engine.icpc_checker(PASSES.replace("LAST", str(last)))
        setup = ProblemSetup(passes=passes)
        revision = await engine.revision([("1", "")], checker=checker, setup=setup)
        assert (await engine.submit(revision, double)).verdict is verdict, (last, passes)
        if verdict is AC:
            assert len(engine.results[0].runs) == last + 1
    fails_later = "n = int(input()); print(n * 2 if n < 4 else 0)"
    checker = await engine.icpc_checker(PASSES.replace("LAST", "2"))
    revision = await engine.revision([("1", "")], checker=checker, setup=ProblemSetup(passes=3))
    assert (await engine.submit(revision, fails_later)).verdict is WA
    assert engine.results[0].message == "pass 3: wrong answer"


async def test_stubs_are_compiled_with_the_submission(engine: Engine) -> None:
    grader = await engine.file(
        "grader.c", '#include "task.h"\n#include <stdio.h>\nint main(void) { int n; scanf("%d", &n); '
        'printf("%d\\n", solve(n)); return 0; }\n'
    )  # fmt: skip
    header = await engine.file("task.h", "int solve(int n);\n")
    setup = ProblemSetup(
        stubs=(Stub(languages=(C,), files=(grader, header), main="grader.c", prologue="#define K 3\n"),)
    )
    revision = await engine.revision([("4", "12")], setup=setup)
    right = '#include "task.h"\nint solve(int n) { return n * K; }\n'
    assert (await engine.submit(revision, right, C)).verdict is AC
    forged = {"grader__c": "int main(void) { return 0; }\n"}
    assert (await engine.submit(revision, right, C, **forged)).verdict is AC  # the problem's own goes before
    assert (await engine.submit(revision, "int other;\n", C)).verdict is CE


async def test_a_starter_that_finds_the_submission_by_name(engine: Engine) -> None:
    starter = await engine.file("grader.py", "import task\nprint(task.solve(int(input())))\n")
    setup = ProblemSetup(
        stubs=(Stub(languages=(PYTHON,), files=(starter,), main="grader.py", submission="task"),),
    )
    revision = await engine.revision([("4", "16")], setup=setup)
    assert (await engine.submit(revision, "def solve(n): return n * n")).verdict is AC
    assert (await engine.submit(revision, "def solve(n): return n + n")).verdict is WA


async def test_files_in_place_of_stdin_and_stdout(engine: Engine) -> None:
    setup = ProblemSetup(input_file="sum.in", output_file="sum.out")
    revision = await engine.revision([("1 2", "3")], setup=setup)
    right = "open('sum.out', 'w').write(str(sum(map(int, open('sum.in').read().split()))))"
    assert (await engine.submit(revision, right)).verdict is AC
    assert (await engine.submit(revision, "print(3)")).verdict is WA
    assert engine.results[0].message == "wrong answer; wrote no file sum.out"


async def test_a_tests_own_arguments_files_and_flags(engine: Engine) -> None:
    file = await engine.file("data/words.txt", "hello")
    extras = {
        0: TestExtras(arguments=("a b", "c"), files=(file,)),
        1: TestExtras(checker_arguments=("float_tolerance", "0.1")),
    }
    checker = CheckerSpec(case_sensitive=False)
    revision = await engine.revision([("", "a b|c|hello"), ("", "1.0")], extras=extras, checker=checker)
    program = """
import os, sys
if sys.argv[1:]: print("|".join([*sys.argv[1:], open("data/words.txt").read()]))
else: print("1.05")
"""
    assert (await engine.submit(revision, program)).verdict is AC


async def test_outputs_in_place_of_a_program(engine: Engine) -> None:
    revision = await engine.revision([("1", "one"), ("2", "two")], setup=ProblemSetup(output_only=True))
    result = await engine.submit(revision, "one\n", OUTPUT, output_2__txt="two\n")
    assert result.verdict is AC
    result = await engine.submit(revision, "one\n", OUTPUT)
    assert [r.verdict for r in engine.results] == [AC, WA]
    assert "no file for the test 2" in engine.results[1].message
    assert (await engine.submit(revision, ECHO)).verdict is CE
    programs = await engine.revision([("1", "one")])
    assert (await engine.submit(programs, "one\n", OUTPUT)).verdict is CE


async def test_languages_and_size_of_the_code(engine: Engine) -> None:
    revision = await engine.revision([("1", "1")], setup=ProblemSetup(languages=(LanguageId("c17"),), code_size=100))
    result = await engine.submit(revision, ECHO)
    assert (result.verdict, "to be solved in c17" in result.message) == (CE, True)
    result = await engine.submit(revision, "//" + "x" * 200, C)
    assert (result.verdict, "limit of 100 bytes" in result.message) == (CE, True)


async def test_absolute_limits_know_no_factor_of_the_language(engine: Engine) -> None:
    busy = "import time\nwhile time.process_time() < 1.6: pass\nprint(input())"
    for absolute, verdict in ((False, AC), (True, TLE)):
        revision = await engine.revision([("1", "1")], setup=ProblemSetup(absolute_limits=absolute))
        assert (await engine.submit(revision, busy)).verdict is verdict


async def test_a_grader_of_the_setters_adds_up(engine: Engine) -> None:
    text = """
import sys
lines = [line.split() for line in sys.stdin]
assert sys.argv[1:] == ["twice"]
print("AC" if any(v == "AC" for v, _ in lines) else "WA", 2 * sum(float(s) for _, s in lines))
"""
    grader = await engine.program(text)
    group = TestGroup(name="all", points=100.0, scoring=GroupScoring.SUM, grader=grader, grader_arguments=("twice",))
    revision = await engine.revision([("1", "1"), ("2", "0"), ("3", "3")], groups=(group,))
    result = await engine.submit(revision, ECHO)
    assert (result.score, result.groups[0].score) == (4.0, 4.0)
    liar = await engine.program("print('AC nan')")
    broken = await engine.revision([("1", "1")], groups=(TestGroup(name="all", points=1.0, grader=liar),))
    with pytest.raises(SetterProgramBroken, match="said 'AC nan"):
        await engine.submit(broken, ECHO)


async def test_points_of_a_validator(engine: Engine) -> None:
    checker = await engine.icpc_checker(
        "import pathlib, sys\npathlib.Path(sys.argv[3], 'score.txt').write_text(sys.stdin.read())\nsys.exit(42)"
    )
    group = TestGroup(name="all", points=1.0, scoring=GroupScoring.SUM)
    revision = await engine.revision([("2.5", ""), ("40", "")], groups=(group,), checker=checker)
    result = await engine.submit(revision, ECHO)
    assert (result.verdict, result.score) == (AC, 42.5)
