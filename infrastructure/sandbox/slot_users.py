"""User ids for the slots, so that two workers of one machine never share one.

A shared id would make RLIMIT_NPROC count the neighbours' processes. An id is held by an abstract socket address: it
belongs to one process at a time, and the kernel gives it back however that process ends.
"""

import os
import socket
from contextlib import suppress

_TRIES = 1000


class SlotUser:
    """One id, held until closed. An ordinary user needs none: there a user namespace takes its place."""

    def __init__(self, base: int) -> None:
        self.uid = base
        self._holder: socket.socket | None = None
        if os.geteuid():
            return
        holder = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        for uid in range(base, base + _TRIES):
            with suppress(OSError):
                holder.bind(f"\0proba-slot-user-{uid}")
                self.uid, self._holder = uid, holder
                return
        holder.close()

    def close(self) -> None:
        """Give it back."""
        if self._holder is not None:
            self._holder.close()
            self._holder = None
