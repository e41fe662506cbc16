from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from application.idempotency.replies import Claim, Found, Reply
from infrastructure.database.repositories.idempotency.models import ReplyModel
from infrastructure.database.repositories.repository import Repository

NOW = func.clock_timestamp()


class SqlReplies(Repository):
    """``application.idempotency.replies.Replies`` over PostgreSQL."""

    async def claim(self, claim: Claim, fingerprint: bytes, lease: timedelta, lifetime: timedelta) -> Found | None:
        """Waits for a commit of the same name that is under way: then there is its reply."""
        values = {
            "fingerprint": fingerprint,
            "token": claim.token,
            "claimed_until": NOW + lease,
            "expires_at": NOW + lifetime,
            "status": None,
            "headers": None,
            "body": None,
        }
        free = or_(ReplyModel.expires_at <= NOW, and_(ReplyModel.status.is_(None), ReplyModel.claimed_until <= NOW))
        statement = insert(ReplyModel).values(key_id=claim.key_id, name=claim.name, **values)
        statement = statement.on_conflict_do_update(
            index_elements=[ReplyModel.key_id, ReplyModel.name], set_=values, where=free
        )
        # no disk is waited for: whatever a crash may lose of the claim, it has lost of what came after it too
        unhurried = func.set_config("synchronous_commit", "off", True)  # noqa: FBT003  # of this transaction alone
        if await self._one(statement.returning(ReplyModel.token, unhurried)) is not None:
            return None
        model: ReplyModel | None = await self._one(
            select(ReplyModel).where(ReplyModel.key_id == claim.key_id, ReplyModel.name == claim.name)
        )
        if model is None:  # dropped at this very moment
            return Found(fingerprint, claim.token, None)
        reply = None
        if model.status is not None:
            reply = Reply(model.status, model.headers or {}, model.body or b"")
        return Found(model.fingerprint, model.token, reply)

    async def save(self, claim: Claim, reply: Reply) -> bool:
        """Fenced by the token."""
        statement = update(ReplyModel).where(*_mine(claim)).returning(ReplyModel.token)
        values = {"status": reply.status, "headers": dict(reply.headers), "body": reply.body}
        return await self._one(statement.values(values)) is not None

    async def release(self, claim: Claim) -> None:
        """A reply that was committed after all stays."""
        await self._execute(delete(ReplyModel).where(*_mine(claim), ReplyModel.status.is_(None)))

    async def forget(self, limit: int) -> int:
        """Passes over what another process is removing."""
        place = tuple_(ReplyModel.key_id, ReplyModel.name)
        old = select(ReplyModel.key_id, ReplyModel.name).where(ReplyModel.expires_at <= NOW)
        old = old.order_by(ReplyModel.expires_at).limit(limit).with_for_update(skip_locked=True)
        gone = await self._execute(delete(ReplyModel).where(place.in_(old)).returning(ReplyModel.token))
        return len(gone.all())


def _mine(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return ReplyModel.key_id == claim.key_id, ReplyModel.name == claim.name, ReplyModel.token == claim.token
