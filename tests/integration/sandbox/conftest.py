from collections.abc import AsyncIterator

import pytest

from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.settings import SandboxSettings
from tests.integration.sandbox.bench import Bench


@pytest.fixture(scope="session", params=["auto", "none"])
async def pool(request: pytest.FixtureRequest) -> AsyncIterator[LauncherPool]:
    """One slot with the control groups of this machine, one without any."""
    async with LauncherPool(SandboxSettings(slots=1, cgroup=request.param, uid_base=63_000)) as pool:
        yield pool


@pytest.fixture
async def bench(pool: LauncherPool) -> AsyncIterator[Bench]:
    """A slot; the run after each test must find it unharmed."""
    async with pool.slot() as sandbox:
        bench = Bench(sandbox)
        yield bench
        await bench.clear()
        outcome = await bench.shell("echo still here", processes=16)
        assert outcome.stdout_head == b"still here\n", outcome
        assert outcome.succeeded, outcome
