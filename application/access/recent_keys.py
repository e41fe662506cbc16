"""Spares most requests the question whose secret they bring."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from domain.access.entities import ApiKey, ApiKeyId

LIFETIME_SECONDS = 1.0
MOST = 10_000


@dataclass(slots=True)
class RecentKeys:
    """Keys that the database has shown within the last second; shared by the requests of a server process.

    A key that is revoked here is forgotten at once; one that another process revokes, within a second.
    """

    _shown: dict[bytes, tuple[float, ApiKey]] = field(default_factory=dict, init=False)
    _used: dict[ApiKeyId, datetime] = field(default_factory=dict, init=False)

    def get(self, digest: bytes) -> ApiKey | None:
        """The key, if it was noted a moment ago."""
        noted = self._shown.get(digest)
        if noted is None:
            return None
        if time.monotonic() >= noted[0] + LIFETIME_SECONDS:
            del self._shown[digest]
            return None
        return noted[1]

    def note(self, key: ApiKey) -> None:
        """The database has just shown it."""
        if len(self._shown) >= MOST:
            self._shown.clear()
        self._shown[key.digest] = (time.monotonic(), key)

    def forget(self, key_id: ApiKeyId) -> None:
        """It is no longer what it was."""
        for digest in [digest for digest, (_, key) in self._shown.items() if key.id == key_id]:
            del self._shown[digest]

    def note_use(self, key_id: ApiKeyId, at: datetime) -> None:
        """It was used; stored later, for all requests since the last time at once."""
        self._used[key_id] = at

    def take_uses(self) -> dict[ApiKeyId, datetime]:
        """Since the last call."""
        uses, self._used = self._used, {}
        return uses
