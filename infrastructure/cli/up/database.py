import logging
from pathlib import Path

from domain.access.enums import Scope
from domain.access.validation import HIGHEST_PRIORITY
from infrastructure.cli.access import create_key, is_valid
from infrastructure.cli.migrate import migrate_database
from infrastructure.cli.up.private_file import write_private
from infrastructure.config import Config

log = logging.getLogger(__name__)


async def prepare_database(config: Config, directory: Path) -> str:
    """Bring the schema up to date; a key that may do everything. Raises StorageUnavailable."""
    log.info("migrating the database")
    await migrate_database(config)
    return await _operator_key(config, directory)


async def _operator_key(config: Config, directory: Path) -> str:
    """The one of the last start while it is valid, else a new one."""
    place = directory / "key"
    if place.exists():
        secret = place.read_text(encoding="utf-8").strip()
        if await is_valid(config, secret):
            return secret
    created = await create_key(config, "up", frozenset(Scope), HIGHEST_PRIORITY)
    write_private(place, created.secret + "\n")
    return created.secret
