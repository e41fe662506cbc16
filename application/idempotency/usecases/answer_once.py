import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from application.exceptions import StorageUnavailable
from application.idempotency.exceptions import IdempotencyKeyInUse, IdempotencyKeyReused
from application.idempotency.replies import Claim, Found, Replies, Reply
from application.idempotency.reply_keeper import ReplyKeeper
from application.idempotency.sealing import unseal
from application.transactions import Transaction
from domain.access.entities import ApiKey

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
"""From a body that has been read to the answer's commit; after a crash, how long a repetition is told to wait."""
LIFETIME = timedelta(hours=24)
MOST_LOOKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOnce:
    """Do what a request asks for, unless it has been done."""

    transaction: Transaction
    replies: Replies
    keeper: ReplyKeeper

    async def __call__(
        self, key: ApiKey, secret: str, name: str, fingerprint: bytes, work: Callable[[], Awaitable[Reply | None]]
    ) -> tuple[Reply | None, bool]:
        """The reply, and whether it is an earlier one's. ``work`` gives None for a refusal, which is not kept; what it
        raises goes through. Raises IdempotencyKeyReused, IdempotencyKeyInUse.
        """
        claim = Claim(key.id, name, uuid4())
        found = await self._claim(claim, fingerprint)
        if found is not None:
            return _repeated(found, fingerprint, secret), True
        self.keeper.begin(claim, secret)
        try:
            reply = await work()
        except Exception:
            await self._release(claim)
            raise
        if reply is None:
            await self._release(claim)
        elif reply != self.keeper.kept:
            await self._store(reply)
        return reply, False

    async def _claim(self, claim: Claim, fingerprint: bytes) -> Found | None:
        for _ in range(MOST_LOOKS):
            found = await self.replies.claim(claim, fingerprint, LEASE, LIFETIME)
            await self.transaction.commit()
            if found is None or found.token != claim.token:
                return found
        raise IdempotencyKeyInUse

    async def _store(self, reply: Reply) -> None:
        """Where the answer says more than what was kept with the commit (it has waited for a verdict)."""
        try:
            await self.keeper.store(reply)
            await self.transaction.commit()
        except (StorageUnavailable, IdempotencyKeyInUse) as error:
            log.warning("an answer could not be kept for a repetition: %s", error)

    async def _release(self, claim: Claim) -> None:
        try:
            await self.transaction.rollback()
            await self.replies.release(claim)
            await self.transaction.commit()
        except StorageUnavailable as error:
            log.warning("an Idempotency-Key stays claimed for a minute: %s", error)


def _repeated(found: Found, fingerprint: bytes, secret: str) -> Reply:
    if found.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    if found.reply is None:
        raise IdempotencyKeyInUse
    return Reply(found.reply.status, found.reply.headers, unseal(found.reply.body, secret, found.token))
