"""Comparisons that do not look at order, and the one that counts equal lines; in constant memory.

Tokens or lines in any order are compared by the sum of their hashes, under a key that is made for each comparison: no
output can be made to collide with an answer.
"""

import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import zip_longest
from threading import Event
from typing import BinaryIO

from application.sandbox import Content
from domain.problems.entities import CheckerSpec
from domain.problems.enums import CheckerType
from domain.submissions.entities import CheckResult
from domain.verdicts import Verdict
from infrastructure.checkers.normal_forms import CHUNK_SIZE, SPACES
from infrastructure.checkers.streams import Stopped

ORDERLESS = frozenset({CheckerType.SORTED, CheckerType.LETTERS, CheckerType.LINE_COUNT})
_SPACED = bytes.maketrans(SPACES, b" " * len(SPACES))
_MODULUS = 2**256
_LONGEST_LINE = 1024 * 1024


class _LineTooLong(Exception):
    pass


@dataclass(frozen=True, slots=True)
class OrderlessComparison:
    """``stop``, set from another thread, ends it soon with Stopped."""

    spec: CheckerSpec
    output: Content
    answer: Content
    stop: Event = field(default_factory=Event)

    def __call__(self) -> CheckResult:
        """Raises Stopped, and what reading raises."""
        match self.spec.type:
            case CheckerType.SORTED:
                return self._sorted()
            case CheckerType.LETTERS:
                return self._letters()
            case _:
                return self._line_count()

    def _sorted(self) -> CheckResult:
        key = secrets.token_bytes(32)
        (ours, our_count), (right, right_count) = (self._sum(content, key) for content in (self.output, self.answer))
        units = "lines" if self.spec.line_sensitive else "tokens"
        if our_count != right_count:
            return _wrong(f"expected {right_count} {units}, got {our_count}")
        if ours != right:
            return _wrong(f"there are as many {units} as in the answer, but not the same, in whatever order")
        return CheckResult(Verdict.AC, 1.0)

    def _sum(self, content: Content, key: bytes) -> tuple[int, int]:
        total = count = 0
        with content.open() as file:
            chunks = self._chunks(file)
            digests = _line_digests(chunks, key) if self.spec.line_sensitive else _token_digests(chunks, key)
            for digest in digests:
                total = (total + int.from_bytes(digest)) % _MODULUS
                count += 1
        return total, count

    def _letters(self) -> CheckResult:
        counters: list[Counter[int]] = []
        for content in (self.output, self.answer):
            counter: Counter[int] = Counter()
            with content.open() as file:
                for chunk in self._chunks(file):
                    counter.update(chunk.lower().translate(None, SPACES))
            counters.append(counter)
        ours, right = counters
        if ours == right:
            return CheckResult(Verdict.AC, 1.0)
        differing = min(byte for byte in ours.keys() | right.keys() if ours[byte] != right[byte])
        return _wrong(f"expected {right[differing]} times {chr(differing)!a}, got {ours[differing]}")

    def _line_count(self) -> CheckResult:
        equal = total = extra = 0
        with self.output.open() as our_file, self.answer.open() as right_file:
            ours, right = (_lines(self._chunks(file)) for file in (our_file, right_file))
            try:
                for our_line, right_line in zip_longest(ours, right):
                    total += right_line is not None
                    extra += right_line is None
                    equal += our_line is not None and our_line == right_line
            except _LineTooLong:
                return _wrong(f"a line has more than {_LONGEST_LINE // 1024} KiB, too many for a checker of lines")
        if extra:
            return _wrong(f"expected {total} lines, got {total + extra}")
        if equal == total:
            return CheckResult(Verdict.AC, 1.0)
        comment = f"{equal} of {total} lines are right"
        return CheckResult(Verdict.PA, equal / total, comment) if equal else _wrong(comment)

    def _chunks(self, file: BinaryIO) -> Iterator[bytes]:
        while chunk := file.read(CHUNK_SIZE):
            if self.stop.is_set():
                raise Stopped
            yield chunk


def _wrong(comment: str) -> CheckResult:
    return CheckResult(Verdict.WA, 0.0, comment)


def _token_digests(chunks: Iterator[bytes], key: bytes) -> Iterator[bytes]:
    token, empty = blake2b(key=key, digest_size=32), True
    for chunk in chunks:
        for index, piece in enumerate(chunk.translate(_SPACED).split(b" ")):
            if index and not empty:
                yield token.digest()
                token, empty = blake2b(key=key, digest_size=32), True
            if piece:
                token.update(piece)
                empty = False
    if not empty:
        yield token.digest()


def _line_digests(chunks: Iterator[bytes], key: bytes) -> Iterator[bytes]:
    """Of lines with one space between their tokens; those without tokens do not count."""
    line, empty, gap = blake2b(key=key, digest_size=32), True, False
    for chunk in chunks:
        for index, piece in enumerate(chunk.replace(b"\r", b"\n").split(b"\n")):
            if index:
                if not empty:
                    yield line.digest()
                    line, empty = blake2b(key=key, digest_size=32), True
                gap = False
            text = b" ".join(piece.split())
            gap = gap or piece[:1].isspace()
            if text:
                line.update(b" " + text if gap and not empty else text)
                empty, gap = False, piece[-1:].isspace()
    if not empty:
        yield line.digest()


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Without white space around; empty ones, not those of spaces, are passed over. Raises _LineTooLong."""
    held = b""
    for chunk in chunks:
        *whole, rest = chunk.replace(b"\r", b"\n").split(b"\n")
        for piece in whole:
            line, held = held + piece, b""
            if line:
                yield line.strip()
        held += rest
        if len(held) > _LONGEST_LINE:
            raise _LineTooLong
    if held:
        yield held.strip()
