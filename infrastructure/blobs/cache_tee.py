from collections.abc import AsyncIterator, Callable

from domain.problems.files import BlobRef
from infrastructure.blobs.cache_folder import CacheFolder
from infrastructure.blobs.incoming_file import IncomingFile
from infrastructure.blobs.incoming_folder import FULL
from infrastructure.threads import in_thread


class CacheTee:
    """What goes to a storage far away lands in the cache, too: whoever stores tests is about to read them.

    A cache without room for it is no reason to fail. Of one stream.
    """

    def __init__(self, folder: CacheFolder) -> None:
        self._folder = folder
        self._incoming: IncomingFile | None = None

    async def chunks(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The same, written on their way."""
        await self._try(self._begin)
        async for chunk in chunks:
            await self._try(self._write, chunk)
            yield chunk

    async def keep(self, ref: BlobRef) -> None:
        """The storage has it, so that the cache may."""
        await self._try(self._keep, ref)

    async def close(self) -> None:
        """What was not kept is removed."""
        await in_thread(self._give_up)

    async def _try(self, step: Callable[..., None], *arguments: object) -> None:
        try:
            await in_thread(step, *arguments)
        except OSError as error:
            await in_thread(self._give_up)
            if error.errno not in FULL:
                raise

    def _begin(self) -> None:
        self._incoming = self._folder.incoming.new_file()

    def _write(self, chunk: bytes) -> None:
        if self._incoming is not None:
            self._incoming.write(chunk)
            if self._incoming.size > self._folder.max_size:
                self._give_up()

    def _keep(self, ref: BlobRef) -> None:
        if self._incoming is not None and (self._incoming.digest, self._incoming.size) == (ref.digest, ref.size):
            with self._folder.reserved(ref.size):
                self._folder.keep(self._incoming, ref).close()

    def _give_up(self) -> None:
        incoming, self._incoming = self._incoming, None
        if incoming is not None:
            incoming.discard()
