from pathlib import Path

from domain.access.enums import Scope
from domain.access.validation import HIGHEST_PRIORITY
from infrastructure.cli.access import create_key, is_valid
from infrastructure.cli.up.private_file import write_private
from infrastructure.config import Config


async def operator_key(config: Config, directory: Path) -> str:
    """A key that may do everything: the one of the last start while it is valid, else a new one. Raises
    StorageUnavailable.
    """
    place = directory / "key"
    if place.exists():
        secret = place.read_text(encoding="utf-8").strip()
        if await is_valid(config, secret):
            return secret
    created = await create_key(config, "up", frozenset(Scope), HIGHEST_PRIORITY)
    write_private(place, created.secret + "\n")
    return created.secret
