"""Replies may show a secret that is stored nowhere: they are kept so that only the secret of the key that was answered
opens them, which is stored nowhere either.
"""

import hashlib
import zlib
from uuid import UUID

LEVEL = 1


def seal(body: bytes, secret: str, token: UUID) -> bytes:
    """Packed, and masked by a stream that is used once: ``token`` is new for each reply."""
    return _mask(zlib.compress(body, LEVEL), secret, token)


def unseal(sealed: bytes, secret: str, token: UUID) -> bytes:
    """The body. Raises ValueError when secret or token is another."""
    try:
        return zlib.decompress(_mask(sealed, secret, token))
    except zlib.error as error:
        raise ValueError("this reply was sealed with another secret") from error


def _mask(data: bytes, secret: str, token: UUID) -> bytes:
    stream = hashlib.shake_256(b"proba reply\0" + token.bytes + secret.encode()).digest(len(data))
    return (int.from_bytes(data) ^ int.from_bytes(stream)).to_bytes(len(data))
