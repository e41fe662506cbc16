from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from typing import BinaryIO

from infrastructure.checkers.normal_forms import CHUNK_SIZE, NormalForm


class Stopped(Exception):
    """Nobody wants the result any more."""


class NormalStream:
    """One content, read as its normal form; what is taken is gone."""

    def __init__(self, file: BinaryIO, form: NormalForm, stop: Event) -> None:
        self._file = file
        self._form = form
        self._stop = stop
        self._pieces: Iterator[bytes] = iter(())
        self._ended = False
        self.piece = b""
        """Normal form that is read but not taken."""

    @property
    def state(self) -> object:
        """That of the normal form."""
        return self._form.state

    def read_raw(self) -> bytes:
        """The next chunk as it is. Raises Stopped."""
        if self._stop.is_set():
            raise Stopped
        return self._file.read(CHUNK_SIZE)

    def feed(self, chunk: bytes) -> None:
        """Make pieces of a chunk that was read; only when ``piece`` and its followers are used up."""
        self._pieces = self._form.feed(chunk)
        self._ended = not chunk

    def skip(self, chunk: bytes) -> None:
        """Pass over a chunk that the other stream has, too."""
        self._form.skip(chunk)

    def fill(self, size: int = 1) -> bool:
        """Whether ``piece`` has at least ``size`` bytes, reading as far as needed."""
        while len(self.piece) < size:
            following = next(self._pieces, None)
            if following is not None:
                self.piece += following
            elif self._ended:
                return False
            else:
                self.feed(self.read_raw())
        return True

    def settle(self) -> None:
        """Put everything that is waiting into ``piece``."""
        self.piece += b"".join(self._pieces)

    def has_next(self) -> bool:
        """Whether something is waiting without reading further."""
        while not self.piece:
            following = next(self._pieces, None)
            if following is None:
                return False
            self.piece = following
        return True


@dataclass(slots=True)
class StreamPair:
    """An output and its answer."""

    output: NormalStream
    answer: NormalStream

    def skip_equal(self) -> None:
        """Pass over chunks that are equal as they are: no more than reading and comparing memory."""
        output, answer = self.output, self.answer
        while not (output.has_next() or answer.has_next()) and output.state == answer.state:
            ours, right = output.read_raw(), answer.read_raw()
            if ours != right or not ours:
                output.feed(ours)
                answer.feed(right)
                return
            output.skip(ours)
            answer.skip(right)
