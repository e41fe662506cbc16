"""Gateway to the other workers of this machine."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from domain.workers.entities import WorkerId


class Neighbours(Protocol):
    """Who lives here, by what the operating system knows: no heartbeat is waited for."""

    def appear(self) -> None:
        """From now on until this process ends, however it ends, its worker lives. Never raises."""

    def gone(self) -> AbstractAsyncContextManager[Sequence[WorkerId]]:
        """Workers that have ended without a word. No other worker is told of them meanwhile, nor ever again when the
        context ends without an exception.
        """
