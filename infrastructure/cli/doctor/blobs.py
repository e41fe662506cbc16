"""Where tests and packages are: written to, read from, and cleaned up."""

import asyncio
from uuid import uuid4

from application.exceptions import StorageUnavailable
from infrastructure.blobs.object_store import open_object_store, store_errors_are_named
from infrastructure.blobs.opening import shared_directory
from infrastructure.cli.doctor.check import BOTH, WORKER, Check, off, on
from infrastructure.cli.doctor.disk import GIB, MIB, disk_check, volume
from infrastructure.config import Config

ANSWER_SECONDS = 10.0
_CONTENT = b"proba doctor"


def look_at_blobs(config: Config) -> list[Check]:
    """Of ``PROBA_BLOBS_URL`` and the cache before it; nothing where the blobs are in the data directory."""
    if config.blobs_url is None:
        return []
    try:
        directory = shared_directory(config.blobs_url)
    except ValueError as error:
        return [off("servers.blobs", str(error), "PROBA_BLOBS_URL=file:///a/directory", BOTH)]
    cache = config.blob_cache_dir or config.data_dir / "blob-cache"
    setting = "PROBA_BLOB_CACHE_DIR"
    checks = [disk_check(volume("disk.blob-cache", cache, setting), config.blob_cache_size, 100 * MIB, WORKER)]
    if directory is not None:
        return [disk_check(volume("disk.blobs", directory, "PROBA_BLOBS_URL"), GIB, 100 * MIB, BOTH), *checks]
    return [asyncio.run(_object_store(config.blobs_url)), *checks]


async def _object_store(url: str) -> Check:
    key = f"doctor/{uuid4().hex}"
    try:
        store = open_object_store(url)
        with store_errors_are_named():
            async with asyncio.timeout(ANSWER_SECONDS):
                await store.put_async(key, _CONTENT)
                same = bytes(await store.get_range_async(key, start=0, length=len(_CONTENT))) == _CONTENT
                await store.delete_async(key)
    except TimeoutError:
        trouble = f"no answer within {ANSWER_SECONDS:g} s"
    except FileNotFoundError:
        trouble = "no such bucket or container"
    except (StorageUnavailable, ValueError) as error:
        trouble = str(error)
    else:
        if same:
            return on("servers.blobs", f"{url}: written, read and deleted", BOTH)
        trouble = "another content is read than was written"
    return off("servers.blobs", f"{url}: {trouble}", "PROBA_BLOBS_URL, and the store's own AWS_… settings", BOTH)
