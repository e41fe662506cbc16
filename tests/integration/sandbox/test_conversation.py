"""Programs in boxes of their own that talk over pipes: whoever dies, however, all end cleanly."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from application.contents import BytesContent
from application.sandbox import LINGER, Command, Outcome, SandboxFailure, Wire
from domain.runs.enums import Ending, Limit
from domain.runs.first_end import End, first_to_end
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.launcher_sandbox import LauncherSandbox
from infrastructure.sandbox.settings import SandboxSettings
from tests.integration.sandbox.bench import ENV, LIMITS, read

PYTHON = "/usr/bin/python3"
PAIR = (Wire((0, 1), (1, 0)), Wire((1, 1), (0, 0)))
GUESSER = """
low, high = 1, 1000
while low < high:
    middle = (low + high) // 2
    print(middle, flush=True)
    low, high = (low, middle) if input() == "<=" else (middle + 1, high)
print("!", low, flush=True)
"""
KEEPER = """
for count in range(100):
    words = input().split()
    if words[0] == "!":
        open("verdict", "w").write(words[1] + " " + str(count))
        exit(42 if words[1] == "777" else 43)
    print("<=" if 777 <= int(words[0]) else ">", flush=True)
"""


def python(source: str, **options: object) -> Command:
    limits = replace(LIMITS, **{k: v for k, v in options.items() if hasattr(LIMITS, k)})  # type: ignore[arg-type]
    rest = {k: v for k, v in options.items() if not hasattr(LIMITS, k)}
    return Command(argv=(PYTHON, "-c", source), env=ENV, limits=limits, **rest)  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=["namespaces", "landlock"])
async def pair_pool(request: pytest.FixtureRequest) -> AsyncIterator[LauncherPool]:
    settings = SandboxSettings(slots=1, level=request.param, floor="landlock", uid_base=62_000)
    async with LauncherPool(settings) as pool:
        yield pool


@pytest.fixture
async def box(pair_pool: LauncherPool) -> AsyncIterator[LauncherSandbox]:
    async with pair_pool.slot() as sandbox:
        assert isinstance(sandbox, LauncherSandbox)
        yield sandbox
        again = await sandbox.converse([python(GUESSER), python(KEEPER)], PAIR)
        assert [outcome.execution.exit_code for outcome in again] == [0, 42]


async def talk(
    box: LauncherSandbox, *commands: Command, wires: Sequence[Wire] = PAIR, grace: float | None = None
) -> tuple[Outcome, ...]:
    return await box.converse(commands, wires, None if grace is None else lambda *_: timedelta(seconds=grace))


async def test_a_pair_plays_to_its_end(box: LauncherSandbox) -> None:
    keeper = python(KEEPER, collect=("verdict",), collect_always=True)
    guesser_outcome, keeper_outcome = await talk(box, python(GUESSER), keeper)
    assert guesser_outcome.execution.succeeded
    assert keeper_outcome.execution.exit_code == 42
    (verdict,) = keeper_outcome.artefacts
    assert read(verdict.content) == b"777 10"
    assert guesser_outcome.stdout.size == 0


@pytest.mark.parametrize(
    ("first", "ending", "limit"),
    [
        ("exit(3)", Ending.EXITED, None),
        ("import os; os.kill(os.getpid(), 11)", Ending.SIGNALED, None),
        ("while True: pass", Ending.KILLED, Limit.CPU_TIME),
        ("import time; time.sleep(60)", Ending.KILLED, Limit.WALL_TIME),
        ("b = bytearray(300 << 20); b[::4096] = b'x' * len(b[::4096])", Ending.KILLED, Limit.MEMORY),
    ],
    ids=["exit", "signal", "cpu", "wall", "memory"],
)
async def test_whoever_dies_the_other_sees_the_end(
    box: LauncherSandbox, first: str, ending: Ending, limit: Limit | None
) -> None:
    if limit is Limit.MEMORY and os.geteuid():
        pytest.skip("without control groups an allocation fails before anybody is killed")
    reader = "import sys; data = sys.stdin.read(); print('end', len(data), file=sys.stderr)"
    wall = timedelta(seconds=0.8 if limit is Limit.WALL_TIME else 20)
    short = {"cpu_time": timedelta(seconds=0.3), "wall_time": wall}
    patient = {"wall_time": timedelta(seconds=30)}
    for order in (0, 1):
        commands = [python(first, **short), python(reader, **patient)]
        outcomes = await talk(box, *(commands if order == 0 else commands[::-1]))
        dead, other = outcomes if order == 0 else outcomes[::-1]
        assert (dead.execution.ending, dead.execution.first_limit) == (ending, limit), dead.execution
        assert (other.execution.exit_code, other.execution.stderr_head) == (0, b"end 0\n"), other.execution
        found = first_to_end([End(outcome.execution, outcome.ended_at) for outcome in (dead, other)])
        assert found == 0 if ending is Ending.KILLED else found in (0, None), (dead, other)


async def test_writing_to_who_has_gone_is_a_broken_pipe(box: LauncherSandbox) -> None:
    writer = "import signal; signal.signal(signal.SIGPIPE, signal.SIG_DFL)\nwhile True: print('x' * 1000)"
    gone, writing = await talk(box, python("pass"), python(writer))
    assert gone.execution.succeeded
    assert writing.execution.signal == signal.SIGPIPE


async def test_a_flood_that_nobody_reads_ends_by_the_wall(box: LauncherSandbox) -> None:
    limits = {"wall_time": timedelta(seconds=0.6), "cpu_time": timedelta(seconds=0.5)}
    sleeper, flood = await talk(
        box, python("import time; time.sleep(60)", **limits), python("while True: print('x' * 1000)", **limits)
    )
    assert sleeper.execution.first_limit is Limit.WALL_TIME
    assert not flood.execution.succeeded
    assert flood.execution.memory < 64 << 20


async def test_closing_early_is_the_end_of_input(box: LauncherSandbox) -> None:
    closer = "import os, sys; os.close(1); print(sys.stdin.read(), file=sys.stderr)"
    answering = "import sys; sys.stdin.read(); print('after the end')"
    outcomes = await talk(box, python(closer), python(answering))
    assert outcomes[0].execution.stderr_head.startswith(b"after the end\n\n")
    assert outcomes[1].execution.succeeded


async def test_children_that_hold_the_pipe_end_with_their_parent(box: LauncherSandbox) -> None:
    parent = "import os, time\nif os.fork() == 0: os.setsid(); time.sleep(60)"
    outcomes = await talk(box, python(parent), python("import sys; sys.stdin.read()"))
    assert [outcome.execution.exit_code for outcome in outcomes] == [0, 0]
    assert outcomes[1].execution.wall_time < timedelta(seconds=5)


async def test_after_the_grace_the_rest_is_ended(box: LauncherSandbox) -> None:
    stubborn = "import time\nwhile True: time.sleep(1)"
    ended, late = await talk(box, python("exit(43)"), python(stubborn), grace=0.3)
    assert ended.execution.exit_code == 43
    assert late.execution.ending is Ending.CANCELLED
    assert timedelta(seconds=0.2) < late.execution.wall_time < timedelta(seconds=2)


async def test_the_grace_may_hang_on_who_has_ended_and_how(box: LauncherSandbox) -> None:
    asked: list[tuple[int, int | None]] = []

    def grace(number: int, outcome: Outcome) -> timedelta | None:
        asked.append((number, outcome.execution.exit_code))
        return timedelta(seconds=0.1) if number == 2 else None

    sleeps = "import time; time.sleep({}); exit({})".format
    commands = [python(sleeps(0, 1)), python(sleeps(30, 0)), python(sleeps(0.8, 3))]
    outcomes = await box.converse(commands, (), grace)
    assert asked == [(0, 1), (2, 3)]
    assert [o.execution.ending for o in outcomes] == [Ending.EXITED, Ending.CANCELLED, Ending.EXITED]


async def test_a_ring_of_five(box: LauncherSandbox) -> None:
    begin = "print(1, flush=True); print('got', input(), file=__import__('sys').stderr)"
    commands = [python(begin), *(python("print(int(input()) + 1)") for _ in range(4))]
    outcomes = await talk(box, *commands, wires=[Wire((n, 1), ((n + 1) % 5, 0)) for n in range(5)])
    assert all(outcome.execution.succeeded for outcome in outcomes)
    assert outcomes[0].execution.stderr_head == b"got 5\n"


async def test_a_manager_and_its_processes(box: LauncherSandbox) -> None:
    manager = """
import os
total = 0
for n in range(3):
    to, back = 3 + 2 * n, 4 + 2 * n
    os.write(to, b"%d\\n" % (n + 1))
    os.close(to)
    total += int(os.read(back, 100))
print(total)
"""
    wires = [
        wire for n in range(3) for wire in (Wire((0, 3 + 2 * n), (n + 1, 0)), Wire((n + 1, 1), (0, 4 + 2 * n)))
    ]  # fmt: skip
    outcomes = await talk(box, python(manager), *(python("print(10 * int(input()))") for _ in range(3)), wires=wires)
    assert [outcome.execution.exit_code for outcome in outcomes] == [0, 0, 0, 0], [o.execution for o in outcomes]
    assert outcomes[0].stdout.open().read() == b"60\n"


async def test_ends_can_be_opened_again_by_name(box: LauncherSandbox) -> None:
    if "landlock" in box.isolation:
        pytest.skip("what /proc/self/fd leads to is not in reach at the level of landlock")
    writer = "print('hello', file=open('/dev/stdout', 'w')); print('extra', file=open('/dev/fd/3', 'w'))"
    reader = "print(open('/dev/stdin').read(), open('/dev/fd/3').read(), file=__import__('sys').stderr)"
    outcomes = await talk(box, python(writer), python(reader), wires=[Wire((0, 1), (1, 0)), Wire((0, 3), (1, 3))])
    assert outcomes[1].execution.stderr_head == b"hello\n extra\n\n", [o.execution for o in outcomes]


async def test_each_has_its_own_box_and_user(box: LauncherSandbox) -> None:
    look = "import os; print(os.getuid(), os.listdir('.'), file=__import__('sys').stderr)"
    outcomes = await talk(box, python("open('mine', 'w')\n" + look), python(look), wires=())
    seen = [outcome.execution.stderr_head for outcome in outcomes]
    assert b"mine" in seen[0]
    assert b"mine" not in seen[1]
    if os.geteuid() == 0:
        assert seen[0].split()[0] != seen[1].split()[0]


async def test_cancelling_ends_all(box: LauncherSandbox) -> None:
    sleepers = [python("import time; time.sleep(60)", wall_time=timedelta(seconds=60)) for _ in range(2)]
    task = asyncio.create_task(talk(box, *sleepers))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("which", [0, 1])
async def test_a_launcher_that_dies_takes_the_conversation_with_it(box: LauncherSandbox, which: int) -> None:
    sleepers = [python("import time; time.sleep(60)", wall_time=timedelta(seconds=60)) for _ in range(2)]
    task = asyncio.create_task(talk(box, *sleepers))
    await asyncio.sleep(0.3)
    victim = (box, box.companion(1))[which].launcher_pid
    assert victim is not None
    for child in Path(f"/proc/{victim}/task/{victim}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)
    with pytest.raises(SandboxFailure):
        await task


async def test_two_jobs_and_one_slot(pair_pool: LauncherPool) -> None:
    async def job() -> int | None:
        async with pair_pool.slot() as sandbox:
            return (await sandbox.converse([python(GUESSER), python(KEEPER)], PAIR))[1].execution.exit_code

    assert await asyncio.wait_for(asyncio.gather(*(job() for _ in range(4))), 30) == [42] * 4


async def test_many_leave_nothing(box: LauncherSandbox) -> None:
    def held() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    commands = python("print(1)"), python("print(input())")
    await talk(box, *commands, wires=PAIR[:1])
    before = held()
    for _ in range(30):
        for outcome in await talk(box, *commands, wires=PAIR[:1]):
            assert outcome.execution.succeeded
            outcome.close()
    assert held() <= before


@pytest.mark.parametrize(
    ("wires", "message"),
    [
        ([Wire((0, 1), (2, 0))], "there are participants 0 to 1"),
        ([Wire((0, 0), (1, 0))], "cannot be there"),
        ([Wire((0, 1), (1, 1))], "cannot be there"),
        ([Wire((0, 1), (1, 2))], "cannot be there"),
        ([Wire((0, 1), (1, 0)), Wire((0, 1), (1, 3))], "wired twice"),
        ([Wire((0, 1), (1, 4))], "need no gap"),
        ([Wire((1, 1), (0, 0))], "both an input and a wire"),
    ],
)
async def test_wires_that_do_not_fit(box: LauncherSandbox, wires: list[Wire], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        await box.converse([python("pass", stdin=BytesContent(b"x")), python("pass")], wires)


async def test_who_lingers_is_seen_to_end_after_it_has(box: LauncherSandbox) -> None:
    reader = python("import sys; sys.stdin.read()", wall_time=timedelta(seconds=20))
    for dead, gap in (("exit(3)", LINGER), ("import os; os.kill(os.getpid(), 11)", LINGER), ("pass", None)):
        for _ in range(5):
            outcomes = await box.converse([python(dead), reader], PAIR, lingering=(0,))
            ended = [outcome.ended_at for outcome in outcomes]
            assert outcomes[1].execution.succeeded
            if gap is not None:
                assert ended[1] - ended[0] >= gap
                assert first_to_end([End(o.execution, o.ended_at) for o in outcomes]) == 0


async def test_who_lingers_breaks_no_pipe_before_it_has_ended(box: LauncherSandbox) -> None:
    closer = "import os, time; os.close(0); os.close(1); time.sleep(0.3)"
    writer = (
        "import os, sys\nfor n in range(9): os.write(1, b'x')\n"
        "sys.stdin.read()\ntry: os.write(1, b'x')\nexcept BrokenPipeError: exit(9)"
    )
    outcomes = await box.converse([python(closer), python(writer)], PAIR, lingering=(0,))
    assert [outcome.execution.exit_code for outcome in outcomes] == [0, 9]
    assert outcomes[1].ended_at > outcomes[0].ended_at
