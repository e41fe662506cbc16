"""What can go wrong with an object store, and how it is told."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from application.exceptions import StorageUnavailable
from infrastructure.blobs.object_blob_storage import ObjectBlobStorage
from infrastructure.blobs.object_store import open_object_store
from infrastructure.blobs.object_store_probe import ObjectStoreProbe
from infrastructure.blobs.opening import shared_directory
from infrastructure.cli.doctor.blobs import look_at_blobs
from infrastructure.config import Config

CONTENT = b"content"


async def stream() -> AsyncIterator[bytes]:
    yield CONTENT


@pytest.fixture
def prefix() -> str:
    return uuid4().hex


async def test_equal_files_are_sent_once(s3_url: str, prefix: str, tmp_path: Path) -> None:
    store = open_object_store(f"s3://tests/{prefix}")
    storage = ObjectBlobStorage(store, tmp_path)
    large = os.urandom(9 * 1024 * 1024)

    async def chunks() -> AsyncIterator[bytes]:
        yield large

    (small,) = await storage.put_many([CONTENT, CONTENT][:1])
    one = await storage.put_stream(chunks(), len(large))
    before = {ref.digest: await store.head_async(key(ref.digest)) for ref in (small, one)}
    assert before[one.digest]["e_tag"].endswith('-2"')  # type: ignore[union-attr]  # two parts
    assert await storage.put_stream(chunks(), len(large)) == one
    assert await storage.put_many([CONTENT, large]) == [small, one]
    assert {ref.digest: await store.head_async(key(ref.digest)) for ref in (small, one)} == before


def key(digest: bytes) -> str:
    return f"{digest.hex()[:2]}/{digest.hex()}"


async def test_a_bucket_that_is_not_there(s3_url: str, prefix: str, tmp_path: Path) -> None:
    store = open_object_store("s3://nothing-here")
    storage = ObjectBlobStorage(store, tmp_path)
    for put in (storage.put_many([CONTENT]), storage.put_stream(stream(), 100)):
        with pytest.raises(StorageUnavailable, match="no such bucket"):
            await put
    assert await ObjectStoreProbe(store).trouble() == "the blob store has no such bucket or container"
    assert await ObjectStoreProbe(open_object_store("s3://tests")).trouble() is None
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


async def test_a_server_that_is_not_there(s3_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    store = open_object_store("s3://tests")
    storage = ObjectBlobStorage(store, tmp_path)
    (ref,) = await ObjectBlobStorage(open_object_store("memory:///"), tmp_path).put_many([CONTENT])
    for call in (storage.put_many([CONTENT]), storage.open(ref), storage.read_head(ref, 3)):
        with pytest.raises(StorageUnavailable, match="the blob store: "):
            await call
    trouble = await ObjectStoreProbe(store).trouble()
    assert trouble is not None
    assert trouble.startswith("the blob store ")
    assert "127.0.0.1" not in trouble


def test_what_is_no_url_of_a_store() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        open_object_store("nonsense://x")


def test_a_directory_by_its_url(tmp_path: Path) -> None:
    assert shared_directory(f"file://{tmp_path}/a%20b") == tmp_path / "a b"
    assert shared_directory("s3://bucket/x") is None
    with pytest.raises(ValueError, match="three slashes"):
        shared_directory("file://host/path")


def test_the_doctor_tries_the_store(s3_url: str, tmp_path: Path) -> None:
    def statuses(url: str) -> dict[str, str]:
        config = Config(_env_file=None, blobs_url=url, data_dir=tmp_path, blob_cache_size=1)
        return {check.id: check.status.value for check in look_at_blobs(config)}

    assert statuses("s3://tests/some/where") == {"servers.blobs": "on", "disk.blob-cache": "on"}
    assert statuses("s3://nothing-here") == {"servers.blobs": "off", "disk.blob-cache": "on"}
    assert statuses(f"file://{tmp_path}") == {"disk.blobs": "on", "disk.blob-cache": "on"}
    assert look_at_blobs(Config(_env_file=None, data_dir=tmp_path)) == []
