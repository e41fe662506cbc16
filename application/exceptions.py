"""What our machine does wrong, as far as use cases and the edges tell it apart from other faults."""


class StorageUnavailable(Exception):
    """The database or the queue cannot be reached now; trying again later may help."""


class StorageFull(Exception):
    """The disk is full; nothing half-written was kept."""
