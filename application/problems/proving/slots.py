"""Work that is spread over the slots of a worker."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from application.sandbox import Sandbox, SandboxPool

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


async def on_slots(
    pool: SandboxPool, items: Sequence[_Item], work: Callable[[Sandbox, _Item], Awaitable[_Result]]
) -> list[_Result]:
    """One call an item, each on a slot that it holds alone, as many at a time as there are slots; results in the order
    of the items. The first exception ends all.
    """
    results: dict[int, _Result] = {}
    waiting = iter(enumerate(items))

    async def serve() -> None:
        for index, item in waiting:
            async with pool.slot() as sandbox:
                results[index] = await work(sandbox, item)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(pool.slots, len(items))):
                group.create_task(serve())
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [results[index] for index in range(len(items))]
