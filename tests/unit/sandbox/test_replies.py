"""What the launcher says is read without trust: anything but a well-formed reply is a ProtocolError, never another."""

import contextlib
import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infrastructure.sandbox import protocol

HEADER = struct.pack("<IBBH", protocol.MAGIC, protocol.VERSION, protocol.RESULT, 0)
RESULT = struct.Struct("<B4B3xii6Q4I")
READERS = (
    protocol.message_type,
    protocol.unpack_result,
    protocol.unpack_artefact,
    protocol.unpack_failed,
    protocol.unpack_ready,
)


def result(
    ending: int = 1, limits: tuple[int, ...] = (0, 0, 0, 0), out: int = 3, err: int = 2, streams: int = 5
) -> bytes:
    return HEADER + RESULT.pack(ending, *limits, 0, 0, 1, 2, 3, 4, 5, 6, out, err, 0, 0) + b"x" * streams


def mutated(message: bytes) -> st.SearchStrategy[bytes]:
    byte = st.tuples(st.integers(0, len(message) - 1), st.integers(0, 255))

    def change(changes: list[tuple[int, int]], cut: int) -> bytes:
        changed = bytearray(message)
        for at, value in changes:
            changed[at] = value
        return bytes(changed[:cut])

    return st.builds(change, st.lists(byte, max_size=6), st.integers(0, len(message)))


@given(st.binary(max_size=200) | st.binary(max_size=200).map(HEADER.__add__) | mutated(result()))
@settings(max_examples=2000, deadline=None)
@example(result(ending=5))
@example(result(ending=255))
@example(result(limits=(5, 0, 0, 0)))
@example(result(limits=(1, 255, 0, 0)))
@example(HEADER + b"\xff\xff\xff\xff" + b"\1a\0b\0")
def test_any_bytes_are_a_reply_or_a_protocol_error(message: bytes) -> None:
    for read in READERS:
        with contextlib.suppress(protocol.ProtocolError):
            read(message)


@pytest.mark.parametrize("wrong", [result(ending=0), result(ending=5), result(limits=(5, 0, 0, 0)), result(streams=4)])
def test_a_result_that_makes_no_sense_is_refused(wrong: bytes) -> None:
    assert protocol.unpack_result(result()).stdout == b"xxx"
    with pytest.raises(protocol.ProtocolError):
        protocol.unpack_result(wrong)
