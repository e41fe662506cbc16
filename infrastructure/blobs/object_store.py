"""Object stores by URL: S3 and what speaks it, Google Cloud Storage, Azure. Credentials come from the environment,
under the names that each of them has anyway (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL …).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from application.exceptions import StorageFull, StorageUnavailable

SCHEMES = ("s3", "gs", "az")
NO_BUCKET = "the blob store has no such bucket or container"
_CONNECT = timedelta(seconds=5)
_SILENCE = timedelta(seconds=30)
_REQUEST = timedelta(minutes=30)
"""One request, a large download included."""
_RETRIES = 4
_RETRYING = timedelta(seconds=30)
_NO_ROOM = ("No space left on device", "Disk quota exceeded", "StorageFull", "QuotaExceeded", "507 Insufficient")
_NOWHERE = ("NoSuchBucket", "ContainerNotFound")
_SHOWN = 300


def open_object_store(url: str) -> ObjectStore:
    """It connects when it is first used. Raises ValueError for what is no such URL."""
    try:
        return from_url(
            url,
            client_options={
                "connect_timeout": _CONNECT,
                "read_timeout": _SILENCE,
                "timeout": _REQUEST,
                "allow_http": _without_tls(),
            },
            retry_config={"max_retries": _RETRIES, "retry_timeout": _RETRYING},
        )
    except BaseError as error:
        raise ValueError(_words(error)) from error


def _without_tls() -> bool:
    """Only where the operator has named an address without it."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL", "")
    return endpoint.startswith("http://") or os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true")


@contextmanager
def store_errors_are_named() -> Iterator[None]:
    """Around everything that talks to a store. Raises StorageUnavailable, StorageFull; a missing object stays
    FileNotFoundError.
    """
    try:
        yield
    except BaseError as error:
        text = str(error)
        if any(mark in text for mark in _NOWHERE):
            raise StorageUnavailable(NO_BUCKET) from error
        kind = StorageFull if any(mark in text for mark in _NO_ROOM) else StorageUnavailable
        raise kind(f"the blob store: {_words(error)}") from error


def _words(error: BaseException) -> str:
    """The first line; those below are of interest to the library's authors."""
    return next(iter(str(error).splitlines()), type(error).__name__)[:_SHOWN]
