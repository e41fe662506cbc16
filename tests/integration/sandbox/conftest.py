import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.launcher_process import LauncherFailed
from infrastructure.sandbox.settings import SandboxSettings
from tests.integration.sandbox.bench import Bench
from tests.integration.sandbox.sanitized import nothing_reported, sanitized_launchers


@pytest.fixture(scope="session", autouse=True)
def sanitized_log() -> Iterator[Path | None]:
    """With ``PROBA_TEST_SANITIZED=1`` every launcher is one with sanitizers, and this is where it reports to."""
    if not os.environ.get("PROBA_TEST_SANITIZED"):
        yield None
        return
    with sanitized_launchers() as log:
        yield log


@pytest.fixture(autouse=True)
def no_reports(sanitized_log: Path | None) -> Iterator[None]:
    """What a sanitizer has reported fails the test during which it did."""
    with nothing_reported(sanitized_log):
        yield


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
