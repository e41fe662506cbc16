"""Workers: registration, heartbeat, and the queue's upkeep."""
