"""The fast comparison against one that a child could write, over chunks so small that every boundary is met."""

import math
import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.contents import BytesContent
from domain.problems.entities import CheckerSpec
from domain.problems.enums import CheckerType
from infrastructure.checkers import float_comparison, normal_forms, orderless, positions, streams
from infrastructure.checkers.comparison import Comparison
from infrastructure.checkers.orderless import OrderlessComparison

SPACES = b" \t\n\r\v\f"
ALPHABET = st.sampled_from(
    [b"a", b"A", b"7", b"1.5", b"1.50", b"-", b"e3", b" ", b"  ", b"\n", b"\r\n", b"\t \n", b"\xff"]
)
TEXTS = st.lists(ALPHABET, max_size=30).map(b"".join)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """Mostly alike: an answer, and an output that is the answer with a few changes."""
    answer = draw(TEXTS)
    output = answer
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(output)))
        cut = draw(st.integers(0, 3))
        output = output[:at] + draw(st.one_of(st.just(b""), ALPHABET)) + output[at + cut :]
    return output, answer


SPECS = [
    CheckerSpec(type=kind, case_sensitive=case, space_sensitive=space, absolute=absolute)
    for kind, absolute in ((CheckerType.TOKENS, None), (CheckerType.FLOAT, 0.25))
    for case in (True, False)
    for space in (True, False)
] + [
    CheckerSpec(type=CheckerType.EXACT),
    CheckerSpec(type=CheckerType.LINES),
    CheckerSpec(line_sensitive=True),
    CheckerSpec(type=CheckerType.FLOAT, absolute=0.25, line_sensitive=True),
]


def is_right(spec: CheckerSpec, output: bytes, answer: bytes) -> bool:
    if spec.type is CheckerType.EXACT:
        return output == answer
    if spec.type is CheckerType.LINES:
        return trimmed(output) == trimmed(answer)
    ours, right = output.split(), answer.split()
    if len(ours) != len(right) or not all(same(spec, x, y) for x, y in zip(ours, right, strict=True)):
        return False
    if spec.line_sensitive and breaks(output) != breaks(answer):
        return False
    return not spec.space_sensitive or skeleton(output) == skeleton(answer)


def trimmed(text: bytes) -> list[bytes]:
    lines = [line.rstrip(SPACES) for line in text.split(b"\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def skeleton(text: bytes) -> bytes:
    return re.sub(rb"[^ \t\n\r\v\f]+", b"x", text)


def breaks(text: bytes) -> list[bool]:
    """Whether there is a line end between each two tokens."""
    return [b"\n" in gap or b"\r" in gap for gap in re.findall(rb"[ \t\n\r\v\f]+", text.strip(SPACES))]


def same(spec: CheckerSpec, ours: bytes, right: bytes) -> bool:
    if not spec.case_sensitive:
        ours, right = ours.lower(), right.lower()
    if ours == right:
        return True
    if spec.type is not CheckerType.FLOAT or b"_" in ours + right:
        return False
    try:
        return math.isclose(float(ours), float(right), rel_tol=0.0, abs_tol=spec.absolute or 0.0)
    except ValueError:
        return False


@pytest.fixture(params=[1, 3, 64])
def chunk_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    size: int = request.param
    for module in (normal_forms, positions, streams):
        monkeypatch.setattr(module, "CHUNK_SIZE", size)
    monkeypatch.setattr(normal_forms, "_LONGEST_RUN", size)
    monkeypatch.setattr(float_comparison, "CHUNK_SIZE", max(size, 64))  # here it is also the longest token
    return size


@pytest.mark.parametrize("spec", SPECS, ids=repr)
def test_same_verdict_as_the_reference(spec: CheckerSpec, chunk_size: int) -> None:
    @settings(max_examples=40, deadline=None, database=None)
    @given(pairs())
    def check(pair: tuple[bytes, bytes]) -> None:
        output, answer = pair
        wrong = Comparison(spec, BytesContent(output), BytesContent(answer))()
        assert (wrong is None) == is_right(spec, output, answer), wrong

    check()


ORDERLESS = [
    CheckerSpec(type=CheckerType.SORTED),
    CheckerSpec(type=CheckerType.SORTED, line_sensitive=True),
    CheckerSpec(type=CheckerType.LETTERS),
    CheckerSpec(type=CheckerType.LINE_COUNT),
]


def share(spec: CheckerSpec, output: bytes, answer: bytes) -> float:
    if spec.type is CheckerType.LETTERS:
        return float(sorted(b"".join(output.lower().split())) == sorted(b"".join(answer.lower().split())))
    if spec.type is CheckerType.SORTED and not spec.line_sensitive:
        return float(sorted(output.split()) == sorted(answer.split()))
    ours, right = ([line for line in re.split(b"[\r\n]", text) if line] for text in (output, answer))
    if spec.type is CheckerType.SORTED:
        mine, wanted = (sorted(line.split() for line in lines if line.split()) for lines in (ours, right))
        return float(mine == wanted)
    if len(ours) > len(right):
        return 0.0
    equal = sum(x.strip() == y.strip() for x, y in zip(ours, right, strict=False))
    return equal / len(right) if right else 1.0


@pytest.mark.parametrize("spec", ORDERLESS, ids=repr)
def test_same_share_as_the_reference(spec: CheckerSpec, chunk_size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orderless, "CHUNK_SIZE", chunk_size)

    @settings(max_examples=60, deadline=None, database=None)
    @given(pairs(), st.randoms(use_true_random=False))
    def check(pair: tuple[bytes, bytes], shuffle: Random) -> None:
        output, answer = pair
        lines = output.splitlines(keepends=True)
        shuffle.shuffle(lines)
        for text in (output, b"".join(lines)):
            result = OrderlessComparison(spec, BytesContent(text), BytesContent(answer))()
            assert result.share == pytest.approx(share(spec, text, answer)), result

    check()


def test_the_place_is_that_of_the_first_wrong_token(chunk_size: int) -> None:
    @settings(max_examples=100, deadline=None, database=None)
    @given(pairs())
    def check(pair: tuple[bytes, bytes]) -> None:
        output, answer = pair
        wrong = Comparison(CheckerSpec(), BytesContent(output), BytesContent(answer))()
        ours, right = output.split(), answer.split()
        first = next(
            (i for i, (x, y) in enumerate(zip(ours, right, strict=False)) if x != y), min(len(ours), len(right))
        )
        if wrong is None:
            return
        assert wrong.startswith(f"token {first + 1}")
        if first < len(ours):
            places = [m.start() for m in re.finditer(rb"[^ \t\n\r\v\f]+", output)]
            line = output.count(b"\n", 0, places[first]) + 1
            assert f"(line {line})" in wrong

    check()
