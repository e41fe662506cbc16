from collections.abc import Iterator
from contextlib import contextmanager

from infrastructure.cli.up.running import up_directory
from infrastructure.cli.up.stack import end_orphans
from infrastructure.config import Config
from infrastructure.embedded.directory_lock import DirectoryLock
from infrastructure.embedded.postgres import EmbeddedPostgres


@contextmanager
def with_database_of_up(config: Config) -> Iterator[Config]:
    """The settings; where no database is named, its PostgreSQL is started for as long as this lasts, while no ``up``
    runs. Raises DirectoryInUse when one does, EmbeddedServerError, CommandFailed.
    """
    if config.database_url:
        yield config
        return
    directory = up_directory()
    with DirectoryLock(directory):
        end_orphans(directory)
        postgres = EmbeddedPostgres(directory)
        postgres.start()
        try:
            found: dict[str, object] = {"database_url": postgres.url}
            if "data_dir" not in config.model_fields_set:
                found["data_dir"] = directory / "data"
            yield config.model_copy(update=found)
        finally:
            postgres.stop()
