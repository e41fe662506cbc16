"""Runs one attack on a slot, then asks whether the host is as it was and the next run finds nothing of it."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from application.contents import BytesContent
from application.sandbox import BoxFile, Command, Outcome, Sandbox
from domain.runs.entities import Execution, Limits
from infrastructure.sandbox.launcher_sandbox import LauncherSandbox
from tests.attacks.attack import Attack, Ends
from tests.attacks.host import MARK, OURS, Host, look
from tests.attacks.programs import program
from tests.integration.sandbox.bench import MIB, read
from tests.integration.sandbox.test_life import descendants

LIMITS = Limits(
    cpu_time=timedelta(milliseconds=300),
    wall_time=timedelta(seconds=5),
    memory=32 * MIB,
    output=64 * 1024,
    processes=16,
    stack=8 * MIB,
    file_size=64 * MIB,
    open_files=64,
)
_CANARY_CPU = timedelta(milliseconds=60)
"""How much more cpu time the next run may be billed than it knows of itself: its children, and its end."""
_CANARY_MEMORY = {True: 4 * MIB, False: 20 * MIB}
"""How much more the next run may seem to have used: where no group counts, a sample during a fork counts twice."""
_SETTLING = 2.0
"""Seconds within which what is thrown away in the background must have gone."""
_NEXT_STEP = ("*", "feedback/*")


@dataclass
class Target:
    """A slot under attack, and what lies around it on the host."""

    sandbox: LauncherSandbox
    user: int
    secret: Path
    neighbour: int
    reference: Execution | None = None

    @property
    def reduced(self) -> bool:
        """Whether this is the level of landlock."""
        return self.sandbox.isolation.startswith("landlock")

    @property
    def grouped(self) -> bool:
        """Whether a control group counts memory."""
        return "cgroup" in self.sandbox.isolation

    @property
    def secret_text(self) -> bytes:
        """What no run may ever print."""
        return self.secret.read_bytes()

    def _look(self) -> Host:
        return look(self.user, self.secret, self.neighbour)

    def _launchers(self) -> list[int]:
        keeper = self.sandbox.launcher_pid
        return [keeper, *descendants(keeper)] if keeper else []

    async def attack(self, attack: Attack) -> list[str]:
        """Everything that is not as it must be; empty: the attack has failed."""
        expected = attack.expected(reduced=self.reduced, grouped=self.grouped)
        limits = replace(LIMITS, **attack.limits)
        async with self.unharmed(limits.memory if attack.late else 0) as complaints:
            await self._load(attack)
            started = time.monotonic()
            outcome = await self.sandbox.run(self._command(attack, limits))
            seconds = time.monotonic() - started
            complaints.extend(self._judged(attack, expected, limits, outcome))
            outcome.close()
        if seconds > attack.seconds:
            complaints.append(f"took {seconds:.1f} s, more than {attack.seconds}")
        if complaints:
            complaints.append(str(outcome.execution))
        return complaints

    def _judged(self, attack: Attack, expected: Ends, limits: Limits, outcome: Outcome) -> list[str]:
        complaints = expected.complaints(outcome.execution, limits)
        if attack.or_else and not attack.or_else.complaints(outcome.execution, limits):
            complaints = []
        collected = frozenset(artefact.name for artefact in outcome.artefacts)
        if attack.artefacts is not None and collected != attack.artefacts:
            complaints.append(f"collected {sorted(collected)}, not {sorted(attack.artefacts)}")
        return complaints + self._leaks(outcome)

    @asynccontextmanager
    async def unharmed(self, late: int = 0) -> AsyncIterator[list[str]]:
        """Adds what the attack inside has changed: on the host, for the next run, to the launcher.

        ``late``: the bytes of it that the next run may be billed.
        """
        if self.reference is None:
            self.reference, _ = await self._canary()
        before, launchers = self._look(), self._launchers()
        complaints: list[str] = []
        yield complaints
        complaints += await self._aftermath(late)
        complaints += self._settled(before)
        if self._launchers() != launchers:
            complaints.append(f"launcher: {launchers} have become {self._launchers()}")

    async def _load(self, attack: Attack) -> None:
        name = "program" + Path(attack.program).suffix.replace(".c", "")
        await self.sandbox.load((BoxFile(name, BytesContent(program(attack.program)), executable=True),))

    def _command(self, attack: Attack, limits: Limits) -> Command:
        suffix = Path(attack.program).suffix
        starter = {".c": (), ".py": ("/usr/bin/python3", "-I"), ".sh": ("/bin/sh",)}[suffix]
        files: tuple[BoxFile, ...] = ()
        if attack.role != "program":
            files = (BoxFile("main.c", BytesContent(b"int main(void) {}")), BoxFile("feedback/log", BytesContent(b"")))
        return Command(
            argv=(*starter, f"/app/program{suffix.replace('.c', '')}", *attack.arguments),
            limits=limits,
            env=self._environment(),
            stdin=BytesContent(attack.stdin),
            files=files,
            collect=() if attack.role == "program" else _NEXT_STEP,
            collect_size=1 * MIB,
            address_space=True,
        )

    def _environment(self) -> dict[str, str]:
        launchers = self._launchers()
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            MARK: OURS,
            "SECRET": str(self.secret),
            "NEIGHBOUR": str(self.neighbour),
            "LAUNCHER": str(launchers[1]),
            "KEEPER": str(launchers[0]),
            "WORKER": str(os.getpid()),
        }

    def _leaks(self, outcome: Outcome) -> list[str]:
        """Whether the secret has come out anywhere; what was collected are plain files of bounded size anyway."""
        streams = [("stdout", outcome.stdout), ("stderr", outcome.stderr)]
        streams += [(f"artefact {a.name!r}", a.content) for a in outcome.artefacts]
        return [f"the secret is in {name}" for name, content in streams if self.secret_text in read(content)]

    async def _aftermath(self, late: int) -> list[str]:
        """What the next run on the slot finds, and what it is billed."""
        await self.sandbox.load(())
        (after, used), fresh = await self._canary(), self.reference
        assert fresh is not None
        complaints = []
        if (after.stdout_head, after.stderr_head) != (fresh.stdout_head, fresh.stderr_head) or not after.succeeded:
            complaints.append(f"the next run: {after} instead of {fresh}")
        if after.cpu_time > used + _CANARY_CPU:
            complaints.append(f"the next run was billed {after.cpu_time} of cpu time instead of {used}")
        if after.memory > fresh.memory + _CANARY_MEMORY[self.grouped] + late:
            complaints.append(f"the next run was billed {after.memory} bytes instead of {fresh.memory}")
        return complaints

    async def _canary(self) -> tuple[Execution, timedelta]:
        """How it ended, and the cpu time that it has used by its own clock."""
        name = "canary"
        await self.sandbox.load((BoxFile(name, BytesContent(program("canary.c")), executable=True),))
        outcome = await self.sandbox.run(
            Command(
                argv=("/app/canary",),
                limits=replace(LIMITS, memory=64 * MIB),
                env={},
                stdin=BytesContent(b"20 22\n"),
                collect=("used",),
            )
        )
        used = timedelta(microseconds=int(read(outcome.artefacts[0].content))) if outcome.artefacts else timedelta()
        outcome.close()
        await self.sandbox.load(())
        return outcome.execution, used

    def _settled(self, before: Host) -> list[str]:
        until = time.monotonic() + _SETTLING
        while (changes := before.changes(self._look())) and time.monotonic() < until:
            time.sleep(0.05)
        return changes


def target_sandbox(sandbox: Sandbox) -> LauncherSandbox:
    """The slot as what it is, for its launcher's process id."""
    assert isinstance(sandbox, LauncherSandbox)
    return sandbox
