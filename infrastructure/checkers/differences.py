"""The first difference of two normal forms, and words for it."""

from dataclasses import dataclass

from infrastructure.checkers.streams import NormalStream, StreamPair

_SHOWN = 40
_KEPT = 24
_ELLIPSIS = "…".encode()


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two normal forms part.

    ``offset``: how many of their bytes are equal. ``index``: the unit (token, line) that differs, from 1. ``expected``
    and ``got``: the unit's beginning, or what is around the difference in a long one; None: there is no such unit.
    """

    offset: int
    index: int
    expected: bytes | None
    got: bytes | None


def equal(pair: StreamPair) -> bool:
    """Whether the normal forms are equal, at the speed of reading where the contents are."""
    output, answer = pair.output, pair.answer
    while True:
        pair.skip_equal()
        more, more_expected = output.fill(), answer.fill()
        if not (more and more_expected):
            return more == more_expected
        if not _take_equal(output, answer):
            return False


def find_difference(pair: StreamPair, separator: bytes) -> Difference | None:
    """The first difference, in units that end in ``separator``; slower than ``equal``, since it counts."""
    output, answer = pair.output, pair.answer
    offset, index = 0, 1
    before = b""
    while True:
        more, more_expected = output.fill(), answer.fill()
        if not (more or more_expected):
            return None
        ours, right = output.piece, answer.piece
        length = _common_length(ours, right)
        common = ours[:length]
        offset += length
        index += common.count(separator)
        before = common.rpartition(separator)[2] if separator in common else before + common
        before = before if len(before) <= _KEPT else _ELLIPSIS + before[-_KEPT:]
        output.piece, answer.piece = ours[length:], right[length:]
        if (output.piece and answer.piece) or not (more and more_expected):
            return _difference(output, answer, separator, before, offset, index)


def _difference(
    output: NormalStream, answer: NormalStream, separator: bytes, before: bytes, offset: int, index: int
) -> Difference:
    texts: list[bytes | None] = []
    for stream, other in ((answer, output), (output, answer)):
        ended, goes_on = not stream.piece, other.piece[:1] == separator
        texts.append(None if ended and (goes_on or not before) else before + _rest(stream, separator))
    if None in texts and separator in (output.piece[:1], answer.piece[:1]):  # a whole unit more
        for stream in (output, answer):
            stream.piece = stream.piece[1:]
        index += 1
        texts = [None if text is None else _rest(s, separator) for s, text in zip((answer, output), texts, strict=True)]
    return Difference(offset, index, *texts)


def _rest(stream: NormalStream, separator: bytes) -> bytes:
    """The beginning of what follows in this unit."""
    while separator not in stream.piece and len(stream.piece) <= _SHOWN and stream.fill(len(stream.piece) + 1):
        pass
    return stream.piece.partition(separator)[0][: _SHOWN + 1]


def _take_equal(output: NormalStream, answer: NormalStream) -> bool:
    """Take what both have waiting; False: it differs."""
    length = min(len(output.piece), len(answer.piece))
    ours, right = output.piece, answer.piece
    if ours[:length] != right[:length]:
        return False
    output.piece, answer.piece = ours[length:], right[length:]
    return True


def _common_length(ours: bytes, right: bytes) -> int:
    length = min(len(ours), len(right))
    if ours[:length] == right[:length]:
        return length
    low, high = 0, length  # equal up to low, not up to high
    while high - low > 1:
        middle = (low + high) // 2
        if ours[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle
    return low


def shown(text: bytes) -> str:
    """Bytes for people: what is hostile or not printable is escaped, what is long is cut."""
    decoded = text[: 4 * _SHOWN].decode(errors="backslashreplace")
    escaped = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in decoded)
    cut = len(escaped) > _SHOWN or len(text) > 4 * _SHOWN
    return escaped[:_SHOWN] + "…" if cut else escaped
