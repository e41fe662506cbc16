"""Normal forms of byte streams: two contents are equal to a checker when their normal forms are equal bytes.

A normal form is made chunk by chunk in constant memory, by operations that run at the speed of C. ``state`` is all
that the future of a stream depends on: two streams of equal states stay equal over equal chunks, which ``skip`` then
passes over without making their normal form.
"""

import hashlib
from collections.abc import Iterator
from typing import Protocol

SPACES = b" \t\n\r\v\f"
CHUNK_SIZE = 256 * 1024
"""The most that is fed at once."""
_BLANKS = b" \t\r\v\f"
_LONGEST_RUN = CHUNK_SIZE
"""Not less than a chunk: whether a run is hashed must depend on its length alone, not on where chunks begin."""
_BLANKS_AS_SPACE = bytes.maketrans(_BLANKS, b" " * len(_BLANKS))
_LOWER = bytes(range(256)).lower()
_SPACED = bytes.maketrans(SPACES, b" " * len(SPACES))
_SPACED_LOWER = _LOWER.translate(_SPACED)
_SKELETON = bytes(c if c in SPACES else ord("x") for c in range(256))
_QUICK_PASSES = 3
_GAPS = (b"", b" ", b"\n")
_BREAKS = bytes(10 if c in b"\n\r" else 32 if c in SPACES else ord("x") for c in range(256))


class NormalForm(Protocol):
    """The normal form of one stream, as it is read."""

    @property
    def state(self) -> object:
        """Comparable with that of another stream."""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk adds to the normal form, in pieces; exhaust it before the next call."""

    def skip(self, chunk: bytes) -> None:
        """Change the state as ``feed`` does."""


class Verbatim:
    """The bytes themselves, in lower case if ``fold``."""

    state = None

    def __init__(self, *, fold: bool = False) -> None:
        self._table = _LOWER if fold else None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        yield chunk if self._table is None else chunk.translate(self._table)

    def skip(self, chunk: bytes) -> None:
        pass


class SpacedTokens:
    """Tokens with one space between them, in lower case if ``fold``."""

    def __init__(self, *, fold: bool = False) -> None:
        self._table = _SPACED_LOWER if fold else _SPACED
        self._started = False
        self._space = False

    @property
    def state(self) -> object:
        return self._started, self._space

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        text = _single_spaces(chunk.translate(self._table))
        if text[:1] == b" ":
            self._space = self._started
            text = text[1:]
        if not text:
            return
        if self._space:
            yield b" "
        self._started = True
        self._space = text[-1:] == b" "
        yield text[:-1] if self._space else text

    def skip(self, chunk: bytes) -> None:
        if chunk[-1:] not in (b"", *_SPACE_LIST):
            self._started, self._space = True, False
        elif chunk and not chunk.isspace():
            self._started = self._space = True
        elif chunk:
            self._space = self._started


class SpaceSkeleton:
    """White space as it is, each token as one letter."""

    def __init__(self) -> None:
        self._in_token = False

    @property
    def state(self) -> object:
        return self._in_token

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        text = chunk.translate(_SKELETON)
        while b"xx" in text:
            text = text.replace(b"xx", b"x")
        if self._in_token and text[:1] == b"x":
            text = text[1:]
        self.skip(chunk)
        yield text

    def skip(self, chunk: bytes) -> None:
        if chunk:
            self._in_token = chunk[-1:] not in _SPACE_LIST


class LineSkeleton:
    """Each token as one letter; between two a line feed if there is a line end (LF or CR), else a space."""

    def __init__(self) -> None:
        self._started = False
        self._in_token = False
        self._gap = b""

    @property
    def state(self) -> object:
        return self._started, self._in_token, self._gap

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        text = _single_letters(chunk.translate(_BREAKS))
        gap = self._gap
        if text[:1] not in (b"", b"x"):
            gap, text = max(gap, text[:1], key=_GAPS.index), text[1:]
        following = text
        if text and self._in_token and not gap:
            following = text[1:]
        elif text and self._started:
            following = gap + text
        was_started = self._started
        self.skip(chunk)
        if following[-1:] not in (b"", b"x"):
            following = following[:-1]
        if following and (text or was_started):
            yield following

    def skip(self, chunk: bytes) -> None:
        spaces = chunk[len(chunk.rstrip(SPACES)) :]
        gap = b"\n" if b"\n" in spaces or b"\r" in spaces else b" " if spaces else b""
        if len(spaces) < len(chunk):
            self._started, self._in_token, self._gap = True, not spaces, gap
        elif chunk and self._started:
            self._in_token, self._gap = False, max(self._gap, gap, key=_GAPS.index)


class TrimmedLines:
    """Lines without the white space at their ends, and without the empty lines at the end.

    White space is held back until it is known what follows. Of a run of blanks longer than 256 KiB only its hash is
    kept, and stands for it.
    """

    def __init__(self, *, fold: bool = False) -> None:
        self._table = _LOWER if fold else None
        self._newlines = 0
        self._run = b""
        self._long_run = hashlib.sha256()
        self._long_size = 0

    @property
    def state(self) -> object:
        return self._newlines, self._run, self._long_size, self._long_run.digest() if self._long_size else b""

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        if self._table is not None:
            chunk = chunk.translate(self._table)
        text = _trim_line_ends(self._joined(chunk))
        kept = text.rstrip(SPACES)
        if not kept:
            self._hold(text)
            return
        while self._newlines:
            step = min(self._newlines, _LONGEST_RUN)
            self._newlines -= step
            yield b"\n" * step
        if self._long_size:
            if kept[:1] != b"\n":
                yield b"<%d blanks %b>" % (self._long_size, self._long_run.hexdigest().encode())
            self._forget_long_run()
        self._run = b""
        yield kept
        self._hold(text[len(kept) :])

    def skip(self, chunk: bytes) -> None:
        rest = chunk[len(chunk.rstrip(SPACES)) :]
        if len(rest) == len(chunk):
            for _ in self.feed(chunk):
                pass
            return
        self._newlines, self._run = 0, b""
        self._forget_long_run()
        self._hold(rest)

    def _joined(self, chunk: bytes) -> bytes:
        """The chunk after what is held of its line; a run that goes on for too long is hashed."""
        blanks = len(chunk) - len(chunk.lstrip(_BLANKS))
        if self._long_size or len(self._run) + blanks > _LONGEST_RUN:
            for part in (self._run, chunk[:blanks]):
                self._long_run.update(part)
                self._long_size += len(part)
            self._run = b""
            return chunk[blanks:]
        return self._run + chunk

    def _hold(self, spaces: bytes) -> None:
        before, newline, run = spaces.rpartition(b"\n")
        if newline:
            self._newlines += before.count(b"\n") + 1
            self._forget_long_run()
        self._run = run

    def _forget_long_run(self) -> None:
        if self._long_size:
            self._long_run = hashlib.sha256()
            self._long_size = 0


_SPACE_LIST = tuple(bytes([c]) for c in SPACES)


def _single_spaces(text: bytes) -> bytes:
    if b"  " not in text:
        return text
    first, last = text[:1] == b" ", text[-1:] == b" "
    return b" " * first + b" ".join(text.split()) + b" " * (last and not text.isspace())


def _single_letters(text: bytes) -> bytes:
    """Tokens, and what is between them, each as one letter."""
    for twice, once in ((b"xx", b"x"), (b"  ", b" ")):
        while twice in text:
            text = text.replace(twice, once)
    text = text.replace(b" \n", b"\n").replace(b"\n ", b"\n")
    while b"\n\n" in text:
        text = text.replace(b"\n\n", b"\n")
    return text


def _trim_line_ends(text: bytes) -> bytes:
    """Without the blanks before line ends; what follows the last line end stays."""
    for _ in range(_QUICK_PASSES):
        blank = text.translate(_BLANKS_AS_SPACE).find(b" \n")
        if blank < 0:
            return text
        text = text.replace(text[blank : blank + 2], b"\n")
    *lines, last = text.split(b"\n")
    return b"\n".join([*(line.rstrip(_BLANKS) for line in lines), last])
