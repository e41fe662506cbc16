"""Managers of several processes, interactors that leave the verdict to a checker, and passes of a conversation."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from application.judging.exceptions import SetterProgramBroken
from domain.problems.entities import CheckerSpec, ProblemLimits, Revision
from domain.problems.enums import CheckerProtocol, CheckerType
from domain.problems.setup import Interaction, ProblemSetup, ProgramLimits
from domain.verdicts import Verdict
from tests.integration.judging.engine import CPP, PYTHON, C, Engine, open_engine

AC, WA, PE, PA, TLE, RTE, JE = (
    Verdict.AC, Verdict.WA, Verdict.PE, Verdict.PA, Verdict.TLE, Verdict.RTE, Verdict.JE
)  # fmt: skip
LIMITS = ProblemLimits(cpu_time=timedelta(seconds=0.5), wall_time=timedelta(seconds=2.5), memory=256 << 20)
OWN = ProgramLimits(cpu_time=timedelta(seconds=0.6))

# The first process sends half of the bits of a number to the manager, who counts them and tells the second.
MANAGER = """
#include <stdio.h>
#include <signal.h>
#include <string.h>
int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    long given, other = -2, back = -1;
    char told[64] = "";
    FILE *named = fopen("input.txt", "r");
    if (argc != 5 || scanf("%ld", &given) != 1 || !named || fscanf(named, "%ld", &other) != 1) return 3;
    if (other != given) return 5;
    FILE *from0 = fopen(argv[1], "r"), *to0 = fopen(argv[2], "w");
    FILE *from1 = fopen(argv[3], "r"), *to1 = fopen(argv[4], "w");
    if (!from0 || !to0 || !from1 || !to1) return 4;
    fprintf(to0, "%ld\\n", given); fflush(to0);
    if (fscanf(from0, "%60s", told) != 1) { printf("0.0\\n"); fprintf(stderr, "the first said nothing\\n"); return 0; }
    fprintf(to1, "%s\\n", told); fflush(to1);
    if (fscanf(from1, "%ld", &back) != 1) { printf("0.0\\n"); fprintf(stderr, "the second said nothing\\n"); return 0; }
    printf("%s\\n", back == given ? strlen(told) < 8 ? "1.0" : "0.5" : "0.0");
    fprintf(stderr, "%s\\n", back == given ? "translate:success" : "translate:wrong");
    return 0;
}
"""
SPEAKERS = """
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
int main(int argc, char **argv) {
    long n; char told[64];
    if (argc != 4) return 9;
    FILE *in = fopen(argv[1], "r"), *out = fopen(argv[2], "w");
    if (atoi(argv[3]) == 0) { fscanf(in, "%ld", &n); FIRST fprintf(out, FORM "\\n", n); }
    else { fscanf(in, "%60s", told); SECOND fprintf(out, "%ld\\n", strtol(told, NULL, BASE)); }
    fclose(out);
    return 0;
}
"""


@pytest.fixture(scope="module")
async def engine() -> AsyncIterator[Engine]:
    async with open_engine(C, CPP, PYTHON) as opened:
        yield opened


def speakers(form: str = '"%lx"', base: int = 16, first: str = "", second: str = "") -> str:
    named = (("FORM", form), ("BASE", str(base)), ("FIRST", first), ("SECOND", second))
    return "".join(f"#define {name} {value}\n" for name, value in named) + SPEAKERS


WASTE = "while (clock() < 0.35 * CLOCKS_PER_SEC) ;"


@pytest.mark.parametrize(
    ("program", "verdict", "message"),
    [
        pytest.param(speakers(), AC, "Output is correct", id="right"),
        pytest.param(speakers('"%012ld"', 10), PA, "partially correct", id="partial"),
        pytest.param(speakers(base=10), WA, "Output isn't correct", id="wrong"),
        pytest.param(speakers(second="abort();"), RTE, "SIGABRT", id="the second crashes"),
        pytest.param(speakers(first="return 0;"), WA, "the first said nothing", id="the first leaves"),
        pytest.param(speakers(first='fscanf(in, "%ld", &n);'), TLE, "wall time", id="all wait"),
        pytest.param(speakers(first=WASTE, second=WASTE), TLE, "cpu time limit exceeded: used 0.", id="the sum"),
    ],
)
async def test_a_manager_of_two_processes(engine: Engine, program: str, verdict: Verdict, message: str) -> None:
    interaction = Interaction(
        program=await engine.program(MANAGER, C), protocol=CheckerProtocol.CMS, named_pipes=True, processes=2
    )
    setup = ProblemSetup(interaction=interaction, checker_limits=OWN)
    revision = await engine.revision([("12345678\n", "")], setup=setup, limits=LIMITS)
    result = await engine.submit(revision, program, C)
    (test,) = engine.results
    assert (result.verdict, message in test.message) == (verdict, True), (test.message, test.comment)


async def test_a_manager_may_talk_to_stdin_and_stdout(engine: Engine) -> None:
    manager = (
        "import sys\nn = int(input()); got, to = open(sys.argv[1]), open(sys.argv[2], 'w')\n"
        "print(n, file=to, flush=True); print(1.0 if int(got.readline()) == 2 * n else 0.0)"
    )
    interaction = Interaction(program=await engine.program(manager), protocol=CheckerProtocol.CMS)
    setup = ProblemSetup(interaction=interaction, checker_limits=OWN)
    revision = await engine.revision([("21\n", "")], setup=setup, limits=LIMITS)
    assert (await engine.submit(revision, "print(int(input()) * 2)")).verdict is AC
    assert (await engine.submit(revision, "print(int(input()) * 3)")).verdict is WA


async def test_the_reduced_level_has_no_named_pipes_but_talks_all_the_same() -> None:
    async with open_engine(PYTHON, level="landlock") as engine:
        setup = ProblemSetup(
            interaction=Interaction(program=await engine.program(PASSING), protocol=CheckerProtocol.ICPC), passes=2
        )
        revision = await engine.revision([("5\n", "")], setup=setup, limits=LIMITS)
        assert (await engine.submit(revision, "print(input().split()[-1])")).verdict is AC
        manager = Interaction(program=await engine.program("", PYTHON), protocol=CheckerProtocol.CMS)
        revision = await engine.revision([("5\n", "")], setup=ProblemSetup(interaction=manager), limits=LIMITS)
        with pytest.raises(SetterProgramBroken, match="opens its pipes by their paths"):
            await engine.submit(revision, "print(1)")


# As one made with testlib.h behaves: input, output and answer by path; what it writes is for the checker.
TESTLIB = """
import sys
given = int(open(sys.argv[1]).read())
print(given, flush=True)
said = sys.stdin.readline()
if not said.strip().isdigit():
    sys.stderr.write("wrong output format"); sys.exit(2)
if said == "7\\n": sys.exit(3)
open(sys.argv[2], "w").write(said)
sys.exit(0)
"""
CHECKER = "import sys; sys.exit(0 if open(sys.argv[2]).read() == open(sys.argv[3]).read() else 1)"


async def polygon(engine: Engine, passes: int = 1, *, program: bool = True) -> Revision:
    spec = CheckerSpec()
    if program:
        checker = await engine.program(CHECKER)
        spec = CheckerSpec(type=CheckerType.PROGRAM, program=checker, protocol=CheckerProtocol.TESTLIB)
    interactor = await engine.program(TESTLIB)
    interaction = Interaction(program=interactor, protocol=CheckerProtocol.TESTLIB, judges=False)
    setup = ProblemSetup(interaction=interaction, passes=passes, checker_limits=OWN)
    return await engine.revision([("5\n", "10\n"), ("6\n", "12\n")], setup=setup, limits=LIMITS, checker=spec)


async def test_a_checker_decides_over_what_the_interactor_wrote(engine: Engine) -> None:
    for program in (True, False):
        revision = await polygon(engine, program=program)
        assert (await engine.submit(revision, "print(int(input()) * 2)")).verdict is AC
        assert (await engine.submit(revision, "print(int(input()) * 2 % 11)")).verdict is WA
        assert [each.verdict for each in engine.results] == [AC, WA]


async def test_an_interactor_that_does_not_judge_may_refuse_or_fail(engine: Engine) -> None:
    revision = await polygon(engine)
    await engine.submit(revision, "print(chr(120) if input() == '5' else 7)")
    assert [each.verdict for each in engine.results] == [PE, JE]
    assert engine.results[0].comment == b"wrong output format"


async def test_a_second_run_reads_what_the_interactor_wrote(engine: Engine) -> None:
    revision = await polygon(engine, passes=2)
    doubles_once = "n = int(input()); print(n if n > 6 else n * 2)"
    assert (await engine.submit(revision, doubles_once)).verdict is AC
    assert [len(each.runs) for each in engine.results] == [2, 2]
    assert (await engine.submit(revision, "print(int(input()) * 2)")).verdict is WA
    fails_later = "n = int(input()); print(n * 2 if n < 7 else 1 // 0)"
    assert (await engine.submit(revision, fails_later)).verdict is RTE
    assert engine.results[0].message == "pass 2: exited with code 1"


PASSING = """
import pathlib, sys
feedback = pathlib.Path(sys.argv[3])
state = feedback / "state"
asked = state.read_text() if state.exists() else ""
assert not (feedback / "nextpass.in").exists()
print(open(sys.argv[1]).read().strip(), flush=True)
said = sys.stdin.readline()
if not asked:
    state.write_text(said)
    (feedback / "nextpass.in").write_text(f"again {said}")
    sys.exit(42)
sys.exit(42 if asked == said else 43)
"""


async def test_a_conversation_of_two_passes_remembers(engine: Engine) -> None:
    interaction = Interaction(program=await engine.program(PASSING), protocol=CheckerProtocol.ICPC)
    setup = ProblemSetup(interaction=interaction, passes=2, checker_limits=OWN)
    revision = await engine.revision([("5\n", "")], setup=setup, limits=LIMITS)
    assert (await engine.submit(revision, "print(input().split()[-1])")).verdict is AC
    assert len(engine.results[0].runs) == 2
    assert (await engine.submit(revision, "print(input())")).verdict is WA
    once = ProblemSetup(interaction=interaction, checker_limits=OWN)
    assert (await engine.submit(await engine.revision([("5\n", "")], setup=once), "print(input())")).verdict is AC
