"""Settings that are most likely not what was meant."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from application.judging.headers import TESTLIB
from infrastructure.cli.doctor.check import WORKER, Check, off, on, warn
from infrastructure.cli.settings import PREFIX, ROOT, nearest_name, unknown_names
from infrastructure.config import Config
from infrastructure.languages.include_directory import IncludeDirectoryError, read_headers

DEFAULT_SECRETS = ("proba", "postgres", "password", "secret", "changeme")
LOCAL = ("localhost", "127.0.0.1", "::1")


def look_at_configuration(config: Config) -> Iterator[Check]:
    """Of the environment and of ``.env``."""
    names = {name.upper() for name in (*os.environ, *_env_file(ROOT / ".env"))}
    yield _names(name for name in names if name.startswith(PREFIX))
    yield from configuration_checks(config)


def configuration_checks(config: Config) -> Iterator[Check]:
    """Of the values."""
    for setting, url in (("PROBA_DATABASE_URL", config.database_url), ("PROBA_REDIS_URL", config.redis_url)):
        if url:
            yield _secret(setting, url)
    if config.sandbox_floor == "landlock":
        why = "landlock: a worker accepts the weaker isolation"
        yield warn("configuration.floor", why, "PROBA_SANDBOX_FLOOR=namespaces, where people are not trusted")
    else:
        yield on("configuration.floor", "namespaces: a worker refuses anything weaker")
    if config.sandbox_cgroup == "none":
        why = "none: memory is sampled instead of limited exactly"
        yield warn("configuration.cgroup", why, "PROBA_SANDBOX_CGROUP=auto")
    yield _headers(config)
    if config.http_host not in LOCAL:
        why = f"the server listens on {config.http_host} without TLS"
        yield warn("configuration.http", why, "PROBA_HTTP_HOST=127.0.0.1 behind a proxy that speaks TLS")


def _headers(config: Config) -> Check:
    cure = f"{TESTLIB} in a directory that PROBA_INCLUDE_DIR names (docs/checkers.md)"
    try:
        names = sorted(read_headers(config.include_dir))
    except IncludeDirectoryError as error:
        return off("configuration.headers", str(error), "PROBA_INCLUDE_DIR=another directory", WORKER)
    if TESTLIB in names:
        return on("configuration.headers", f"{config.include_dir}: {', '.join(names)}")
    why = f"no {TESTLIB}: problem packages that use it must bring it"
    return warn("configuration.headers", why, cure)


def _names(names: Iterable[str]) -> Check:
    strange = unknown_names(names)
    if not strange:
        return on("configuration.names", "every PROBA_ name is a setting")
    near = {name: nearest_name(name) for name in strange}
    cure = ", ".join(f"{name} → {right}" for name, right in near.items() if right)
    return warn("configuration.names", f"not settings: {', '.join(strange)}", cure and f"rename {cure}")


def _secret(setting: str, url: str) -> Check:
    parts, id_ = urlsplit(url), f"configuration.{setting.removeprefix(PREFIX).removesuffix('_URL').lower()}-secret"
    if parts.hostname is None or parts.hostname in LOCAL:
        return on(id_, "a server of this machine")
    if not parts.password:
        return warn(id_, f"{parts.hostname} is asked without a password", f"a password in {setting}")
    if parts.password in DEFAULT_SECRETS:
        return warn(id_, f"{parts.hostname} has a password that everybody tries first", f"another one in {setting}")
    return on(id_, "a password of your own")


def _env_file(path: Path) -> Mapping[str, str | None]:
    try:
        return dotenv_values(path)
    except (OSError, UnicodeDecodeError):
        return {}
