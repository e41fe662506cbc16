import asyncio
import sys


def new_event_loop() -> asyncio.AbstractEventLoop:
    """That of uvloop where it exists (not on Windows)."""
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop  # noqa: PLC0415  # not installed on Windows

    return uvloop.new_event_loop()
