from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from application.idempotency.exceptions import IdempotencyKeyInUse
from application.idempotency.replies import Claim, Replies, Reply
from application.idempotency.sealing import seal


@dataclass(slots=True, kw_only=True)
class ReplyKeeper:
    """Of one request. Every use case that creates something calls ``keep`` before its commit; without an
    ``Idempotency-Key`` that does nothing at all.
    """

    replies: Replies
    kept: Reply | None = field(default=None, init=False)
    _claim: Claim | None = field(default=None, init=False)
    _secret: str = field(default="", init=False, repr=False)
    _render: Callable[[Any], Reply] | None = field(default=None, init=False)

    def begin(self, claim: Claim, secret: str) -> None:
        """The request has a claim; ``secret`` is its key's, which seals the reply."""
        self._claim, self._secret = claim, secret

    def show_as(self, render: Callable[[Any], Reply]) -> None:
        """How the edge shows the use case's result."""
        self._render = render

    async def keep(self, result: object) -> None:
        """Store the reply that ``result`` becomes, in the transaction that is about to be committed. Raises
        IdempotencyKeyInUse when another request has taken over: nothing may be created then.
        """
        if self._claim is not None and self._render is not None:
            await self.store(self._render(result))

    async def store(self, reply: Reply) -> None:
        """The reply itself; the last one stands. Raises IdempotencyKeyInUse."""
        if self._claim is None:
            return
        sealed = seal(reply.body, self._secret, self._claim.token)
        if not await self.replies.save(self._claim, Reply(reply.status, reply.headers, sealed)):
            raise IdempotencyKeyInUse
        self.kept = reply
