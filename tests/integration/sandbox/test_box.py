import os
from pathlib import Path
from typing import Any

import pytest

from application.contents import BytesContent
from application.sandbox import BoxFile, Outcome, SandboxFailure
from infrastructure.sandbox.contents import DescriptorContent
from tests.integration.sandbox.bench import MIB, Bench, read

BIG = os.urandom(300_000)


def file(name: str, data: bytes = b"", *, executable: bool = False) -> BoxFile:
    return BoxFile(name, BytesContent(data), executable)


async def collect(bench: Bench, script: str, *patterns: str, **options: Any) -> dict[str, bytes]:
    outcome: Outcome = await bench.outcome(("/bin/sh", "-c", script), collect=patterns, **options)
    found = {a.name: read(a.content) for a in outcome.artefacts}
    outcome.close()
    return found


async def test_files_are_placed_and_writable(bench: Bench) -> None:
    files = (file("a.txt", b"one"), file("lib/deep/b", BIG), file("run.sh", b"#!/bin/sh\necho ran", executable=True))
    script = "cat a.txt; ./run.sh; wc -c < lib/deep/b; echo more >> lib/deep/b; touch lib/c; rm a.txt; ls"
    execution = await bench.shell(script, files=files)
    assert execution.stdout_head == b"oneran\n300000\nlib\nrun.sh\n", execution
    assert execution.succeeded


async def test_nothing_is_left_for_the_next_run(bench: Bench) -> None:
    await bench.shell("echo x > /box/left; echo x > /tmp/left; echo x > /dev/shm/left2", files=(file("placed"),))
    execution = await bench.shell("ls -A /box; ls -A /tmp")
    assert execution.succeeded
    assert execution.stdout_head == b""


async def test_collect(bench: Bench) -> None:
    script = """
    mkdir -p com/x; echo 1 > com/x/Main.class; echo 2 > 'a b.class'; echo 3 > other
    head -c 3000000 /dev/zero > big.class"""
    found = await collect(bench, script, "*.class")
    assert found == {"com/x/Main.class": b"1\n", "a b.class": b"2\n", "big.class": bytes(3_000_000)}


async def test_collected_files_run_from_app_where_nobody_can_write(bench: Bench) -> None:
    outcome = await bench.outcome(
        ("/bin/sh", "-c", "mkdir d; printf '#!/bin/sh\necho hello' > d/p; chmod +x d/p; echo data > data"),
        collect=("*",),
    )
    assert {a.name: a.executable for a in outcome.artefacts} == {"d/p": True, "data": False}
    await bench.load(*outcome.artefacts)
    outcome.close()
    assert (await bench.run(("/app/d/p",))).stdout_head == b"hello\n"
    attempts = (
        "echo x > /app/data; echo x > /app/new; rm -f /app/data; chmod 777 /app/data; mv /app/d /app/e; cat /app/data"
    )
    execution = await bench.shell(attempts)
    assert execution.stdout_head == b"data\n"
    pretended = bench.reduced and os.geteuid() != 0  # chmod is: the files are of the same user as everything else
    assert execution.stderr_head.count(b"\n") >= (4 if pretended else 5)
    await bench.load(file("data", b"other"))
    assert (await bench.shell("ls /app; cat /app/data")).stdout_head == b"data\nother"
    await bench.load()
    assert (await bench.shell("ls /app")).stdout_head == b""


async def test_what_is_not_a_plain_file_stays(bench: Bench) -> None:
    script = """
    ln -s /etc/passwd link; ln -s /app dirlink; mkfifo fifo; echo x > one; ln one two
    echo y > /tmp/t; ln -s /tmp/t three
    echo good > good; mkdir inner; ln -s .. inner/up"""
    assert await collect(bench, script, "*") == {"good": b"good\n"}


async def test_too_much_is_refused_as_a_whole(bench: Bench) -> None:
    script = "head -c 600000 /dev/zero > a; head -c 600000 /dev/zero > b"
    assert await collect(bench, script, "*", collect_size=1 * MIB) == {}
    assert len(await collect(bench, script, "a", collect_size=1 * MIB)) == 1
    assert await collect(bench, "i=0; while [ $i -lt 2100 ]; do : > f$i; i=$((i+1)); done", "f*") == {}


async def test_a_run_that_failed_gives_nothing(bench: Bench) -> None:
    assert await collect(bench, "echo x > a; exit 1", "*") == {}
    assert await collect(bench, "echo x > a; kill -9 $$", "*") == {}


async def test_unreadable_files_are_the_programs_own(bench: Bench) -> None:
    assert await collect(bench, "echo x > a; chmod 000 a", "a") == {"a": b"x\n"}


@pytest.mark.parametrize("name", ["../escape", "/abs", "a/../b", "", "a//b", ".", "a/"])
async def test_names_that_leave_the_box_are_refused(bench: Bench, name: str) -> None:
    with pytest.raises(SandboxFailure):
        await bench.shell("true", files=(file(name, b"x"),))


async def test_many_files(bench: Bench) -> None:
    files = tuple(file(f"f{i}", str(i).encode()) for i in range(500))
    execution = await bench.shell("cat f* | wc -c; ls | wc -l", files=files)
    assert execution.stdout_head.split() == [str(sum(len(str(i)) for i in range(500))).encode(), b"500"]


SUM_OF_A_FILE = """
int main(int argc, char **argv) {
    static char buffer[1 << 16];
    unsigned long long total = 0;
    int file = open("/proc/self/cwd/big", O_RDONLY);
    if (argc > 1) unlink("/proc/self/cwd/big");
    for (ssize_t n; (n = read(file, buffer, sizeof buffer)) > 0;) total += (unsigned long long)n;
    printf("%llu", total);
    return 0;
}
"""


async def test_what_is_given_takes_nothing_from_the_memory_limit(bench: Bench, tmp_path: Path) -> None:
    given = tmp_path / "big"
    with given.open("wb") as big:
        for _ in range(60):
            big.write(os.urandom(MIB))
    files = (BoxFile("big", DescriptorContent(os.open(given, os.O_RDONLY))), file("small"))
    for unlink in (False, True):
        await bench.c(SUM_OF_A_FILE)
        execution = await bench.run(("/app/program", *(["x"] if unlink else [])), files=files, memory=32 * MIB)
        assert execution.succeeded, execution
        assert execution.stdout_head == b"%d" % (60 * MIB)
        assert execution.memory < 16 * MIB, execution
    own = "head -c 20000000 /dev/zero > own && sleep 0.05 && cat own | wc -c"
    execution = await bench.shell(own, files=files, memory=32 * MIB, file_size=64 * MIB)
    assert execution.stdout_head == b"20000000\n", execution
    execution = await bench.shell(
        "head -c 50000000 /dev/zero > own && sleep 1", files=files, memory=32 * MIB, file_size=64 * MIB
    )
    assert not execution.succeeded, execution
