import struct

import pytest

from domain.runs.enums import Ending, Limit
from infrastructure.sandbox import protocol
from infrastructure.sandbox.protocol import ProtocolError

HEADER = struct.pack("<IBBH", protocol.MAGIC, protocol.VERSION, protocol.RESULT, 0)


def result(**changes: int) -> bytes:
    fields = {"ending": 1, "l0": 0, "l1": 0, "code": 3, "signal": 0, "out": 2, "err": 1, "flags": 0} | changes
    return (
        HEADER
        + struct.pack("<B4B3xii", fields["ending"], fields["l0"], fields["l1"], 0, 0, fields["code"], fields["signal"])
        + struct.pack("<6Q", 1_000, 2_000, 4096, 2, 1, 77)
        + struct.pack("<4I", fields["out"], fields["err"], fields["flags"], 0)
        + b"oue"
    )


def test_a_result_is_read_back() -> None:
    found = protocol.unpack_result(result(ending=3, l0=4, l1=2))
    assert (found.ending, found.limits) == (Ending.KILLED, (Limit.MEMORY, Limit.CPU_TIME))
    assert (found.exit_code, found.cpu_ns, found.wall_ns, found.memory) == (3, 1_000, 2_000, 4096)
    assert (found.stdout, found.stderr, found.ended_ns) == (b"ou", b"e", 77)


@pytest.mark.parametrize("bad", [HEADER, result(out=3), result(ending=0), result()[:-1], result() + b"x"])
def test_a_result_that_does_not_add_up_is_refused(bad: bytes) -> None:
    with pytest.raises(ProtocolError):
        protocol.unpack_result(bad)


@pytest.mark.parametrize(
    "bad", [b"", b"PROB", struct.pack("<IBBH", 1, 1, 1, 0), struct.pack("<IBBH", protocol.MAGIC, 9, 1, 0)]
)
def test_another_protocol_is_refused(bad: bytes) -> None:
    with pytest.raises(ProtocolError):
        protocol.message_type(bad)


def test_what_does_not_fit_is_refused_before_it_is_sent() -> None:
    with pytest.raises(ProtocolError, match="NUL"):
        protocol.pack_strings(("fine", "a\0b"))
    with pytest.raises(ProtocolError, match="bytes"):
        protocol.pack_run((0,) * 16, b"x" * protocol.MESSAGE_MAX, b"")
    with pytest.raises(ProtocolError):
        protocol.pack_run((-1,) * 16, b"", b"")


def test_names_that_are_not_utf8_survive() -> None:
    message = HEADER + struct.pack("<IQ", 0o755, 5) + b"caf\xe9\0"
    artefact = protocol.unpack_artefact(message)
    assert artefact.name.encode(errors="surrogateescape") == b"caf\xe9"
    assert protocol.pack_file(artefact.name, 0, 0, b"").endswith(b"caf\xe9\0")


def test_layers_and_failures_are_read_back() -> None:
    ready = HEADER + struct.pack("<I", 2) + b"\1seccomp\0\0" + b"\0cgroup\0why not\0"
    assert [(layer.name, layer.on, layer.why) for layer in protocol.unpack_ready(ready)] == [
        ("seccomp", True, ""),
        ("cgroup", False, "why not"),
    ]
    with pytest.raises(ProtocolError):
        protocol.unpack_ready(ready[:-20])
    failed = protocol.unpack_failed(HEADER + struct.pack("<i", 13) + b"layout: bind\0/usr\0")
    assert (failed.error, failed.step, failed.detail) == (13, "layout: bind", "/usr")
