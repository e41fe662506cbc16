from collections.abc import Awaitable, Callable
from datetime import datetime

from application.transactions import Transaction

BATCH = 500


async def remove_in_batches(
    transaction: Transaction,
    remove: Callable[[datetime, int], Awaitable[int]],
    before: datetime,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """How many were removed. A commit for each batch, so that nobody waits for long; ``progress`` hears the sum."""
    total = 0
    while True:
        removed = await remove(before, BATCH)
        await transaction.commit()
        total += removed
        progress(total)
        if removed < BATCH:
            return total
