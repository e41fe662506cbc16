"""Each protocol with a program that tells what it is given: paths, their order, the feedback directory."""

from collections.abc import AsyncIterator

import pytest

from application.judging.checker_call import CheckRequest
from application.judging.exceptions import SetterProgramBroken
from domain.problems.enums import CheckerProtocol
from domain.submissions.entities import CheckResult
from domain.verdicts import Verdict
from tests.integration.judging.checking import Slot, checked, slot_for

HEAD = "import sys\nfrom pathlib import Path\ntext = lambda i: open(sys.argv[i]).read().strip()\n"
SAYS_WHAT_IT_SEES = {
    CheckerProtocol.ICPC: """
Path(sys.argv[3] + 'judgemessage.txt').write_text(f'{text(1)} {text(2)} {sys.stdin.read().strip()} {sys.argv[4:]}')
Path(sys.argv[3], 'teammessage.txt').write_text('for the team')
Path(sys.argv[3], 'score_multiplier.txt').write_text('0.5')
sys.exit(42)
""",
    CheckerProtocol.TESTLIB: """
print(f'points 5 {text(1)} {text(3)} {text(2)} {sys.argv[4:]}', file=sys.stderr)
sys.exit(7)
""",
    CheckerProtocol.DMOJ: "print(text(1), text(3), text(2), sys.argv[4:])\nsys.exit(1)",
    CheckerProtocol.COCI: """
print(text(1), text(3), text(2), sys.argv[4:])
sys.stderr.write('partial 1/2')
sys.exit(7)
""",
    CheckerProtocol.PEG: "print(text(3), text(1), text(2), sys.argv[4:])\nprint(1, 2, sep='\\n')\nsys.exit(1)",
    CheckerProtocol.CMS: "print(.5)\nprint(text(1), text(2), text(3), sys.argv[4:], file=sys.stderr)",
}
PARTLY = Verdict.PA
SEEN = "10 answer output ['-x']"


@pytest.fixture(scope="module")
async def slot() -> AsyncIterator[Slot]:
    async with slot_for("python3") as slot:
        yield slot


@pytest.mark.parametrize(
    ("protocol", "result"),
    [
        (CheckerProtocol.ICPC, CheckResult(PARTLY, 0.5, SEEN, "for the team")),
        (CheckerProtocol.TESTLIB, CheckResult(PARTLY, 0.5, f"points 5 {SEEN}", "", 5.0)),
        (CheckerProtocol.DMOJ, CheckResult(Verdict.WA, 0.0, SEEN)),
        (CheckerProtocol.COCI, CheckResult(PARTLY, 0.5, SEEN)),
        (CheckerProtocol.PEG, CheckResult(PARTLY, 0.5, f"{SEEN}\n1\n2")),
        (CheckerProtocol.CMS, CheckResult(PARTLY, 0.5, SEEN, SEEN)),
    ],
)
async def test_what_it_is_given_and_what_it_says(slot: Slot, protocol: CheckerProtocol, result: CheckResult) -> None:
    files = {"checker.py": (HEAD + SAYS_WHAT_IT_SEES[protocol]).encode()}
    request = CheckRequest(arguments=("-x",), points=10.0)
    assert await checked(slot, protocol, files, output=b"output\n", request=request) == result


async def test_it_may_change_its_copies_and_no_other_tests(slot: Slot) -> None:
    vandal = HEAD + "assert text(1) == '10' and not Path('left').exists()\n"
    vandal += "[open(path, 'w').write('gone') for path in (*sys.argv[1:4], 'left')]"
    for _ in range(2):
        files = {"checker.py": vandal.encode()}
        said = await checked(slot, CheckerProtocol.DMOJ, files, output=b"output", request=CheckRequest())
        assert said.verdict is Verdict.AC


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("while True: pass", "ran out of cpu time"),
        ("import os\nos.kill(os.getpid(), 11)", "SIGSEGV"),
        ("raise ValueError('on the jury')", "exited with code 1; it must be 0; it said: Traceback(.|\n)*on the jury"),
        ("while True: print('x' * 65536)", "printed more than its output limit"),
    ],
)
async def test_ends_that_are_its_own_fault(slot: Slot, source: str, says: str) -> None:
    with pytest.raises(SetterProgramBroken, match=says) as caught:
        await checked(slot, CheckerProtocol.CMS, {"checker.py": source.encode()}, output=b"", request=CheckRequest())
    assert caught.value.path == "p/checker.py"
