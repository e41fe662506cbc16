import asyncio

from infrastructure.cli.exceptions import WrongSetting, WrongSettings
from infrastructure.config import Config
from infrastructure.database.migrations import migrate


async def migrate_database(config: Config) -> None:
    """Raises WrongSettings, StorageUnavailable."""
    if not config.database_url:
        raise WrongSettings([WrongSetting("PROBA_DATABASE_URL", "", "is not set")])
    await migrate(config.database_url)


def run(config: Config) -> int:
    """The mode ``migrate``."""
    asyncio.run(migrate_database(config))
    return 0
