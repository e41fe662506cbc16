"""What the fuzzers start from: messages of every kind and edge size as the worker packs them, and conversations."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from infrastructure.sandbox import protocol

NUMBERS = (10**9, 10**9, 3 * 10**9, 1 << 26, 1 << 20, 1 << 20, 1 << 23, 0, 1 << 20, 16, 64, 0, 2, 1, 1, 0)
STDIN_SIZE, FLAGS, ARGUMENTS, ENVIRONMENT, COLLECT, FILES = 7, 11, 12, 13, 14, 15
STRINGS = protocol.pack_strings(("/bin/sh", "-c", "PATH=/bin", "*.class"))
LONG_NAME = "/".join(["d" * 255] * 3) + "/" + "n" * 254
"""With its NUL as long as a name may be."""


def _config(level: int, cgroup: int, binds: int, scratch: str = "") -> bytes:
    return protocol.pack_config(
        uid=64_000,
        cpu=None if cgroup == 0 else 1,
        cgroup=cgroup,
        level=level,
        name="n" * 63 if binds else "1-2-0",
        hostname="proba",
        memory_parent="/sys/fs/cgroup/memory",
        pids_parent="",
        cpu_parent="/c" * 40,
        scratch=scratch,
        binds=tuple(f"/opt/{i}" for i in range(binds)),
    )


def _run(strings: bytes = STRINGS, stdin: bytes = b"", **changes: int) -> bytes:
    numbers = list(NUMBERS)
    for name, value in changes.items():
        numbers[globals()[name]] = value
    return protocol.pack_run(tuple(numbers), strings, stdin)


def messages() -> Iterator[bytes]:
    """One of each kind, then those at the edges of what is allowed, then just beyond."""
    yield _config(protocol.LEVEL_NAMESPACES, 2, 0)
    yield _config(protocol.LEVEL_NAMESPACES, 1, 64)
    yield _config(protocol.LEVEL_NAMESPACES, 1, 65)
    yield _config(protocol.LEVEL_LANDLOCK, 0, 1, "/dev/shm/x")
    yield _config(protocol.LEVEL_LANDLOCK, 0, 2, "/" + "s" * 255)
    yield from map(protocol.pack_load, (0, 1, protocol.FILES_MAX, protocol.FILES_MAX + 1))
    yield _run()
    yield _run(STDIN_SIZE=3, FLAGS=protocol.RUN_STDIN_INLINE, stdin=b"abc")
    yield _run(STDIN_SIZE=4096, FLAGS=protocol.RUN_STDIN_INLINE, stdin=b"\0" * 4096)
    yield _run(STDIN_SIZE=1 << 40, FLAGS=protocol.RUN_STDIN_DESCRIPTOR | protocol.RUN_LIMIT_ADDRESS_SPACE)
    for passed in ((0,), (0, 1, 3, 4), (3, 5), (1, 0), tuple(range(3, 19)), tuple(range(3, 20))):
        yield protocol.pack_run(NUMBERS, STRINGS, b"", passed)
    for most in (1024, 1025):
        strings = protocol.pack_strings(["/x", *["a"] * (most - 1), *["A=1"] * most])
        yield _run(strings, ARGUMENTS=most, ENVIRONMENT=most, COLLECT=0)
    yield _run(protocol.pack_strings(["/x", *["*"] * 64]), ARGUMENTS=1, ENVIRONMENT=0, COLLECT=64)
    yield _run(FILES=protocol.FILES_MAX)
    for passed in ((0, 1), (1, 3, 4), tuple(range(3, 19)), (0, 4), tuple(range(3, 20))):
        yield protocol.pack_run(NUMBERS, STRINGS, b"", passed)
    for name in ("a", "a/b.c", "a/../b", "./a", "a//b", "/a", "", LONG_NAME, LONG_NAME + "n"):
        yield protocol.pack_file(name, 0o755, 4, b"text")
    yield protocol.pack_file("empty", 0, 0, b"")
    yield protocol.pack_file("large", 0o600, 1 << 40, None)
    yield protocol.KILL_MESSAGE


def conversations() -> Iterator[bytes]:
    """As ``sequences.c`` reads them."""
    config = _config(protocol.LEVEL_NAMESPACES, 1, 1)
    files = [(protocol.pack_file(name, 0o644, 4, b"text"), 0) for name in ("a", "b/c", "b/d/e", "a")]
    descriptor = protocol.pack_file("d/e", 0o755, 100, None)
    yield _conversation((config, 0), (protocol.pack_load(3), 0), *files[:3], (_run(), 0), (protocol.KILL_MESSAGE, 0))
    yield _conversation((config, 0), (protocol.pack_load(4), 0), *files)
    for along in (0, 1, 2, 4, 5, 0x81):  # none, as it should be, too many, more than there is room for, too short
        yield _conversation((config, 0), (_run(FILES=2), 1), (descriptor, along), files[0])
    yield _conversation((protocol.pack_load(2), 0), *files[:1])
    for message in messages():
        if len(message) < 1000:
            yield _conversation((config, 0), (message, 0), (message, 1))


def _conversation(*parts: tuple[bytes, int]) -> bytes:
    return b"".join(len(message).to_bytes(2, "little") + bytes([along]) + message for message, along in parts)


def write(directory: Path, contents: Iterator[bytes]) -> None:
    """One file each, named as libFuzzer does."""
    directory.mkdir(parents=True, exist_ok=True)
    for content in contents:
        (directory / hashlib.sha1(content, usedforsecurity=False).hexdigest()).write_bytes(content)
