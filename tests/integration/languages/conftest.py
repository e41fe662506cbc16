import asyncio
from collections.abc import AsyncIterator

import pytest

from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.languages.host_toolchains import HostToolchains
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.settings import SandboxSettings


@pytest.fixture(scope="session")
def catalogue() -> FolderCatalogue:
    return FolderCatalogue()


@pytest.fixture(scope="session")
async def toolchains(catalogue: FolderCatalogue) -> HostToolchains:
    return await asyncio.to_thread(HostToolchains.detect, catalogue)


@pytest.fixture(scope="session")
async def pool(toolchains: HostToolchains) -> AsyncIterator[LauncherPool]:
    async with LauncherPool(SandboxSettings(slots=1, binds=tuple(map(str, toolchains.binds())))) as pool:
        yield pool
