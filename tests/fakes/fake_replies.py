from datetime import timedelta

from application.idempotency.replies import Claim, Found, Reply


class FakeReplies:
    """``application.idempotency.replies.Replies`` that grants every claim and keeps what was saved."""

    def __init__(self) -> None:
        self.saved: dict[str, Reply] = {}

    async def claim(
        self,
        claim: Claim,  # noqa: ARG002  # the interface
        fingerprint: bytes,  # noqa: ARG002
        lease: timedelta,  # noqa: ARG002
        lifetime: timedelta,  # noqa: ARG002
    ) -> Found | None:
        """Always granted."""
        return None

    async def save(self, claim: Claim, reply: Reply) -> bool:
        """Never lost."""
        self.saved[claim.name] = reply
        return True

    async def release(self, claim: Claim) -> None:
        """Forgotten."""
        self.saved.pop(claim.name, None)

    async def forget(self, limit: int) -> int:  # noqa: ARG002  # the interface
        """Nothing grows old here."""
        return 0
