"""One slot at each level that this host allows, with a secret and a neighbour on the host beside it."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.launcher_process import LauncherFailed
from infrastructure.sandbox.settings import LevelChoice, SandboxSettings
from tests.attacks.engine import Target, target_sandbox
from tests.attacks.host import MARK, OURS

LEVELS: tuple[LevelChoice, ...] = ("namespaces", "landlock")
UID_BASE = 60_000
_ANOTHER_USER = 59_999


@pytest.fixture(scope="session")
def secret() -> Iterator[Path]:
    """A file that every user of the host may read and write, and a submission must not."""
    directory = Path(tempfile.mkdtemp(prefix="proba-secret-", dir="/var/tmp"))
    directory.chmod(0o777)
    file = directory / "answer"
    file.write_text(f"secret {secrets.token_hex(16)}\n")
    file.chmod(0o666)
    yield file
    shutil.rmtree(directory)


@pytest.fixture(scope="session", params=LEVELS)
async def pool(request: pytest.FixtureRequest) -> AsyncIterator[LauncherPool]:
    """One slot."""
    pool = LauncherPool(SandboxSettings(slots=1, level=request.param, floor="landlock", uid_base=UID_BASE))
    try:
        await pool.open()
    except LauncherFailed as failed:
        pytest.skip(f"this host does not allow the level {request.param}: {failed}")
    yield pool
    await pool.close()


@pytest.fixture(scope="session")
async def target(pool: LauncherPool, secret: Path) -> AsyncIterator[Target]:
    """The slot, and a process of the host that holds the secret in its memory and its environment.

    It is of the slot's own user where namespaces keep them apart. Without them that user has no other processes, which
    is what a slot's own user is for; an ordinary user's slots are always the same user's.
    """
    slot_user = pool._users[0].uid if os.geteuid() == 0 else os.getuid()
    user = _ANOTHER_USER if os.geteuid() == 0 and pool.isolation.startswith("landlock") else slot_user
    neighbour = subprocess.Popen(  # noqa: ASYNC220
        (
            _python(),
            "-c",
            "import time; secret = open(__import__('sys').argv[1]).read(); time.sleep(3600)",
            str(secret),
        ),
        env={MARK: OURS, "HELD": secret.read_text()},
        user=user,
        group=user,
        stdout=subprocess.DEVNULL,
    )
    async with pool.slot() as sandbox:
        yield Target(target_sandbox(sandbox), slot_user, secret, neighbour.pid)
    assert neighbour.poll() is None, "the neighbour has been ended"
    neighbour.kill()
    neighbour.wait()


def _python() -> str:
    return "/usr/bin/python3" if Path("/usr/bin/python3").exists() else sys.executable
