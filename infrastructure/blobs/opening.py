"""From a URL to a storage."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from application.blobs import BlobStorage
from application.retention.blob_inventory import BlobInventory
from infrastructure.blobs.local_blob_storage import LocalBlobStorage
from infrastructure.blobs.local_inventory import LocalInventory
from infrastructure.blobs.object_blob_storage import ObjectBlobStorage
from infrastructure.blobs.object_inventory import ObjectInventory
from infrastructure.blobs.object_store import open_object_store


def open_blobs(url: str, spool: Path) -> BlobStorage:
    """A shared directory (file:///…) or an object store; ``spool``: a directory on a local disk. Raises ValueError."""
    directory = shared_directory(url)
    return ObjectBlobStorage(open_object_store(url), spool) if directory is None else LocalBlobStorage(directory)


def open_inventory(url: str) -> BlobInventory:
    """The same as a whole. Raises ValueError."""
    directory = shared_directory(url)
    return ObjectInventory(open_object_store(url)) if directory is None else LocalInventory(directory)


def shared_directory(url: str) -> Path | None:
    """None: the URL is that of an object store. Raises ValueError for file://host/…."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return None
    if parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
        raise ValueError(f"{url}: should be file:///an/absolute/path, with three slashes")
    return Path(unquote(parts.path))
