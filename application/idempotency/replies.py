from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from domain.access.entities import ApiKeyId


@dataclass(frozen=True, slots=True)
class Reply:
    """What a request was answered with. ``body`` may hold a secret."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer the request that ``key_id`` calls ``name``; ``token`` is new for each claim."""

    key_id: ApiKeyId
    name: str
    token: UUID


@dataclass(frozen=True, slots=True)
class Found:
    """An earlier request of that name; ``reply`` None: it is still in work."""

    fingerprint: bytes
    token: UUID
    reply: Reply | None


class Replies(Protocol):
    """Stored claims and replies, in the scope's transaction. Times are the storage's clock."""

    async def claim(self, claim: Claim, fingerprint: bytes, lease: timedelta, lifetime: timedelta) -> Found | None:
        """None: claimed. A claim without a reply holds for ``lease``, a reply for ``lifetime``."""

    async def save(self, claim: Claim, reply: Reply) -> bool:
        """Store the reply. False: the claim was lost to another request, and nothing may be created by this one."""

    async def release(self, claim: Claim) -> None:
        """Forget a claim that came to nothing; silent when it has a reply, or was lost."""

    async def forget(self, limit: int) -> int:
        """Remove what has outlived its time, at most ``limit`` of it; how much it was."""
