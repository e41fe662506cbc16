"""What a worker tries before it takes jobs, and again when one of them failed by our fault."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

from application.sandbox import Sandbox, SandboxFailure
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.trials import TRIALS, Trial, attempt


class PoolSelfTest:
    """``application.sandbox.SelfTest`` with the brief trials: limits, isolation, input and output; half a second."""

    def __init__(self, pool: LauncherPool) -> None:
        self._pool = pool

    async def whole(self) -> str:
        """Of every slot at once, when all are free."""
        try:
            async with AsyncExitStack() as held:
                slots = [await held.enter_async_context(self._pool.slot()) for _ in range(self._pool.slots)]
                found = await asyncio.gather(*(self.of(slot) for slot in slots))
        except (SandboxFailure, OSError) as error:
            return str(error)
        return next(filter(None, found), "")

    async def of(self, sandbox: Sandbox) -> str:
        """A trial that goes wrong is tried once more: the machine may have been too busy for it."""
        for trial in self._trials():
            complaint = await _complaint(sandbox, trial) and await _complaint(sandbox, trial)
            if complaint:
                return f"the sandbox's trial {trial.name!r} went wrong: {complaint}"[:2000]
        return ""

    def _trials(self) -> Sequence[Trial]:
        reduced = self._pool.level == "landlock"
        return [trial for trial in TRIALS if trial.brief and (trial.reduced or not reduced)]


async def _complaint(sandbox: Sandbox, trial: Trial) -> str:
    try:
        return await attempt(sandbox, trial)
    except (SandboxFailure, OSError) as error:
        return str(error)
