import asyncio
import logging

from obstore.store import ObjectStore

from application.exceptions import StorageUnavailable
from infrastructure.blobs.object_store import NO_BUCKET, store_errors_are_named

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 3.0
_NOWHERE = "probe"


class ObjectStoreProbe:
    """``application.health.probe.Probe`` of the store that holds the blobs."""

    name = "blobs"

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def trouble(self) -> str | None:
        """None when it answers in time, knows us and has the bucket."""
        try:
            with store_errors_are_named():
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._store.list_with_delimiter_async(_NOWHERE)
        except TimeoutError:
            return f"the blob store has not answered within {PATIENCE_SECONDS:g} s"
        except FileNotFoundError:
            return NO_BUCKET
        except StorageUnavailable as error:
            if str(error) == NO_BUCKET:
                return NO_BUCKET
            log.warning("%s", error)  # names the address: for the log, not for whoever asks
            return "the blob store cannot be reached, or refuses us: the log says more"
        return None
