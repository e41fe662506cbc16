"""One comparison of an output with its answer: which normal forms are made, and what is said of a difference."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Event

from application.sandbox import Content
from domain.problems.entities import CheckerSpec
from domain.problems.enums import CheckerType
from infrastructure.checkers.differences import Difference, equal, find_difference, shown
from infrastructure.checkers.float_comparison import FloatComparison, TokenTooLong
from infrastructure.checkers.normal_forms import (
    CHUNK_SIZE,
    LineSkeleton,
    NormalForm,
    SpacedTokens,
    SpaceSkeleton,
    TrimmedLines,
    Verbatim,
)
from infrastructure.checkers.numbers import Tolerance, parse_number
from infrastructure.checkers.positions import line_of_byte, line_of_token
from infrastructure.checkers.streams import NormalStream, StreamPair

_AROUND = 20


@dataclass(frozen=True, slots=True)
class Comparison:
    """``stop``, set from another thread, ends it soon with Stopped."""

    spec: CheckerSpec
    output: Content
    answer: Content
    stop: Event = field(default_factory=Event)

    def __call__(self) -> str | None:
        """What is wrong with the output, for people; None: nothing. Raises Stopped, and what reading raises."""
        match self.spec.type:
            case CheckerType.EXACT:
                return self._exact()
            case CheckerType.LINES:
                return self._lines()
            case CheckerType.TOKENS:
                return self._tokens() or self._spaces() or self._breaks()
            case CheckerType.FLOAT:
                return self._float() or self._spaces() or self._breaks()
            case CheckerType.SORTED | CheckerType.LETTERS | CheckerType.LINE_COUNT:
                raise ValueError("an orderless comparison decides, not this one")
            case CheckerType.PROGRAM:
                raise ValueError("a program of the setter's decides, not a comparison")

    def _exact(self) -> str | None:
        difference = self._find(Verbatim, b"\n")
        if difference is None:
            return None
        expected, got = (self._bytes_at(content, difference.offset) for content in (self.answer, self.output))
        line = line_of_byte(self.answer, difference.offset)
        return f"byte {difference.offset + 1} (line {line}): expected {expected}, got {got}"

    def _lines(self) -> str | None:
        difference = self._find(lambda: TrimmedLines(fold=self._fold), b"\n")
        if difference is None:
            return None
        return self._sentence(f"line {difference.index}", difference, "an empty line")

    def _tokens(self) -> str | None:
        difference = self._find(lambda: SpacedTokens(fold=self._fold), b" ")
        return None if difference is None else self._token_sentence(difference)

    def _float(self) -> str | None:
        tolerance = Tolerance(self.spec.absolute or 0.0, self.spec.relative or 0.0, self._fold)
        try:
            if self._find_float(tolerance, count=False) is None:
                return None
        except TokenTooLong:
            pass  # the second run will find it again, and count
        try:
            difference = self._find_float(tolerance, count=True)
        except TokenTooLong as error:
            return f"token {error.index} has more than {CHUNK_SIZE // 1024} KiB, too many for a checker of numbers"
        return None if difference is None else self._token_sentence(difference)

    def _spaces(self) -> str | None:
        if not self.spec.space_sensitive:
            return None
        difference = self._find(SpaceSkeleton, b"x")
        if difference is None:
            return None
        where = f"after token {difference.index - 1}" if difference.index > 1 else "at the beginning"
        expected, got = (shown(text or b"") for text in (difference.expected, difference.got))
        return f'white space {where}: expected "{expected}", got "{got}"'

    def _breaks(self) -> str | None:
        if not self.spec.line_sensitive:
            return None
        difference = self._find(LineSkeleton, b"x")
        if difference is None:
            return None
        wanted = "a line end" if difference.expected == b"\n" else "no line end"
        return f"after token {difference.index - 1}: expected {wanted}"

    def _token_sentence(self, difference: Difference) -> str:
        where = f"token {difference.index}"
        if difference.got is not None:
            where += f" (line {line_of_token(self.output, difference.index)})"
        sentence = self._sentence(where, difference, "nothing")
        if self.spec.type is not CheckerType.FLOAT or difference.expected is None or difference.got is None:
            return sentence
        right, ours = parse_number(difference.expected), parse_number(difference.got)
        if right is None:
            return sentence
        return f"{sentence}, which is no number" if ours is None else f"{sentence}, off by {abs(ours - right):.6g}"

    def _sentence(self, where: str, difference: Difference, empty: str) -> str:
        expected = None if difference.expected is None else shown(difference.expected) or empty
        got = None if difference.got is None else shown(difference.got) or empty
        if got is None:
            ends = "the output is empty" if self.output.size == 0 else "the output ends"
            return f"{where}: expected {expected}, but {ends}"
        if expected is None:
            return f"{where}: got {got}, but the answer ends before it"
        return f"{where}: expected {expected}, got {got}"

    @property
    def _fold(self) -> bool:
        return not self.spec.case_sensitive

    def _find(self, form: Callable[[], NormalForm], separator: bytes) -> Difference | None:
        """A quick look first; only what differs is read again, to say where."""
        with ExitStack() as files:
            if equal(self._pair(files, form)):
                return None
        with ExitStack() as files:
            return find_difference(self._pair(files, form), separator)

    def _find_float(self, tolerance: Tolerance, *, count: bool) -> Difference | None:
        with ExitStack() as files:
            pair = self._pair(files, SpacedTokens)
            return FloatComparison(pair, tolerance, count=count).find_difference()

    def _pair(self, files: ExitStack, form: Callable[[], NormalForm]) -> StreamPair:
        return StreamPair(
            NormalStream(files.enter_context(self.output.open()), form(), self.stop),
            NormalStream(files.enter_context(self.answer.open()), form(), self.stop),
        )

    def _bytes_at(self, content: Content, offset: int) -> str:
        if offset >= content.size:
            return "the end"
        with content.open() as file:
            file.seek(offset)
            return f'"{shown(file.read(_AROUND))}"'
