import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_thread(function: Callable[..., T], /, *args: object, on_cancel: Callable[[], None] | None = None) -> T:
    """As ``asyncio.to_thread``, but never returns before the thread has ended, not even when cancelled: what the
    thread uses can then be closed safely. ``on_cancel`` may ask the thread to end soon.
    """
    work = asyncio.ensure_future(asyncio.to_thread(function, *args))
    cancelled: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await asyncio.wait({work})
        except asyncio.CancelledError as error:
            cancelled = error
            if on_cancel is not None:
                on_cancel()
    if cancelled is not None:
        work.exception()  # mark as seen
        raise cancelled
    return work.result()
