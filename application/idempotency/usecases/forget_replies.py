from dataclasses import dataclass

from application.batches import remove_in_batches
from application.idempotency.replies import Replies
from application.transactions import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetReplies:
    """Remove replies that have outlived their 24 h."""

    transaction: Transaction
    replies: Replies

    async def __call__(self) -> int:
        """How many there were. Two processes may do it at the same time."""
        return await remove_in_batches(self.transaction, self.replies.forget)
