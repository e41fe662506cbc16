"""Checkers as DMOJ's problems have them, through the starter, in the sandbox."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from application.judging.checker_call import CheckRequest
from application.judging.exceptions import SetterProgramBroken
from domain.problems.enums import CheckerProtocol
from domain.submissions.entities import CheckResult
from domain.verdicts import Verdict
from tests.integration.judging.checking import Slot, checked, slot_for

Check = Callable[..., Awaitable[CheckResult]]

ANY_SUM = """
from dmoj.result import CheckerResult

def wa(feedback):
    return CheckerResult(False, 0, feedback)

def check(process_output, judge_output, judge_input, **kwargs):
    n = int(judge_input.split()[0])
    output = process_output.split()
    if len(output) != 2:
        return wa('Wrong output format')
    a, b = map(int, output)
    return True if a + b == n else wa('a + b != n')
"""
PARTIAL = """
from six.moves import zip
from dmoj.result import CheckerResult
from dmoj.utils.unicode import utf8text, utf8bytes

def check(process_output, judge_output, judge_input, point_value, case_position, submission_source,
          submission_language, binary_data, execution_time, problem_id, batch, result, bonus=0, **kwargs):
    print('{"passed": true, "points": 100}')
    assert utf8bytes(utf8text(submission_source)) == b'print(1)' and submission_language == 'PY3'
    assert (case_position, batch, execution_time, result.result_flag) == (3, 0, 0.5, result.AC)
    assert isinstance(point_value, int) and isinstance(process_output, bytes) and not kwargs
    right = sum(a == b for a, b in zip(process_output.split(), judge_output.split()))
    points = point_value * right / float(len(judge_output.split())) + bonus
    return CheckerResult(right > 0, points, '%d right' % right, extended_feedback='in all')
"""
NAMED = """
from dmoj.checkers import standard, floats
from dmoj.checkers._checker import standard as same
from dmoj.checkers.identical import check as identical

def check(process_output, judge_output, **kwargs):
    assert same(judge_output, process_output) == standard.check(process_output, judge_output, **kwargs)
    if floats.check(process_output, judge_output, precision=1):
        return True
    return identical(process_output, judge_output)
"""


@pytest.fixture(scope="module")
async def slot() -> AsyncIterator[Slot]:
    async with slot_for("python3") as slot:
        yield slot


@pytest.fixture
def check(slot: Slot) -> Check:
    async def judged(
        source: str, output: bytes, answer: bytes = b"1 2 3 4\n", name: str = "checker.py", **arguments: object
    ) -> CheckResult:
        request = CheckRequest(
            arguments=(json.dumps(arguments),), position=3, points=8.0, language="python3", source=b"print(1)"
        )
        files = {name: source.encode()}
        protocol = CheckerProtocol.DMOJ_PYTHON
        return await checked(slot, protocol, files, output=output, answer=answer, request=request)

    return judged


async def test_any_right_answer_is_accepted(check: Check) -> None:
    assert await check(ANY_SUM, b"4 6\n") == CheckResult(Verdict.AC, 1.0)
    assert await check(ANY_SUM, b"4 7\n") == CheckResult(Verdict.WA, 0.0, "a + b != n", "a + b != n")


async def test_points_arguments_and_what_the_checker_is_told(check: Check) -> None:
    assert await check(PARTIAL, b"1 2 0 0") == CheckResult(Verdict.PA, 0.5, "2 right\nin all", "2 right")
    assert (await check(PARTIAL, b"1 2 3 4")).verdict is Verdict.AC
    assert (await check(PARTIAL, b"1 2 3 4", bonus=4)).points == 12.0
    assert (await check(PARTIAL, b"0")).verdict is Verdict.WA
    assert (await check(PARTIAL, b"0", bonus=8)).verdict is Verdict.PA


async def test_the_named_checkers_can_be_imported(check: Check) -> None:
    assert (await check(NAMED, b"1.01 2 3 4")).verdict is Verdict.AC
    assert await check(NAMED, b"1  2\n3 4") == CheckResult(Verdict.WA, 0.0)
    shown = await check(NAMED, b"nan", answer=b"nan\n")
    assert (shown.verdict, shown.note) == (Verdict.WA, "Presentation Error, check your whitespace")


@pytest.mark.parametrize("name", ["main.py", "json.py", "a checker's.py"])
async def test_the_file_may_be_called_anything(check: Check, name: str) -> None:
    assert (await check("def check(a, b, **k): return a == b", b"x", b"x", name)).verdict is Verdict.AC


async def test_bytes_that_are_no_text_are_wrong(check: Check) -> None:
    shown = await check("def check(a, b, **k): return a.decode() == b.decode()", b"\xff")
    assert (shown.verdict, shown.comment) == (Verdict.WA, "invalid unicode")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("def check(a, b, **k):\n    return [][0]", r"IndexError: list index out of range \(checker.py, line 2\)"),
        ("def check(a, b, **k): pass", "returned NoneType"),
        ("def check(a, b, **k): raise SystemExit(0)", "SystemExit: 0"),
        ("import os\ndef check(a, b, **k): os._exit(0)", "without a result"),
        ("def check(a, b, **k): return 1 if a else 0", "returned int"),
        ("from dmoj.result import CheckerResult\ndef check(a, b, **k): return CheckerResult(1, 1)", "wants a bool"),
        (
            "from dmoj.result import CheckerResult\ndef check(a, b, **k): return CheckerResult(True, float('nan'))",
            "nan points",
        ),
        ("from dmoj.executors import executors", "No module named 'dmoj.executors'"),
        ("def check(a, b): return True", "unexpected keyword"),
        ("checker = 1", "has no function 'check'"),
        ("def check(a, b, **k):\n    while True: pass", "ran out of cpu time"),
        ("print 'two'", "does not compile"),
        (
            "def check(a, b, **k):\n  open('/box/feedback/result.json', 'w').write('[]')\n  import os; os._exit(0)",
            "not the starter's",
        ),
    ],
)
async def test_a_checker_that_breaks_is_the_setters_fault(check: Check, source: str, says: str) -> None:
    with pytest.raises(SetterProgramBroken, match=says) as caught:
        await check(source, b"1")
    assert caught.value.path == "p/checker.py"
