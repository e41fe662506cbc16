import difflib
import logging
import os
import re
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from infrastructure.cli.exceptions import WrongSetting, WrongSettings
from infrastructure.config import Config

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""
PREFIX = "PROBA_"
_URL_SECRET = re.compile(r"://[^/]*@")
OTHER_NAMES = frozenset(
    {"BENCH_DMOJ", "DIR", "DEBUG", "LAUNCHER", "PYTHON", "URL", "KEY", "HTTP_PORT_FILE", "SUPERVISOR"},
)
"""What the command line itself and the clients read beside the settings."""


def load_config() -> Config:
    """The settings, from the environment and the checkout's ``.env``; relative paths are the checkout's, from wherever
    it is called. Raises WrongSettings.
    """
    os.chdir(ROOT)
    try:
        config = Config()
    except ValidationError as error:
        raise WrongSettings([_wrong(details) for details in error.errors()]) from None
    for name in unknown_names(os.environ):
        log.warning("%s is not a setting%s", name, _meant(name))
    return config


def require_urls(config: Config, *names: str) -> None:
    """Raises WrongSettings when a mode that has no servers of its own is not told where they are."""
    missing = [
        WrongSetting(name, "", f"is not set; for example {name}={example} (./proba up needs none)")
        for name, (value, example) in {
            "PROBA_DATABASE_URL": (config.database_url, "postgresql+asyncpg://proba:proba@localhost:5432/proba"),
            "PROBA_REDIS_URL": (config.redis_url, "redis://localhost:6379/0"),
        }.items()
        if not value and (not names or name in names)
    ]
    if missing:
        raise WrongSettings(missing)


def unknown_names(names: Iterable[str]) -> list[str]:
    """Those with the prefix that mean nothing."""
    known = {f"{PREFIX}{name}" for name in OTHER_NAMES | {field.upper() for field in Config.model_fields}}
    return sorted(name for name in names if name.startswith(PREFIX) and name not in known)


def _wrong(details: ErrorDetails) -> WrongSetting:
    name = f"{PREFIX}{details['loc'][0]}".upper()
    value = _URL_SECRET.sub("://…@", str(details["input"]))
    return WrongSetting(name, value, details["msg"].removeprefix("Value error, ").removeprefix("Input should be "))


def nearest_name(name: str) -> str:
    """The setting that was most likely meant; "" when none is near."""
    near = difflib.get_close_matches(name, [f"{PREFIX}{field.upper()}" for field in Config.model_fields], n=1)
    return near[0] if near else ""


def _meant(name: str) -> str:
    near = nearest_name(name)
    return f"; did you mean {near}?" if near else ""
