"""Redis between server and worker: it only wakes; whatever is lost here, the database still knows."""
