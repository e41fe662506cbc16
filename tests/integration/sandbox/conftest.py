from collections.abc import AsyncIterator

import pytest

from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.launcher_process import LauncherFailed
from infrastructure.sandbox.settings import SandboxSettings
from tests.integration.sandbox.bench import Bench


@pytest.fixture(scope="session", params=["auto", "none", "landlock", "landlock-none"])
async def pool(request: pytest.FixtureRequest) -> AsyncIterator[LauncherPool]:
    """One slot with the control groups of this machine, one without any; the same at the reduced level."""
    settings = SandboxSettings(
        slots=1,
        cgroup="none" if request.param.endswith("none") else "auto",
        level="landlock" if request.param.startswith("landlock") else "namespaces",
        floor="landlock",
        uid_base=63_000,
    )
    pool = LauncherPool(settings)
    try:
        await pool.open()
    except LauncherFailed as failed:
        if failed.step.startswith("landlock"):
            pytest.skip(f"this kernel has no Landlock: {failed}")
        raise
    try:
        yield pool
    finally:
        await pool.close()


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
