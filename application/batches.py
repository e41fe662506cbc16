from collections.abc import Awaitable, Callable

from application.transactions import Transaction

BATCH = 500


async def remove_in_batches(
    transaction: Transaction,
    remove: Callable[[int], Awaitable[int]],
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """How many were removed. ``remove`` takes away as many as it is told at most, and says how many those were.

    A commit for each batch, so that nobody waits for long; ``progress`` hears the sum.
    """
    total = 0
    while True:
        removed = await remove(BATCH)
        await transaction.commit()
        total += removed
        progress(total)
        if removed < BATCH:
            return total
