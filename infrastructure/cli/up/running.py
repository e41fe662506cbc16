"""Where the servers of a running ``up`` are, for the commands that work on its data.

``up`` writes it to ``servers.json`` in its directory once all is ready, and takes it away when it stops. The file alone
says little: after a kill -9 it is still there. That an ``up`` runs is said by the lock that it holds.
"""

import json
import os
from pathlib import Path

from infrastructure.cli.exceptions import CommandFailed, WrongSetting, WrongSettings
from infrastructure.cli.settings import ROOT
from infrastructure.cli.up.private_file import write_private
from infrastructure.config import Config
from infrastructure.embedded.directory_lock import is_locked

FIELDS = ("database_url", "redis_url", "blobs_url")


def up_directory() -> Path:
    """Of ``up``: PROBA_DIR, or .proba in the checkout."""
    return Path(os.environ.get("PROBA_DIR") or ROOT / ".proba").resolve()


def write_servers(directory: Path, config: Config) -> Path:
    """Where database, bell and blobs of this ``up`` are. URLs may hold passwords: the file is its owner's alone."""
    place = directory / "servers.json"
    found = {name: getattr(config, name) for name in FIELDS} | {"data_dir": str(config.data_dir.absolute())}
    write_private(place, json.dumps(found) + "\n")
    return place


def with_servers_of_up(config: Config) -> Config:
    """The settings, and where no database is named those of the ``up`` that runs here. What is named wins. Raises
    CommandFailed when none runs; WrongSettings when blobs are named that are not those of its database.
    """
    if config.database_url:
        return config
    directory = up_directory()
    found = _running(directory)
    if found is None:
        raise CommandFailed(
            f"PROBA_DATABASE_URL is not set, and no './proba up' runs in {directory}: start it, say with PROBA_DIR "
            "where it runs, or set PROBA_DATABASE_URL (and PROBA_DATA_DIR or PROBA_BLOBS_URL)"
        )
    running = config.model_copy(update=found | {"data_dir": Path(str(found["data_dir"]))})
    others = [
        WrongSetting(f"PROBA_{name.upper()}", "", f"is not what the './proba up' in {directory} works with")
        for name in ("data_dir", "blobs_url")
        if name in config.model_fields_set and _absolute(getattr(config, name)) != getattr(running, name)
    ]
    if others:  # to take one's blobs for the other's would make garbage of them
        raise WrongSettings(others)
    return running


def _running(directory: Path) -> dict[str, str | None] | None:
    if not is_locked(directory):
        return None
    try:
        found = json.loads((directory / "servers.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None  # it is about to start, or to stop
    return found if isinstance(found, dict) and found.keys() == {*FIELDS, "data_dir"} else None


def _absolute(value: object) -> object:
    return value.absolute() if isinstance(value, Path) else value
