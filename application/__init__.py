"""What the system does: use cases, and the gateways through which they reach the world."""
