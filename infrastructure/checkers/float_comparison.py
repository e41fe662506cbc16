from infrastructure.checkers.differences import Difference
from infrastructure.checkers.normal_forms import CHUNK_SIZE, SPACES
from infrastructure.checkers.numbers import Tolerance
from infrastructure.checkers.streams import NormalStream, StreamPair


class TokenTooLong(Exception):
    """A token has more than CHUNK_SIZE bytes: more than numbers and words may have where they are told apart."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


class FloatComparison:
    """Compares two streams in the normal form of single spaces, token by token within a tolerance."""

    def __init__(self, pair: StreamPair, tolerance: Tolerance, *, count: bool) -> None:
        """``count``: the index of a difference is wanted; without it equal chunks are passed over uncounted."""
        self._pair = pair
        self._tolerance = tolerance
        self._count = count
        self._taken = 0
        self._ours: list[bytes] = []
        self._right: list[bytes] = []

    def find_difference(self) -> Difference | None:
        """The first token outside the tolerance. Raises TokenTooLong."""
        while True:
            if not (self._count or self._ours or self._right):
                self._skip_equal()
            self._ours = self._ours or self._tokens(self._pair.output)
            self._right = self._right or self._tokens(self._pair.answer)
            length = min(len(self._ours), len(self._right))
            if length == 0:
                return self._one_ended()
            ours, right = self._ours[:length], self._right[:length]
            wrong = None if ours == right else self._tolerance.first_wrong(ours, right)
            if wrong is not None:
                return Difference(0, self._taken + wrong + 1, right[wrong], ours[wrong])
            self._taken += length
            del self._ours[:length], self._right[:length]

    def _one_ended(self) -> Difference | None:
        if not (self._ours or self._right):
            return None
        got = self._ours[0] if self._ours else None
        return Difference(0, self._taken + 1, self._right[0] if self._right else None, got)

    def _tokens(self, stream: NormalStream) -> list[bytes]:
        """Whole tokens; none: the stream has ended."""
        if not stream.fill(CHUNK_SIZE + 1):
            tokens, stream.piece = stream.piece.split(), b""
            return tokens
        whole, _, stream.piece = stream.piece.rpartition(b" ")
        tokens = whole.split()
        if not tokens:
            raise TokenTooLong(self._taken + 1)
        return tokens

    def _skip_equal(self) -> None:
        """Pass over chunks that are equal as they are, but keep the token in which they end."""
        output, answer = self._pair.output, self._pair.answer
        output.settle()
        answer.settle()
        head = output.piece
        if head != answer.piece or output.state != answer.state:
            return
        while True:
            ours, right = output.read_raw(), answer.read_raw()
            if ours != right or not ours:
                break
            output.skip(ours)
            answer.skip(right)
            head = _last_token(head + ours)[:CHUNK_SIZE]
        for stream, chunk in ((output, ours), (answer, right)):
            stream.feed(chunk)
            stream.piece = head


def _last_token(text: bytes) -> bytes:
    """What follows the last white space."""
    return text[max(text.rfind(bytes([space])) for space in SPACES) + 1 :]
