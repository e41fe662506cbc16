"""Sizes and times as people read them, for the sentences of verdicts and errors."""

from datetime import timedelta

_SIZES = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10))


def size_text(size: int) -> str:
    """``1536`` → ``"1.5 KiB"``."""
    for unit, factor in _SIZES:
        if size >= factor:
            return f"{round(size / factor, 1):g} {unit}"
    return f"{size} bytes"


def time_text(time: timedelta) -> str:
    """``timedelta(seconds=1.25)`` → ``"1.25 s"``, to the millisecond."""
    return f"{round(time.total_seconds(), 3):g} s"
