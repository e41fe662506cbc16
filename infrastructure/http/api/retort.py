"""Base of all mappers between the domain and the wire. Building a converter is slow: do it once a module."""

from datetime import timedelta

from adaptix.conversion import ConversionRetort, coercer


def text_of(data: bytes) -> str:
    """Bytes of a stranger's program as text: what is not UTF-8, and NUL, becomes U+FFFD."""
    return data.decode(errors="replace").replace("\0", "\ufffd")


retort = ConversionRetort(
    recipe=[
        coercer(timedelta, float, timedelta.total_seconds),
        coercer(bytes, str, text_of),
    ]
)
