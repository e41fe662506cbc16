"""Backups of a directory, named by the time: the oldest go."""

import re
from datetime import UTC, datetime
from pathlib import Path

NAME = "proba-%Y-%m-%dT%H%M%SZ.tar.gz"
_NAMED_BY_TIME = re.compile(r"proba-\d{4}-\d{2}-\d{2}T\d{6}Z\.tar\.gz")


def name_now() -> str:
    """By UTC, to the second: names sort by their time."""
    return datetime.now(UTC).strftime(NAME)


def remove_older(directory: Path, kept: int) -> list[Path]:
    """All but the newest ``kept`` of those files that ``name_now`` has named; others are not touched. What went."""
    named = sorted(path for path in directory.iterdir() if _NAMED_BY_TIME.fullmatch(path.name) and path.is_file())
    for path in named[:-kept]:
        path.unlink(missing_ok=True)
    return named[:-kept]
