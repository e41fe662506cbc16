import difflib
import logging
import os
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
OTHER_NAMES = frozenset(
    {"DIR", "DEBUG", "PYTHON", "URL", "KEY", "HTTP_PORT_FILE", "SUPERVISOR"},
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


def unknown_names(names: Iterable[str]) -> list[str]:
    """Those with the prefix that mean nothing."""
    known = {f"{PREFIX}{name}" for name in OTHER_NAMES | {field.upper() for field in Config.model_fields}}
    return sorted(name for name in names if name.startswith(PREFIX) and name not in known)


def _wrong(details: ErrorDetails) -> WrongSetting:
    name = f"{PREFIX}{details['loc'][0]}".upper()
    return WrongSetting(name, str(details["input"]), details["msg"].removeprefix("Input should be ") or details["type"])


def _meant(name: str) -> str:
    near = difflib.get_close_matches(name, [f"{PREFIX}{field.upper()}" for field in Config.model_fields], n=1)
    return f"; did you mean {near[0]}?" if near else ""
