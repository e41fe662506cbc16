"""Submissions that talk to an interactor, in the real sandbox: who was right, who broke, who was first."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from domain.problems.entities import ProblemLimits, Revision
from domain.problems.enums import CheckerProtocol
from domain.problems.setup import Interaction, ProblemSetup, ProgramLimits
from domain.submissions.entities import TestResult
from domain.verdicts import Verdict
from tests.integration.judging.engine import PYTHON, C, Engine, open_engine

AC, WA, TLE, MLE, RTE, JE = Verdict.AC, Verdict.WA, Verdict.TLE, Verdict.MLE, Verdict.RTE, Verdict.JE
CPU, WALL, OWN_CPU = (timedelta(seconds=s) for s in (0.5, 1.5, 0.6))

KEEPER = """
import pathlib, sys
secret = int(open(sys.argv[1]).read())
feedback = pathlib.Path(sys.argv[3])
for turn in range(20):
    line = sys.stdin.readline()
    if not line.strip():
        (feedback / "teammessage.txt").write_text("nothing was asked")
        sys.exit(43)
    if line.startswith("!"):
        (feedback / "judgemessage.txt").write_text(f"{turn} questions, flags {sys.argv[4:]}")
        sys.exit(42 if int(line[1:]) == secret else 43)
    print("<=" if secret <= int(line) else ">", flush=True)
(feedback / "teammessage.txt").write_text("too many questions")
sys.exit(43)
"""
GUESSER = """
low, high = 1, 1000
while low < high:
    middle = (low + high) // 2
    print(middle, flush=True)
    low, high = (low, middle) if input() == "<=" else (middle + 1, high)
print("!", low, flush=True)
"""
ONE_LINE = "import sys; line = sys.stdin.readline(); sys.exit(42 if line == 'yes\\n' else 43)"
READS_ALL = "import sys; said = sys.stdin.read(); sys.exit(42 if said.startswith('yes') else 43)"


@pytest.fixture(scope="module")
async def engine() -> AsyncIterator[Engine]:
    async with open_engine(C, PYTHON) as opened:
        yield opened


async def problem(engine: Engine, interactor: str, given: str = "777\n") -> Revision:
    """An interactive problem in the ICPC format, with short limits."""
    program = await engine.program(interactor)
    interaction = Interaction(program=program, protocol=CheckerProtocol.ICPC, arguments=("flag",))
    limits = ProblemLimits(cpu_time=CPU, wall_time=WALL, memory=128 << 20)
    setup = ProblemSetup(interaction=interaction, checker_limits=ProgramLimits(cpu_time=OWN_CPU), absolute_limits=True)
    return await engine.revision([(given, "")], setup=setup, limits=limits)


async def talked(engine: Engine, interactor: str, program: str) -> TestResult:
    """What the test gave; a program in C has a main function."""
    await engine.submit(await problem(engine, interactor), program, C if "int main" in program else PYTHON)
    (result,) = engine.results
    return result


@pytest.mark.parametrize(
    ("interactor", "program", "verdict", "message"),
    [
        pytest.param(KEEPER, GUESSER, AC, "", id="right"),
        pytest.param(KEEPER, GUESSER.replace("1000", "700"), WA, "wrong answer", id="wrong"),
        pytest.param(
            KEEPER, "while True:\n  print(1, flush=True)\n  input()", WA, "too many questions",
            id="wrong, then EOFError",
        ),
        pytest.param(KEEPER, "while True: print(1, flush=True)", WA, "too many questions", id="wrong, then flood"),
        pytest.param(KEEPER, "int main(void) { return 0; }", WA, "nothing was asked", id="left at once"),
        pytest.param(
            KEEPER, "#include <stdlib.h>\nint main(void) { abort(); }", RTE, "SIGABRT", id="crashed by itself"
        ),
        pytest.param(KEEPER, "input()", TLE, "wall time limit exceeded", id="both wait"),
        pytest.param(KEEPER, "while True: pass", TLE, "time limit exceeded", id="loops"),
        pytest.param(KEEPER, "x = b'1' * (1 << 29)", MLE, "memory", id="memory"),
        pytest.param(ONE_LINE, "print('yes'); 1 // 0", RTE, "exited with code 1", id="right, then a crash"),
        pytest.param(ONE_LINE, "print('yes', flush=True)\nwhile 1: pass", TLE, "time limit", id="right, then no end"),
        pytest.param(ONE_LINE, "print('no', flush=True)\nwhile 1: pass", WA, "wrong answer", id="wrong, then no end"),
        pytest.param(
            ONE_LINE,
            "import time\nprint('yes', flush=True); time.sleep(0.3); print('more', flush=True)",
            AC, "", id="right, then a broken pipe",
        ),
        pytest.param(
            READS_ALL, "import sys\nprint('no', flush=True); sys.exit(3)", RTE, "exited with code 3",
            id="failed before it was judged",
        ),
        pytest.param("", "print('yes')", JE, "exited with code 0", id="exits with 0"),
        pytest.param("1 // 0", "input()", JE, "ZeroDivisionError", id="the interactor crashes"),
        pytest.param("import time; time.sleep(4)", "input()", TLE, "wall time", id="the interactor sleeps"),
        pytest.param(
            "import os; os.close(0)\nwhile True: pass", "print('yes')", JE, "cpu time", id="the interactor loops"
        ),
        pytest.param(
            "while True: print(1, flush=True)", "print(input())", WA, "before the interactor had judged",
            id="the interactor talks to nobody",
        ),
        pytest.param(
            "while True: print(1, flush=True)", "import sys; input(); sys.exit(2)", RTE, "exited with code 2",
            id="it dies of the program's crash",
        ),
    ],
)  # fmt: skip
async def test_the_verdict(engine: Engine, interactor: str, program: str, verdict: Verdict, message: str) -> None:
    result = await talked(engine, interactor, program)
    said = f"{result.message} {(result.comment or b'').decode()}"
    assert (result.verdict, message in said) == (verdict, True), said


async def test_a_conversation_leaves_its_words(engine: Engine) -> None:
    result = await talked(engine, KEEPER, GUESSER)
    assert result.comment == b"10 questions, flags ['flag']"
    assert result.memory
    assert result.cpu_time
    assert result.cpu_time < CPU


async def test_who_was_refused_does_not_go_on_to_its_limits(engine: Engine) -> None:
    interaction = Interaction(program=await engine.program(ONE_LINE), protocol=CheckerProtocol.ICPC)
    limits = ProblemLimits(cpu_time=timedelta(seconds=20), wall_time=timedelta(seconds=40))
    revision = await engine.revision([("", "")], setup=ProblemSetup(interaction=interaction), limits=limits)
    assert (await engine.submit(revision, "print('no', flush=True)\nwhile 1: pass")).verdict is WA
    assert engine.results[0].wall_time is not None
    assert engine.results[0].wall_time < timedelta(seconds=10)
