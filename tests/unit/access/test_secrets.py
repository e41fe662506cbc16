"""No secret is compared by its characters, stored, or written where people read."""

import hmac
import logging
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from application.access.recent_keys import RecentKeys
from application.access.secrets import MASK, digest_of, mask_secrets, new_secret
from application.access.usecases import AuthenticateKey, CreatedKey
from application.idempotency.sealing import seal, unseal
from domain.access.entities import ApiKey, ApiKeyId
from domain.access.enums import Scope
from domain.exceptions import Unauthenticated
from infrastructure.masked_formatter import MaskedFormatter
from tests.fakes.fake_clock import FakeClock
from tests.fakes.fake_transaction import FakeTransaction


class OneKey:
    """A repository that answers with its only key, whatever digest it is asked for."""

    def __init__(self, key: ApiKey) -> None:
        self.key = key
        self.asked: list[object] = []

    async def by_digest(self, digest: bytes) -> ApiKey:
        self.asked.append(digest)
        return self.key


async def test_digests_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    secret, other = new_secret(), new_secret()
    key = ApiKey(
        id=ApiKeyId(uuid4()), name="k", digest=digest_of(secret), scopes=frozenset({Scope.SUBMIT}), max_priority=0,
        created_at=datetime.now(UTC),
    )  # fmt: skip
    compared: list[tuple[bytes, bytes]] = []
    safe = hmac.compare_digest

    def compare(one: bytes, two: bytes) -> bool:
        compared.append((one, two))
        return safe(one, two)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    keys = OneKey(key)
    authenticate = AuthenticateKey(
        transaction=FakeTransaction(), keys=keys, recent=RecentKeys(), clock=FakeClock()  # type: ignore[arg-type]
    )  # fmt: skip
    assert await authenticate(secret) is key
    with pytest.raises(Unauthenticated):  # a storage that answers wrongly opens nothing
        await authenticate(other)
    assert compared == [(digest_of(secret), digest_of(secret)), (digest_of(secret), digest_of(other))]
    # what leaves for the database is a digest: 32 bytes that tell nothing of the secret
    assert keys.asked == [digest_of(secret), digest_of(other)]
    assert secret not in repr(CreatedKey(key, secret))


def test_masking() -> None:
    secret = new_secret()
    assert mask_secrets(f"a {secret}, b '{secret}'") == f"a {MASK}, b '{MASK}'"
    assert mask_secrets("role proba_worker") == "role proba_worker"
    record = logging.LogRecord("x", logging.INFO, "", 0, "GET /%s %s", (secret, "rest"), None)
    assert MaskedFormatter(logging.Formatter("%(message)s")).format(record) == f"GET /{MASK} rest"


def test_sealing() -> None:
    body, secret, token = b'{"secret": "proba_x"}' * 100, new_secret(), uuid4()
    sealed = seal(body, secret, token)
    assert unseal(sealed, secret, token) == body
    assert len(sealed) < len(body) / 5
    assert unseal(seal(b"", secret, token), secret, token) == b""
    assert seal(body, secret, uuid4()) != sealed
    for wrong in ((new_secret(), token), (secret, uuid4())):
        with pytest.raises(ValueError, match="another secret"):
            unseal(sealed, *wrong)
