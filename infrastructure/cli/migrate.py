import asyncio

from infrastructure.cli.settings import require_urls
from infrastructure.config import Config
from infrastructure.database.migrations import migrate


async def migrate_database(config: Config) -> None:
    """Raises WrongSettings, StorageUnavailable."""
    require_urls(config, "PROBA_DATABASE_URL")
    assert config.database_url is not None
    await migrate(config.database_url)


def run(config: Config) -> int:
    """The mode ``migrate``."""
    asyncio.run(migrate_database(config))
    return 0
