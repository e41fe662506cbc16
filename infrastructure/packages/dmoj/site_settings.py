"""What ``init.yml`` does not say (limits, the name): from files that public repositories keep beside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from application.problems.packages import PackageRejected
from infrastructure.packages.package_folder import PackageFolder
from infrastructure.packages.slugs import title_of
from infrastructure.packages.yaml_table import YamlTable, parse_table

_FILES = (
    "problem.yml", "problem.yaml", "config.yml", "config.yaml", "meta.yml", "meta.yaml", "info.yml", "info.yaml",
    "site.yml", "data.yml", "problem.json",
)  # fmt: skip
_TEXTS = ("statement.md", "problem.md", "description.md", "README.md", "index.md")
_TIME = ("time_limit", "time-limit", "timeLimit", "timelimit", "time")
_MEMORY = ("memory_limit", "memory-limit", "memoryLimit", "memorylimit", "memory")
_NAMES = ("name", "title", "problem_name")
_AMOUNT = re.compile(r"\s*([0-9]*\.?[0-9]+)\s*([A-Za-z]*)\s*")
_MAX_FILE = 1024 * 1024
_SECONDS = {"": 1.0, "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 0.001}
_BYTES = {"b": 1, "k": 1024, "kb": 1024, "kib": 1024, "m": 1024**2, "mb": 1024**2, "mib": 1024**2,
          "g": 1024**3, "gb": 1024**3, "gib": 1024**3}  # fmt: skip


@dataclass(slots=True)
class SiteSettings:
    """``source`` is where the limits were found."""

    time: timedelta | None = None
    memory: int | None = None
    name: str = ""
    source: str = ""


def read_site_settings(folder: PackageFolder) -> SiteSettings:
    """Nothing of it is required; what cannot be read is passed over."""
    settings = SiteSettings()
    for path, text in _documents(folder):
        try:
            table = parse_table(text, path, [], [])
        except PackageRejected:
            continue
        time, memory = _first(table, _TIME), _first(table, _MEMORY)
        found_time = None if time is None else _time(time)
        found_memory = None if memory is None else _memory(memory)
        if settings.time is None and found_time is not None:
            settings.time, settings.source = found_time, path
        settings.memory = settings.memory or found_memory
        settings.name = settings.name or title_of(_first(table, _NAMES) or "")
    return settings


def _documents(folder: PackageFolder) -> Iterator[tuple[str, str]]:
    for path in _FILES:
        if path in folder.files:
            yield path, folder.head(path, _MAX_FILE).decode(errors="replace")
    for path in _TEXTS:
        if path in folder.files:
            text = folder.head(path, _MAX_FILE).decode(errors="replace").removeprefix("\ufeff")
            if text.startswith("---"):  # front matter
                yield path, text[3:].partition("\n---")[0]


def _first(table: YamlTable, keys: tuple[str, ...]) -> str | None:
    for key in keys:
        found = table.get(key)
        if found is not None and isinstance(found.value, str | int | float):
            return str(found.value)
    return None


def _time(text: str) -> timedelta | None:
    match = _AMOUNT.fullmatch(text[:60])
    factor = None if match is None else _SECONDS.get(match[2].lower())
    seconds = 0.0 if match is None or factor is None else float(match[1]) * factor
    if match is not None and not match[2] and seconds >= 100:  # of milliseconds
        seconds /= 1000
    return timedelta(seconds=seconds) if 0 < seconds < 1e6 else None


def _memory(text: str) -> int | None:
    """Without a unit: kilobytes as DMOJ has them, unless the number is so small, or so large, that it cannot be."""
    match = _AMOUNT.fullmatch(text[:60])
    if match is None:
        return None
    number, unit = float(match[1]), match[2].lower()
    if unit not in _BYTES:
        unit = "m" if number < 4096 else "k" if number < 8 * 1024**2 else "b"
    size = number * _BYTES[unit]
    return int(size) if 0 < size < 2**50 else None
