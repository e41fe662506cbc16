"""Contents of blobs and of runs as files of a box."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from application.blobs import BlobStorage
from application.sandbox import BoxFile, Content
from domain.problems.files import BlobRef, PackageFile


@asynccontextmanager
async def opened(blobs: BlobStorage, ref: BlobRef) -> AsyncIterator[Content]:
    """The bytes of a blob, closed at the end. Raises BlobMissing."""
    content = await blobs.open(ref)
    try:
        yield content
    finally:
        content.close()


@asynccontextmanager
async def opened_files(blobs: BlobStorage, files: Sequence[PackageFile]) -> AsyncIterator[tuple[BoxFile, ...]]:
    """A test's own files, as a run finds them beside it; closed at the end. Raises BlobMissing."""
    async with AsyncExitStack() as held:
        yield tuple([BoxFile(file.name, await held.enter_async_context(opened(blobs, file.content))) for file in files])


def head(content: Content, size: int) -> bytes:
    """The first ``size`` bytes."""
    with content.open() as reader:
        return reader.read(size)
