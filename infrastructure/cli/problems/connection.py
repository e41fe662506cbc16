import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from infrastructure.cli.exceptions import WrongSetting, WrongSettings
from infrastructure.cli.settings import ROOT

URL, KEY = "PROBA_URL", "PROBA_KEY"


@dataclass(frozen=True, slots=True)
class Connection:
    """Which service to talk to, and with which key."""

    url: str
    key: str

    @classmethod
    def found(cls, url: str | None, key: str | None) -> Self:
        """What the options or the environment say, else the service that ``up`` runs here. Raises WrongSettings."""
        if not (url and key):
            running = _of_up()
            url, key = url or running.get("url"), key or running.get("key")
        missing = [
            WrongSetting(name, "", f"is not set, and no './proba up' runs here; {option} says it, too")
            for name, option, value in ((URL, "--url", url), (KEY, "--key", key))
            if not value
        ]
        if not url or not key:
            raise WrongSettings(missing)
        if not url.startswith(("http://", "https://")):
            raise WrongSettings([WrongSetting(URL, url, "should start with http:// or https://")])
        return cls(url.rstrip("/"), key)


def _of_up() -> dict[str, str]:
    directory = Path(os.environ.get("PROBA_DIR") or ROOT / ".proba")
    try:
        found = json.loads((directory / "up.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
