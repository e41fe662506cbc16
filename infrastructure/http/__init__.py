"""The HTTP interface: all of fastapi."""
