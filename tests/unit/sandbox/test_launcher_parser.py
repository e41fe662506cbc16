"""The launcher's parser of requests, compiled with sanitizers and given what no worker of ours would send."""

import random
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infrastructure.sandbox import protocol
from infrastructure.sandbox.build import SOURCES

NUMBERS = (10**9, 10**9, 3 * 10**9, 1 << 26, 1 << 20, 1 << 20, 1 << 23, 0, 1 << 20, 16, 64, 0, 2, 1, 1, 0)
STRINGS = protocol.pack_strings(("/bin/sh", "-c", "PATH=/bin", "*.class"))
CONFIG = protocol.pack_config(
    uid=64000,
    cpu=1,
    cgroup=1,
    level=protocol.LEVEL_LANDLOCK,
    name="1-2-0",
    hostname="proba",
    memory_parent="/sys/m",
    pids_parent="",
    cpu_parent="",
    scratch="/dev/shm/x",
    binds=("/opt/x",),
)


def run(strings: bytes = STRINGS, stdin: bytes = b"", **changes: Any) -> bytes:
    numbers = list(NUMBERS)
    for name, value in changes.items():
        numbers[int(name[1:])] = value
    return protocol.pack_run(tuple(numbers), strings, stdin)


def passing(*numbers: int) -> bytes:
    return protocol.pack_run(NUMBERS, STRINGS, b"", numbers)


def changed(index: int, value: int) -> bytes:
    changes: dict[str, Any] = {f"n{index}": value}
    return run(**changes)


def file(name: str = "a/b.c", data: bytes | None = b"text", size: int | None = None) -> bytes:
    return protocol.pack_file(name, 0o644, len(data or b"") if size is None else size, data)


GOOD = {
    CONFIG: "11000",
    protocol.pack_load(3): "10100",
    run(): "10010",
    run(stdin=b"abc", n7=3, n11=protocol.RUN_STDIN_INLINE): "10010",
    run(n7=1 << 40, n11=protocol.RUN_STDIN_DESCRIPTOR): "10010",
    **{passing(*numbers): "10010" for numbers in ((0,), (1,), (3,), (0, 1), (1, 3, 4), (0, 1, *range(3, 17)))},
    file(): "10001",
    file(data=None, size=1 << 40): "10001",
    protocol.KILL_MESSAGE: "10000",
}
BAD = [
    b"",
    b"PROB",
    *(changed(i, 0) for i in (0, 1, 2, 3, 4, 5, 6, 9, 10, 12)),
    *(changed(i, 1 << 63) for i in range(9) if i != 7),
    run(n12=1025),
    run(n14=65),
    run(n15=5000),
    run(n13=2),
    run(stdin=b"abc", n7=4, n11=protocol.RUN_STDIN_INLINE),
    run(stdin=b"abc"),
    run(stdin=b"abc", n7=3, n11=protocol.RUN_STDIN_INLINE | protocol.RUN_STDIN_DESCRIPTOR),
    run(strings=protocol.pack_strings(("sh", "-c", "A=1", "*"))),
    *(file(name) for name in ("", "/a", "a//b", "../a", "a/..", ".", "a/./b", "a/", "x" * 256, "a/" * 600 + "a")),
    *(passing(*numbers) for numbers in ((2,), (4,), (1, 0), (0, 0), (3, 0), (0, 4), (3, 5), (3, 3), range(17))),
    passing(*(0, 1, *range(3, 18))),
    run(stdin=b"abc", n7=3, n11=protocol.RUN_STDIN_INLINE).replace(b"\0/bin/sh", b"\1\0/bin/sh"),
    file(size=5),
    protocol.pack_load(5000),
    protocol.pack_load(1) + b"x",
    CONFIG.replace(b"1-2-0", b"1/2-0"),
    CONFIG.replace(b"/opt/x", b"opt//x"),
    b"\0" + CONFIG[1:],
]


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("sanitizers come with gcc or clang")
    program = tmp_path_factory.mktemp("driver") / "driver"
    flags = ("-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", f"-I{SOURCES}")
    sources = (Path(__file__).with_name("parser_driver.c"), SOURCES / "protocol.c")
    subprocess.run([compiler, *flags, "-o", str(program), *map(str, sources)], check=True)
    return program


def parse(driver: Path, messages: list[bytes]) -> list[str]:
    data = b"".join(struct.pack("<I", len(m)) + m for m in messages)
    done = subprocess.run([str(driver)], input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    verdicts = done.stdout.decode().splitlines()
    assert len(verdicts) == len(messages)
    return verdicts


def test_what_the_client_packs_is_understood(driver: Path) -> None:
    assert parse(driver, list(GOOD)) == list(GOOD.values())


def test_what_is_wrong_is_refused(driver: Path) -> None:
    for message, verdict in zip(BAD, parse(driver, BAD), strict=True):
        assert verdict[1:] == "0000", message


def test_every_message_is_refused_when_it_is_cut_or_extended(driver: Path) -> None:
    messages = [m[:i] for m in GOOD for i in range(len(m))] + [m + b"\0" for m in GOOD]
    assert {verdict[1:] for verdict in parse(driver, messages)} == {"0000"}


def test_nothing_that_is_changed_at_random_is_read_beyond_its_end(driver: Path) -> None:
    chance = random.Random(2)
    messages = []
    for _ in range(20_000):
        message = bytearray(chance.choice(list(GOOD)))
        for _ in range(chance.randint(1, 6)):
            message[chance.randrange(8 if chance.random() < 0.9 else 0, len(message) + 1) - 1] = chance.choice(
                (0, 1, 0x2F, 0x2E, 0x7F, 0xFF, chance.randrange(256))
            )
        messages.append(bytes(message[: chance.randint(0, len(message))] if chance.random() < 0.2 else message))
    parse(driver, messages)
