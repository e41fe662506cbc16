"""The secrets of API keys: how they are made and how they are stored."""

import hashlib
import re
import secrets

PREFIX = "proba_"
MAX_SECRET_LENGTH = 256
_SECRET = re.compile(PREFIX + r"[A-Za-z0-9_-]{16,}")
MASK = PREFIX + "***"


def new_secret() -> str:
    """256 random bits; the prefix lets scanners of leaked secrets recognise it."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: str) -> bytes:
    """SHA-256. A slow hash would add nothing to 256 random bits, and looking up by digest compares nothing secret."""
    return hashlib.sha256(secret.encode()).digest()


def mask_secrets(text: str) -> str:
    """The text without whatever looks like a key's secret: for logs, wherever a client may have put its key."""
    return _SECRET.sub(MASK, text) if PREFIX in text else text
