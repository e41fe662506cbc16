"""A stream becomes a file on the disk, counted and hashed, in constant memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.blobs import BlobTooLarge
from infrastructure.blobs.blocks import blocks
from infrastructure.blobs.incoming_file import IncomingFile
from infrastructure.blobs.incoming_folder import IncomingFolder, full_disk_is_named
from infrastructure.threads import in_thread


@asynccontextmanager
async def received(folder: IncomingFolder, chunks: AsyncIterator[bytes], max_size: int) -> AsyncIterator[IncomingFile]:
    """All of ``chunks``; what has no other name at the end is removed. Raises BlobTooLarge, StorageFull, and what
    ``chunks`` raises.
    """
    with full_disk_is_named(folder.path.parent):
        incoming = await in_thread(folder.new_file)
        try:
            async for block in blocks(chunks):
                if incoming.size + len(block) > max_size:
                    raise BlobTooLarge(max_size)
                await in_thread(incoming.write, block)
            yield incoming
        finally:
            await in_thread(incoming.discard)
