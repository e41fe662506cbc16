import hmac
from dataclasses import dataclass

from application.access.recent_keys import RecentKeys
from application.access.secrets import MAX_SECRET_LENGTH, PREFIX, digest_of
from application.clock import Clock
from application.transactions import Transaction
from domain.access.entities import ApiKey
from domain.access.repositories import ApiKeyRepository
from domain.exceptions import Unauthenticated


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticateKey:
    """Whose secret it is."""

    transaction: Transaction
    keys: ApiKeyRepository
    recent: RecentKeys
    clock: Clock

    async def __call__(self, secret: str) -> ApiKey:
        """Raises Unauthenticated, which never says why: unknown, revoked and expired look alike."""
        if not secret.startswith(PREFIX) or len(secret) > MAX_SECRET_LENGTH or not secret.isascii():
            raise Unauthenticated
        digest = digest_of(secret)
        key = self.recent.get(digest) or await self._look_up(digest)
        now = self.clock.now()
        if key is None or not hmac.compare_digest(key.digest, digest) or not key.is_valid(now):
            raise Unauthenticated
        self.recent.note_use(key.id, now)
        return key

    async def _look_up(self, digest: bytes) -> ApiKey | None:
        key = await self.keys.by_digest(digest)
        await self.transaction.rollback()  # a slow body that follows must hold no connection
        if key is not None:
            self.recent.note(key)
        return key
