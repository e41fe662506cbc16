"""The launcher's protocol, the peer of ``launcher/protocol.h``: pure functions over bytes."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from domain.runs.enums import Ending, Limit

MAGIC = 0x424F5250
VERSION = 2
MESSAGE_MAX = 160 * 1024
INLINE_DATA_MAX = 64 * 1024
ARGUMENTS_MAX = 1024
COLLECT_MAX = 64
PASSED_MAX = 16
LEVEL_NAMESPACES, LEVEL_LANDLOCK = 1, 2
FILES_MAX = 4096

CONFIG, LOAD, RUN, FILE, KILL = range(1, 6)
READY, FAILED, LOADED, ARTEFACT, RESULT = range(101, 106)

RUN_LIMIT_ADDRESS_SPACE, RUN_STDIN_DESCRIPTOR, RUN_STDIN_INLINE, RUN_COLLECT_ALWAYS = 1, 2, 4, 8
STDOUT_DESCRIPTOR, STDERR_DESCRIPTOR, COLLECT_OVERFLOW = 1, 2, 4

LIMITS = (None, Limit.OUTPUT, Limit.CPU_TIME, Limit.WALL_TIME, Limit.MEMORY)
ENDINGS = (None, Ending.EXITED, Ending.SIGNALED, Ending.KILLED, Ending.CANCELLED)

_HEADER = struct.Struct("<IBBH")
_CONFIG = struct.Struct("<IIiBBH")
_RUN = struct.Struct("<9Q3I4H")
_FILE = struct.Struct("<IQB")
_RESULT = struct.Struct("<B4B3xii6Q4I")
_ARTEFACT = struct.Struct("<IQ")

_HEADERS = {kind: _HEADER.pack(MAGIC, VERSION, kind, 0) for kind in (CONFIG, LOAD, RUN, FILE, KILL)}
KILL_MESSAGE = _HEADERS[KILL]


class ProtocolError(Exception):
    """A message that is not what the two sides agreed on, or does not fit one."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the isolation, as the launcher found it."""

    name: str
    on: bool
    why: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A step of the launcher's own failed; it has ended."""

    error: int
    step: str
    detail: str


@dataclass(frozen=True, slots=True)
class Artefact:
    """Comes with a descriptor."""

    mode: int
    size: int
    name: str


@dataclass(frozen=True, slots=True)
class Result:
    """``flags`` tell which streams come as descriptors; then the inline bytes are only their heads. ``ended_ns``: when,
    by CLOCK_MONOTONIC.
    """

    ending: Ending
    limits: tuple[Limit, ...]
    exit_code: int
    signal: int
    cpu_ns: int
    wall_ns: int
    memory: int
    stdout_size: int
    stderr_size: int
    ended_ns: int
    flags: int
    artefacts: int
    stdout: bytes
    stderr: bytes


def _string(text: str) -> bytes:
    data = text.encode(errors="surrogateescape")
    if b"\0" in data:
        raise ProtocolError(f"NUL in {text!r}")
    return data + b"\0"


def pack_strings(strings: Iterable[str]) -> bytes:
    """NUL-terminated, one behind the other. Raises ProtocolError for a NUL inside of one."""
    return b"".join(map(_string, strings))


def pack_config(
    *,
    uid: int,
    cpu: int | None,
    cgroup: int,
    level: int,
    name: str,
    hostname: str,
    memory_parent: str,
    pids_parent: str,
    cpu_parent: str,
    scratch: str,
    binds: tuple[str, ...],
) -> bytes:
    """How the slot is to be set up. ``scratch``: the directory that the launcher makes at the level of landlock."""
    fixed = _CONFIG.pack(uid, uid, -1 if cpu is None else cpu, cgroup, level, len(binds))
    strings = pack_strings((name, hostname, memory_parent, pids_parent, cpu_parent, scratch, *binds))
    return _bounded(_HEADERS[CONFIG] + fixed + strings)


def pack_load(count: int) -> bytes:
    """``count`` FILE messages follow."""
    return _HEADERS[LOAD] + struct.pack("<I", count)


def pack_file(name: str, mode: int, size: int, data: bytes | None) -> bytes:
    """``data`` None: a descriptor comes with it."""
    return _bounded(_HEADERS[FILE] + _FILE.pack(mode, size, data is None) + _string(name) + (data or b""))


def pack_run(numbers: tuple[int, ...], strings: bytes, stdin: bytes, passed: tuple[int, ...] = ()) -> bytes:
    """``numbers`` in the order of ``struct run_request``; ``strings`` from ``pack_strings``. ``passed``: the program's
    numbers of the descriptors that come with the message (after that of a stdin).

    Raises ProtocolError when a number does not fit or the message is too long.
    """
    try:
        return _bounded(b"".join((_HEADERS[RUN], _RUN.pack(*numbers), bytes((len(passed), *passed)), strings, stdin)))
    except (struct.error, ValueError) as error:
        raise ProtocolError(str(error)) from error


def _bounded(message: bytes) -> bytes:
    if len(message) > MESSAGE_MAX:
        raise ProtocolError(f"a message of {len(message)} bytes; {MESSAGE_MAX} are the most")
    return message


def message_type(message: bytes) -> int:
    """Raises ProtocolError for anything that is not a message of this version."""
    if len(message) < _HEADER.size:
        raise ProtocolError("a message without a header")
    magic, version, kind, flags = _HEADER.unpack_from(message)
    if magic != MAGIC or version != VERSION or flags:
        raise ProtocolError("a message of another protocol")
    return int(kind)


def unpack_result(message: bytes) -> Result:
    """Raises ProtocolError."""
    try:
        fields = _RESULT.unpack_from(message, 8)
    except struct.error as error:
        raise ProtocolError("a RESULT that is too short") from error
    ending, l0, l1, l2, l3, code, signal, cpu, wall, memory, out, err, ended, *rest = fields
    out_inline, err_inline, flags, artefacts = rest
    start = 8 + _RESULT.size
    middle = start + out_inline
    if middle + err_inline != len(message):
        raise ProtocolError("a RESULT whose streams have another size")
    try:
        limits = tuple([limit for n in (l0, l1, l2, l3) if (limit := LIMITS[n])]) if l0 else ()
        how = ENDINGS[ending]
    except IndexError as error:
        raise ProtocolError("a RESULT with an unknown limit or ending") from error
    if how is None:
        raise ProtocolError("a RESULT without an ending")
    stdout, stderr = message[start:middle], message[middle:]
    return Result(how, limits, code, signal, cpu, wall, memory, out, err, ended, flags, artefacts, stdout, stderr)


def unpack_artefact(message: bytes) -> Artefact:
    """Raises ProtocolError."""
    try:
        mode, size = _ARTEFACT.unpack_from(message, 8)
    except struct.error as error:
        raise ProtocolError("an ARTEFACT that is too short") from error
    name = message[8 + _ARTEFACT.size :].removesuffix(b"\0").decode(errors="surrogateescape")
    return Artefact(mode, size, name)


def unpack_failed(message: bytes) -> Failed:
    """Raises ProtocolError."""
    if len(message) < 12:
        raise ProtocolError("a FAILED that is too short")
    (error,) = struct.unpack_from("<i", message, 8)
    step, _, rest = message[12:].partition(b"\0")
    return Failed(error, step.decode(errors="replace"), rest.removesuffix(b"\0").decode(errors="replace"))


def unpack_ready(message: bytes) -> tuple[Layer, ...]:
    """Raises ProtocolError."""
    if len(message) < 12:
        raise ProtocolError("a READY that is too short")
    (count,) = struct.unpack_from("<I", message, 8)
    rest = message[12:]
    layers = []
    for _ in range(count):
        on, rest = rest[:1], rest[1:]
        name, _, rest = rest.partition(b"\0")
        why, _, rest = rest.partition(b"\0")
        if not on or not name:
            raise ProtocolError("a READY that is too short")
        layers.append(Layer(name.decode(errors="replace"), on != b"\0", why.decode(errors="replace")))
    return tuple(layers)
