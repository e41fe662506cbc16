"""Settings, read once at start from the environment (prefix ``PROBA_``) and from ``.env``.

Each is documented with unit and default in ``.env.example``; a test holds the two equal. A wrong value names itself.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PositiveFloat, PositiveInt
from pydantic_settings import BaseSettings, SettingsConfigDict

MIB = 1024 * 1024
MOST_DAYS = 36_500
DATABASE_SCHEMES = ("postgresql+asyncpg",)
REDIS_SCHEMES = ("redis", "rediss", "unix")
BLOB_SCHEMES = ("s3", "gs", "az", "file")
_DIRECTORY = "file:///"


def _scheme_of(schemes: tuple[str, ...]) -> AfterValidator:
    def check(url: str) -> str:
        if not url.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(f"should start with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return url

    return AfterValidator(check)


def _check_directory(url: str) -> str:
    if url.startswith("file:") and not url.startswith(_DIRECTORY):
        raise ValueError(f"should start with {_DIRECTORY}: an absolute path of this machine")
    return url


class Config(BaseSettings):
    """Everything that can be set. Sizes are bytes, times are seconds."""

    model_config = SettingsConfigDict(
        env_prefix="PROBA_", env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True
    )

    # where the truth, the bell and the files are
    database_url: Annotated[str, _scheme_of(DATABASE_SCHEMES)] | None = None
    redis_url: Annotated[str, _scheme_of(REDIS_SCHEMES)] | None = None
    data_dir: Path = Path(".proba/data")
    blobs_url: Annotated[str, _scheme_of(BLOB_SCHEMES), AfterValidator(_check_directory)] | None = None
    blob_cache_dir: Path | None = None
    """None: in the data directory."""
    blob_cache_size: PositiveInt = 10 * 1024 * MIB
    database_pool_size: PositiveInt = 10

    # the HTTP server
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8000
    http_processes: PositiveInt = 1
    http_reload: bool = False
    http_shutdown_timeout: PositiveInt = 10

    retention_days: Annotated[int, Field(ge=0, le=MOST_DAYS)] = 0
    """How long submissions are kept; 0: for ever."""
    audit_retention_days: Annotated[int, Field(ge=0, le=MOST_DAYS)] = 365
    """How long the audit log is kept; 0: for ever."""
    import_retention_days: Annotated[int, Field(ge=0, le=MOST_DAYS)] = 90
    """How long imports and their packages are kept, but for those of revisions in force; 0: for ever."""
    metrics: Literal["open", "key", "off"] = "open"
    """Who may read ``/metrics`` of the server."""

    # what a client may send
    max_body_size: PositiveInt = 64 * MIB
    max_sources: PositiveInt = 64
    max_source_size: PositiveInt = 1 * MIB
    max_inline_tests: PositiveInt = 1000
    max_package_size: PositiveInt = 512 * MIB
    max_package_unpacked_size: PositiveInt = 2048 * MIB
    max_package_file_size: PositiveInt = 1024 * MIB
    max_package_files: PositiveInt = 20_000
    max_backlog: PositiveInt = 100_000
    max_cpu_time: PositiveFloat = 60.0
    max_wall_time: PositiveFloat = 300.0
    max_memory: PositiveInt = 4096 * MIB
    max_output: PositiveInt = 256 * MIB
    max_processes: PositiveInt = 512

    # the worker
    worker_slots: Annotated[int, Field(ge=0)] = 0
    """0: as many as there are cores."""
    worker_languages: str = ""
    """Comma-separated ids; empty: all that are found."""
    worker_lease: PositiveFloat = 30.0
    worker_sweep: PositiveFloat = 2.0
    worker_grace: PositiveFloat = 30.0
    worker_max_attempts: PositiveInt = 3
    worker_metrics_host: str = "127.0.0.1"
    worker_metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """0: a worker listens nowhere."""
    retry_near_limit: bool = True
    include_dir: Path | None = None
    """Headers for setters' C and C++ programs, testlib.h above all."""

    # the sandbox
    sandbox_level: Literal["auto", "namespaces", "landlock"] = "auto"
    sandbox_floor: Literal["namespaces", "landlock"] = "namespaces"
    sandbox_cgroup: Literal["auto", "v2", "v1", "none"] = "auto"
    sandbox_uid_base: Annotated[int, Field(ge=1000, le=4_000_000_000)] = 64_000
    build_dir: Path | None = None

    # logs
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"
