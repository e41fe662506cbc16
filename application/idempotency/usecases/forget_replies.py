from dataclasses import dataclass

from application.idempotency.replies import Replies
from application.transactions import Transaction

AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetReplies:
    """Remove replies that have outlived their 24 h, in batches that hold no lock for long."""

    transaction: Transaction
    replies: Replies

    async def __call__(self) -> int:
        """How many there were. Two processes may do it at the same time."""
        total = 0
        while True:
            forgotten = await self.replies.forget(AT_ONCE)
            await self.transaction.commit()
            total += forgotten
            if forgotten < AT_ONCE:
                return total
