from datetime import UTC, datetime
from uuid import uuid4

import pytest

from application.access import recent_keys
from application.access.recent_keys import RecentKeys
from domain.access.entities import ApiKey, ApiKeyId
from domain.access.enums import Scope


def key(digest: bytes = b"a") -> ApiKey:
    return ApiKey(
        id=ApiKeyId(uuid4()),
        name="test",
        digest=digest,
        scopes=frozenset({Scope.SUBMIT}),
        max_priority=0,
        created_at=datetime.now(UTC),
    )


def test_a_key_is_known_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("application.access.recent_keys.time.monotonic", lambda: now)
    recent, mine = RecentKeys(), key()
    assert recent.get(b"a") is None
    recent.note(mine)
    assert recent.get(b"a") is mine
    assert recent.get(b"b") is None
    now += 0.99
    assert recent.get(b"a") is mine
    now += 0.01
    assert recent.get(b"a") is None


def test_a_forgotten_key_is_not_known() -> None:
    recent, mine, other = RecentKeys(), key(b"a"), key(b"b")
    recent.note(mine)
    recent.note(other)
    recent.forget(mine.id)
    assert recent.get(b"a") is None
    assert recent.get(b"b") is other


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent_keys, "MOST", 3)
    recent = RecentKeys()
    for number in range(10):
        recent.note(key(bytes([number])))
    assert sum(recent.get(bytes([number])) is not None for number in range(10)) <= 3
    assert recent.get(bytes([9])) is not None
