import asyncio

import pytest

from infrastructure.languages.catalogue import FolderCatalogue
from infrastructure.languages.host_toolchains import HostToolchains


@pytest.fixture(scope="session")
def catalogue() -> FolderCatalogue:
    return FolderCatalogue()


@pytest.fixture(scope="session")
async def toolchains(catalogue: FolderCatalogue) -> HostToolchains:
    return await asyncio.to_thread(HostToolchains.detect, catalogue)
