import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest

from application.contents import BytesContent
from domain.runs.enums import Ending
from infrastructure.sandbox.contents import DescriptorContent
from tests.integration.sandbox.bench import MIB, Bench, read

CAT = ("/bin/cat",)
DIGEST = ("/usr/bin/md5sum",)


def file_content(path: Path, data: bytes) -> DescriptorContent:
    path.write_bytes(data)
    return DescriptorContent(os.open(path, os.O_RDONLY | os.O_CLOEXEC))


@pytest.mark.parametrize("size", [0, 1, 10, 64 * 1024, 64 * 1024 + 1, 300_000, 1 * MIB, 1 * MIB + 1, 5 * MIB])
@pytest.mark.parametrize("kind", ["bytes", "file"])
async def test_stdin(bench: Bench, tmp_path: Path, size: int, kind: str) -> None:
    data = os.urandom(size)
    content = BytesContent(data) if kind == "bytes" else file_content(tmp_path / "input", data)
    execution = await bench.run(DIGEST, content)
    content.close()
    assert execution.succeeded, execution
    assert execution.stdout_head.split()[0].decode() == hashlib.md5(data).hexdigest()


@pytest.mark.parametrize("size", [10, 5 * MIB])
async def test_stdin_can_be_opened_again_by_name(bench: Bench, size: int) -> None:
    data = os.urandom(size)
    execution = await bench.shell("md5sum /dev/stdin", data)
    assert execution.succeeded, execution
    assert execution.stdout_head.split()[0].decode() == hashlib.md5(data).hexdigest()


async def test_no_stdin_is_empty(bench: Bench) -> None:
    assert (await bench.run(("/usr/bin/wc", "-c"))).stdout_head.strip() == b"0"


@pytest.mark.parametrize("size", [100_000, 5 * MIB])
async def test_stdin_may_be_left_unread(bench: Bench, size: int) -> None:
    data = bytes(size)
    for script in ("exit 0", "exec <&-; sleep 0.05", "head -c 10 > /dev/null"):
        execution = await bench.shell(script, data)
        assert execution.succeeded, (script, execution)


async def test_stdin_is_no_file_of_the_host(bench: Bench, tmp_path: Path) -> None:
    content = file_content(tmp_path / "input", b"answer\n")
    (tmp_path / "input").chmod(0o666)
    execution = await bench.c(
        """
        int main(void) {
            char more[] = "changed";
            fchmod(0, 0);
            int again = open("/proc/self/fd/0", O_RDWR);
            if (again >= 0) write(again, more, 7);
            write(0, more, 7);
            ftruncate(0, 0);
            return 0;
        }""",
        content,
    )
    assert execution.ending is Ending.EXITED
    assert (tmp_path / "input").read_bytes() == b"answer\n"
    assert (tmp_path / "input").stat().st_mode & 0o777 == 0o666
    content.close()


async def test_a_failing_source_of_stdin_is_our_failure_and_the_slot_lives_on(bench: Bench, tmp_path: Path) -> None:
    from application.sandbox import SandboxFailure

    short = DescriptorContent(os.open(_written(tmp_path / "short", b"x" * 100), os.O_RDONLY), size=2 * MIB)
    with pytest.raises(SandboxFailure, match="shorter"):
        await bench.run(CAT, short)
    short.close()
    assert (await bench.run(CAT, b"again")).stdout_head == b"again"


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("size", [0, 4096, 32 * 1024, 32 * 1024 + 1, 100_000, 900_000])
async def test_output_of_every_size(bench: Bench, size: int) -> None:
    data = os.urandom(size)
    outcome = await bench.outcome(("/bin/sh", "-c", "tee /dev/stderr"), data, output=4 * MIB)
    assert outcome.execution.succeeded
    assert read(outcome.stdout) == data
    assert read(outcome.stderr) == data
    assert (outcome.stdout.size, outcome.execution.stderr_size) == (size, size)
    assert outcome.execution.stdout_head == data[:4096] == outcome.execution.stderr_head
    outcome.close()


async def test_output_is_not_charged_to_the_program(bench: Bench) -> None:
    outcome = await bench.outcome(("/usr/bin/head", "-c", "100000000", "/dev/zero"), output=200 * MIB, memory=32 * MIB)
    assert outcome.execution.succeeded, outcome.execution
    assert outcome.execution.memory < 16 * MIB
    assert outcome.stdout.size == 100_000_000
    outcome.close()
    with pytest.raises(ValueError, match="closed"):
        outcome.stdout.open()


async def test_binary_output_comes_as_it_is(bench: Bench) -> None:
    execution = await bench.shell(r"printf 'a\000b\377\n'")
    assert execution.stdout_head == b"a\0b\xff\n"


async def test_closed_and_reopened_streams(bench: Bench) -> None:
    execution = await bench.shell("echo one > /dev/stdout; echo two >&2; exec >&-; echo three > /dev/stderr")
    assert execution.stdout_head == b"one\n"
    assert execution.stderr_head == b"two\nthree\n"


async def test_output_that_is_never_finished(bench: Bench) -> None:
    execution = await bench.shell("printf partial; sleep 5", wall_time=timedelta(milliseconds=100))
    assert execution.ending is Ending.KILLED
    assert execution.stdout_head == b"partial"
