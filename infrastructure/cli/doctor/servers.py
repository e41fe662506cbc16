"""PostgreSQL and Redis: asked who they are and whether they are set up so that nothing is lost."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from infrastructure.cli.doctor.check import BOTH, Check, off, on, unknown, warn
from infrastructure.config import Config
from infrastructure.database.migrations import missing_revisions
from infrastructure.embedded.binaries import postgres_directory, valkey_server
from infrastructure.embedded.exceptions import EmbeddedServerUnavailable

ANSWER_SECONDS = 5.0
COMPOSE = "docker compose -f docker-compose.dev.yaml up -d"
POSTGRES_NEEDED = 17


def look_at_servers(config: Config) -> list[Check]:
    """Those that are configured; of the others, what ``up`` and ``demo`` would start."""
    checks: list[Check] = []
    if config.database_url:
        checks += asyncio.run(_database(config.database_url))
    else:
        checks += _embedded("database", "PROBA_DATABASE_URL", "PostgreSQL", postgres_directory)
    if config.redis_url:
        checks += asyncio.run(_redis(config.redis_url))
    else:
        checks += _embedded("redis", "PROBA_REDIS_URL", "Valkey", valkey_server)
    return checks


def _embedded(id_: str, setting: str, name: str, find: Callable[[], Path]) -> list[Check]:
    try:
        place = find()
    except EmbeddedServerUnavailable as error:
        return [warn(f"servers.{id_}", f"{setting} is not set, and {error.reason}", error.cure)]
    why = f"{setting} is not set: up and demo start {name} of their own ({place}); server and worker need the setting"
    return [on(f"servers.{id_}", why)]


def where(url: str, port: int) -> str:
    """Host and port of a URL, without its secrets."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or port}" if parts.hostname else "its unix socket"


async def _database(url: str) -> list[Check]:
    place = where(url, 5432)
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": ANSWER_SECONDS})
    try:
        async with asyncio.timeout(ANSWER_SECONDS), engine.connect() as connection:
            version = str((await connection.execute(text("SHOW server_version"))).scalar_one())
            missing = await connection.run_sync(missing_revisions)
    except (OSError, SQLAlchemyError, TimeoutError) as error:
        return [off("servers.database", f"{place}: {_words(error)}", f"{COMPOSE} (or mend PROBA_DATABASE_URL)", BOTH)]
    finally:
        await engine.dispose()
    checks = [_postgres(place, version)]
    if missing:
        why = f"the schema lacks {', '.join(missing)}"
        checks.append(off("servers.migrations", why, "./proba migrate (the same as: alembic upgrade head)", BOTH))
    else:
        checks.append(on("servers.migrations", "the schema is this version's", BOTH))
    return checks


def _postgres(place: str, version: str) -> Check:
    major = version.partition(".")[0]
    if major.isdecimal() and int(major) < POSTGRES_NEEDED:
        why = f"{place}: PostgreSQL {version}; {POSTGRES_NEEDED} or newer is supported"
        return warn("servers.database", why, f"a newer PostgreSQL ({COMPOSE} brings one)")
    return on("servers.database", f"{place}: PostgreSQL {version}", BOTH)


async def _redis(url: str) -> list[Check]:
    place = where(url, 6379)
    client = Redis.from_url(
        url, decode_responses=True, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS
    )
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            server = await client.info("server")
            try:
                told = {**await client.config_get("maxmemory*"), **await client.config_get("appendonly")}
            except RedisError:
                told = {}
    except (OSError, RedisError, TimeoutError) as error:
        return [off("servers.redis", f"{place}: {_words(error)}", f"{COMPOSE} (or mend PROBA_REDIS_URL)", BOTH)]
    finally:
        await client.aclose()
    name = (
        f"Valkey {server['valkey_version']}" if "valkey_version" in server else f"Redis {server.get('redis_version')}"
    )
    return [on("servers.redis", f"{place}: {name}", BOTH), *redis_settings({str(k): str(v) for k, v in told.items()})]


def redis_settings(settings: dict[str, str]) -> list[Check]:
    """Of CONFIG GET; empty when the server does not tell."""
    if not settings:
        return [unknown("servers.redis-eviction", "the server does not show its settings (CONFIG is not allowed)")]
    policy, limit = settings.get("maxmemory-policy", "noeviction"), settings.get("maxmemory", "0")
    checks = []
    if policy == "noeviction":
        checks.append(on("servers.redis-eviction", "noeviction"))
    else:
        why = f"{policy}: wake-ups may be thrown away" + (
            " when memory is full" if limit == "0" else f" above {limit} B"
        )
        checks.append(warn("servers.redis-eviction", why, "redis-cli CONFIG SET maxmemory-policy noeviction"))
    if settings.get("appendonly") == "yes":
        checks.append(on("servers.redis-persistence", "append-only file"))
    else:
        why = (
            "no append-only file: a restart loses the wake-ups (workers look by themselves every PROBA_WORKER_SWEEP s)"
        )
        checks.append(warn("servers.redis-persistence", why, "redis-cli CONFIG SET appendonly yes"))
    return checks


def _words(error: BaseException) -> str:
    if isinstance(error, TimeoutError) and not str(error):
        return f"no answer within {ANSWER_SECONDS:g} s"
    cause = getattr(error, "orig", None) or error
    return (str(cause).strip() or type(cause).__name__).splitlines()[0][:300]
