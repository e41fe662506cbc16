"""Line numbers, counted only when there is something to say about them."""

from application.sandbox import Content
from infrastructure.checkers.normal_forms import CHUNK_SIZE, SPACES

_MARKED = bytes(c if c in SPACES else ord("x") for c in range(256)).translate(
    bytes.maketrans(SPACES, b" " * len(SPACES))
)


def line_of_byte(content: Content, offset: int) -> int:
    """The line, from 1, in which byte ``offset`` (from 0) lies."""
    line = 1
    with content.open() as file:
        while offset > 0 and (chunk := file.read(min(offset, CHUNK_SIZE))):
            line += chunk.count(b"\n")
            offset -= len(chunk)
    return line


def line_of_token(content: Content, index: int) -> int:
    """The line, from 1, in which token ``index`` (from 1) begins."""
    line, seen, inside = 1, 0, False
    with content.open() as file:
        while chunk := file.read(CHUNK_SIZE):
            marked = (b"x" if inside else b" ") + chunk.translate(_MARKED)
            beginning = marked.count(b" x")
            if seen + beginning >= index:
                place = -1
                for _ in range(index - seen):
                    place = marked.index(b" x", place + 1)
                return line + chunk.count(b"\n", 0, place)
            seen += beginning
            line += chunk.count(b"\n")
            inside = marked[-1:] == b"x"
    return line
