"""What our machine does wrong, as far as use cases and the edges tell it apart from other faults."""


class StorageUnavailable(Exception):
    """The database or the queue cannot be reached now; trying again later may help."""


class StorageFull(StorageUnavailable):
    """A disk is full: ours, or the database's. Nothing half-written was kept; whoever has time waits for room."""
