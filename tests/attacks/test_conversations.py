"""A submission against its own interactor: the box at the other end of its pipes is as far away as any other."""

from dataclasses import replace
from datetime import timedelta

import pytest

from application.contents import BytesContent
from application.sandbox import BoxFile, Command, Wire
from tests.attacks.engine import LIMITS, Target
from tests.attacks.programs import program
from tests.integration.sandbox.bench import MIB, read
from tests.integration.sandbox.test_life import descendants

PAIR = (Wire((0, 1), (1, 0)), Wire((1, 1), (0, 0)))
LISTENER = "listener.c"
ATTACKERS = (
    ("peer.c", "hunt"),
    ("peer.c", "forge"),
    ("peer.c", "bend"),
    ("peer.c", "outlive"),
    ("processes.c", "kill"),
    ("reading.c", "processes"),
    ("results.c", "descriptors"),
)
PATIENT = replace(LIMITS, cpu_time=timedelta(seconds=2), wall_time=timedelta(seconds=20))


@pytest.mark.parametrize(("attacker", "mode"), ATTACKERS)
async def test_the_interactor_is_out_of_reach(target: Target, attacker: str, mode: str) -> None:
    companion = target.sandbox.companion(1)
    await companion.load((BoxFile("listener", BytesContent(program(LISTENER)), executable=True),))
    listener = Command(
        argv=("/app/listener",),
        limits=PATIENT,
        files=(
            BoxFile("answer", BytesContent(b"the answer\n")),
            BoxFile("feedback/.keep", BytesContent(b"")),
        ),
        collect=("feedback/verdict",),
        collect_size=1 * MIB,
        collect_always=True,
    )
    async with target.unharmed() as complaints:
        environment = target._environment() | _companions(companion.launcher_pid)
        await target.sandbox.load((BoxFile("program", BytesContent(program(attacker)), executable=True),))
        attack = Command(argv=("/app/program", mode), limits=PATIENT, env=environment)
        attacked, listened = await target.sandbox.converse([attack, listener], PAIR, lingering=(0,))
        (verdict,) = listened.artefacts
        said = read(verdict.content)
        verdict.content.close()
    assert not complaints, "\n".join(complaints)
    assert (listened.execution.exit_code, said) == (43, b"WA"), listened.execution
    assert listened.execution.stderr_head == b"held\n", (attacked.execution, listened.execution)
    assert attacked.execution.succeeded, attacked.execution


def _companions(keeper: int | None) -> dict[str, str]:
    """Process ids of the interactor's side, in place of those of the attacker's own."""
    assert keeper is not None
    return {"KEEPER": str(keeper), "LAUNCHER": str(descendants(keeper)[0])}


async def test_the_listener_would_notice(target: Target) -> None:
    companion = target.sandbox.companion(1)
    await companion.load((BoxFile("listener", BytesContent(program(LISTENER)), executable=True),))
    listener = Command(argv=("/app/listener",), limits=PATIENT)
    teller = Command(argv=("/bin/echo", "GOT it"), limits=PATIENT)
    _, listened = await target.sandbox.converse([teller, listener], PAIR)
    assert (listened.execution.exit_code, listened.execution.stderr_head) == (1, b"GOT it\n")
