"""Verdicts and sentences of the comparison."""

import asyncio
import time
from pathlib import Path
from typing import BinaryIO

import pytest

from application.contents import BytesContent
from domain.problems.entities import CheckerSpec
from domain.problems.enums import CheckerType
from domain.verdicts import Verdict
from infrastructure.blobs.file_content import FileContent
from infrastructure.checkers.builtin_checker import BuiltinChecker

TOKENS = CheckerSpec()
FOLDED = CheckerSpec(case_sensitive=False)
SPACED = CheckerSpec(space_sensitive=True)
EXACT = CheckerSpec(type=CheckerType.EXACT)
LINES = CheckerSpec(type=CheckerType.LINES)
FLOAT = CheckerSpec(type=CheckerType.FLOAT, absolute=1e-6, relative=1e-6)
ABSOLUTE = CheckerSpec(type=CheckerType.FLOAT, absolute=0.5)
RELATIVE = CheckerSpec(type=CheckerType.FLOAT, relative=0.1)
BROKEN = CheckerSpec(line_sensitive=True)
SORTED = CheckerSpec(type=CheckerType.SORTED)
SORTED_LINES = CheckerSpec(type=CheckerType.SORTED, line_sensitive=True)
LETTERS = CheckerSpec(type=CheckerType.LETTERS)
LINE_COUNT = CheckerSpec(type=CheckerType.LINE_COUNT)

RIGHT = [
    (TOKENS, b"", b""),
    (TOKENS, b" \n\n", b""),
    (TOKENS, b"1 2\r\n3", b"1\n2\n\n3\n"),
    (TOKENS, b"\xff\x00", b"\xff\x00 "),
    (FOLDED, b"Yes nO", b"yES NO"),
    (SPACED, b"1  2\n", b"1  2\n"),
    (CheckerSpec(space_sensitive=True, case_sensitive=False), b"a  B\n", b"A  b\n"),
    (EXACT, b"1 \n", b"1 \n"),
    (LINES, b"a b \nc\r\n\n\n", b"a b\nc"),
    (LINES, b"\n\na", b"\n  \na\n"),
    (LINES, b"", b"\n \n"),
    (FLOAT, b"1.0000005 x", b"1 x"),
    (FLOAT, b"1000000.5", b"1e6"),
    (FLOAT, b"+.5 5. -0", b"0.5 5.0 0"),
    (FLOAT, b"inf -Infinity NaN", b"Inf -inf nan"),
    (FLOAT, b"1e999", b"1e9999"),
    (FLOAT, b"0x10 1_0", b"0x10 1_0"),
    (ABSOLUTE, b"10.5", b"10"),
    (RELATIVE, b"-90", b"-100"),
    (CheckerSpec(type=CheckerType.FLOAT, absolute=0.0, case_sensitive=False), b"YES 1.0", b"yes 1"),
    (CheckerSpec(type=CheckerType.FLOAT, absolute=0.1, space_sensitive=True), b"1.01\n2", b"1\n2"),
    (BROKEN, b"\n 1  2 \r3", b"1 2\n\n3 "),
    (SORTED, b"3 1\n2", b"1 2 3"),
    (SORTED_LINES, b"c  d\r\na b\n\n", b"a b\nc d"),
    (LETTERS, b"Ba\nc", b"a b C"),
    (LINE_COUNT, b" a\n\nb ", b"a\nb\n"),
    (LINE_COUNT, b"", b"\n"),
]


@pytest.mark.parametrize(("spec", "output", "answer"), RIGHT, ids=repr)
async def test_right(spec: CheckerSpec, output: bytes, answer: bytes) -> None:
    result = await BuiltinChecker().check(spec, BytesContent(output), BytesContent(answer))
    assert (result.verdict, result.share, result.comment) == (Verdict.AC, 1.0, "")


WRONG = [
    (TOKENS, b"1\n2 8", b"1 2 7", "token 3 (line 2): expected 7, got 8"),
    (TOKENS, b"1", b"1 2", "token 2: expected 2, but the output ends"),
    (TOKENS, b"", b"1 2", "token 1: expected 1, but the output is empty"),
    (TOKENS, b" \n", b"1", "token 1: expected 1, but the output ends"),
    (TOKENS, b"1 2\n\n3 4", b"1 2", "token 3 (line 3): got 3, but the answer ends before it"),
    (TOKENS, b"1", b"", "token 1 (line 1): got 1, but the answer ends before it"),
    (TOKENS, b"12", b"123", "token 1 (line 1): expected 123, got 12"),
    (TOKENS, b"12 3", b"123", "token 1 (line 1): expected 123, got 12"),
    (TOKENS, b"a B", b"a b", "token 2 (line 1): expected b, got B"),
    (TOKENS, b"\x1b[31m\x00\xff", b"x", r"token 1 (line 1): expected x, got \x1b[31m\x00\xff"),
    (TOKENS, "\u202eабв".encode(), b"x", r"token 1 (line 1): expected x, got \u202eабв"),
    (TOKENS, b"y" * 500, b"x", f"token 1 (line 1): expected x, got {'y' * 40}…"),
    (TOKENS, b"a" * 500 + b"y", b"a" * 500 + b"x", f"token 1 (line 1): expected …{'a' * 24}x, got …{'a' * 24}y"),
    (TOKENS, "1٢".encode(), b"12", "token 1 (line 1): expected 12, got 1٢"),
    (SPACED, b"1 2\n", b"1  2\n", 'white space after token 1: expected "  ", got " "'),
    (SPACED, b"1 2", b"1 2\n", r'white space after token 2: expected "\n", got ""'),
    (SPACED, b"1 2\n", b"1 3\n", "token 2 (line 1): expected 3, got 2"),
    (EXACT, b"1\n2", b"1\n2\n", r'byte 4 (line 2): expected "\n", got the end'),
    (EXACT, b"a\r\n", b"a\n", r'byte 2 (line 1): expected "\n", got "\r\n"'),
    (EXACT, b"x", b"", 'byte 1 (line 1): expected the end, got "x"'),
    (LINES, b"a\n b\n", b"a\nb\n", "line 2: expected b, got  b"),
    (LINES, b"a\nb", b"a\n\nb", "line 2: expected an empty line, got b"),
    (LINES, b"a\n", b"a\nb\nc", "line 2: expected b, but the output ends"),
    (LINES, b"a\n\n\nx", b"a", "line 2: got an empty line, but the answer ends before it"),
    (LINES, b"", b"a", "line 1: expected a, but the output is empty"),
    (FLOAT, b"1.1", b"1", "token 1 (line 1): expected 1, got 1.1, off by 0.1"),
    (FLOAT, b"x", b"1", "token 1 (line 1): expected 1, got x, which is no number"),
    (FLOAT, b"nan", b"1", "token 1 (line 1): expected 1, got nan, off by nan"),
    (FLOAT, b"1e999999999", b"1", "token 1 (line 1): expected 1, got 1e999999999, off by inf"),
    (FLOAT, b"-inf", b"inf", "token 1 (line 1): expected inf, got -inf, off by inf"),
    (FLOAT, b"1", b"inf", "token 1 (line 1): expected inf, got 1, off by inf"),
    (FLOAT, b"1_0", b"10", "token 1 (line 1): expected 10, got 1_0, which is no number"),
    (FLOAT, b"0xA", b"10", "token 1 (line 1): expected 10, got 0xA, which is no number"),
    (FLOAT, "١٠".encode(), b"10", "token 1 (line 1): expected 10, got ١٠, which is no number"),
    (FLOAT, b"1e", b"1", "token 1 (line 1): expected 1, got 1e, which is no number"),
    (FLOAT, b"10.0 YES", b"10 yes", "token 2 (line 1): expected yes, got YES"),
    (FLOAT, b"1 2", b"1.0", "token 2 (line 1): got 2, but the answer ends before it"),
    (FLOAT, b"1", b"1.0 2", "token 2: expected 2, but the output ends"),
    (FLOAT, b"0" * 10_001, b"0", f"token 1 (line 1): expected 0, got {'0' * 40}…, which is no number"),
    (ABSOLUTE, b"10.6", b"10", "token 1 (line 1): expected 10, got 10.6, off by 0.6"),
    (RELATIVE, b"0.01", b"0", "token 1 (line 1): expected 0, got 0.01, off by 0.01"),
    (BROKEN, b"1 2 3", b"1 2\n3", "after token 2: expected a line end"),
    (BROKEN, b"1\n2", b"1 2", "after token 1: expected no line end"),
    (BROKEN, b"1 2", b"1\n3", "token 2 (line 1): expected 3, got 2"),
    (SORTED, b"1 2", b"1 2 3", "expected 3 tokens, got 2"),
    (SORTED, b"1 1", b"1 2", "there are as many tokens as in the answer, but not the same, in whatever order"),
    (SORTED_LINES, b"a\nb c", b"a b", "expected 1 lines, got 2"),
    (LETTERS, b"aab", b"abb", "expected 1 times 'a', got 2"),
    (LINE_COUNT, b"x\ny", b"a\nb", "0 of 2 lines are right"),
    (LINE_COUNT, b"a\nb\nc", b"a\nb", "expected 2 lines, got 3"),
    (LINE_COUNT, b"a" * 1_100_000, b"a", "a line has more than 1024 KiB, too many for a checker of lines"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "output", "answer", "comment"), WRONG, ids=repr)
async def test_wrong(spec: CheckerSpec, output: bytes, answer: bytes, comment: str) -> None:
    result = await BuiltinChecker().check(spec, BytesContent(output), BytesContent(answer))
    assert (result.verdict, result.share, result.comment) == (Verdict.WA, 0.0, comment)


async def test_a_share_of_the_lines() -> None:
    result = await BuiltinChecker().check(LINE_COUNT, BytesContent(b"a\nx\nc\n"), BytesContent(b"a\nb\nc\nd\n"))
    assert (result.verdict, result.share, result.comment) == (Verdict.PA, 0.5, "2 of 4 lines are right")


@pytest.mark.parametrize("spec", [TOKENS, EXACT, LINES, FLOAT, SPACED], ids=lambda s: s.type)
async def test_files_and_places_far_into_them(spec: CheckerSpec, tmp_path: Path) -> None:
    numbers = b"".join(b"%d\n" % n for n in range(400_000))
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_bytes(numbers)
    wrong.write_bytes(numbers.replace(b"\n399990\n", b"\n399091\n"))
    contents = {path: FileContent(path, path.stat().st_size, b"") for path in (right, wrong)}
    checker = BuiltinChecker()
    assert (await checker.check(spec, contents[right], BytesContent(numbers))).verdict is Verdict.AC
    comment = (await checker.check(spec, contents[wrong], contents[right])).comment
    assert "399991" in comment  # the line, which is the token's number, too
    assert spec is EXACT or "expected 399990, got 399091" in comment


async def test_a_cancelled_comparison_ends_before_its_contents_are_closed() -> None:
    data = b"1.5 " * 3_000_000
    other = data.replace(b"1.5", b"1.50")
    reading = 0

    class Watched(BytesContent):
        def open(self) -> BinaryIO:
            nonlocal reading
            reading += 1
            file = super().open()
            original = file.close

            def close() -> None:
                nonlocal reading
                reading -= 1
                original()

            file.close = close  # type: ignore[method-assign]
            return file

    task = asyncio.create_task(BuiltinChecker().check(FLOAT, BytesContent(data), BytesContent(other)))
    await asyncio.sleep(0.01)
    task.cancel()
    started = asyncio.get_running_loop().time()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.get_running_loop().time() - started < 1.0
    assert reading == 0


async def test_almost_numbers_of_many_digits_take_no_time() -> None:
    before = time.process_time()
    result = await BuiltinChecker().check(FLOAT, BytesContent(b"1" * 9999 + b"x"), BytesContent(b"1"))
    assert result.verdict is Verdict.WA
    assert time.process_time() - before < 0.2
