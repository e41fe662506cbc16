"""The hashed exports are what poetry.lock says."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker

ROOT = Path(__file__).parents[3]
ENVIRONMENTS = [
    {
        "python_version": full.rpartition(".")[0],
        "python_full_version": full,
        "sys_platform": platform,
        "platform_system": system,
        "platform_python_implementation": implementation,
    }
    for full in ("3.11.2", "3.11.7", "3.14.0")
    for platform, system in (("linux", "Linux"), ("win32", "Windows"), ("darwin", "Darwin"))
    for implementation in ("CPython", "PyPy")
]
EXPORT = "poetry export --only {group} -o requirements/{group}.txt"


@cache
def locked(group: str) -> dict[str, tuple[str, str, frozenset[str]]]:
    lock = tomllib.loads((ROOT / "poetry.lock").read_text(encoding="utf-8"))
    return {
        package["name"]: (package["version"], marker(package, group), frozenset(f["hash"] for f in package["files"]))
        for package in lock["package"]
        if group in package["groups"]
    }


def marker(package: dict[str, Any], group: str) -> str:
    markers = package.get("markers", "")
    return str(markers.get(group, "") if isinstance(markers, dict) else markers)


def exported(group: str) -> dict[str, tuple[str, str, frozenset[str]]]:
    text = (ROOT / "requirements" / f"{group}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        requirement, *hashes = re.split(r"\s+--hash=", line)
        pin, _, markers = requirement.partition(";")
        name, _, version = pin.strip().partition("==")
        found[name.partition("[")[0]] = (version, markers.strip(), frozenset(hashes))
    return found


@pytest.mark.parametrize("group", ["main", "dev", "zig"])
def test_the_export_is_the_lock(group: str) -> None:
    lock, export = locked(group), exported(group)
    if group != "main":  # what is in main is not said again
        lock = {name: value for name, value in lock.items() if name not in locked("main") or name in export}
    assert set(export) == set(lock), f"differs from poetry.lock; {EXPORT.format(group=group)}"
    for name, (version, markers, hashes) in lock.items():
        assert export[name][0] == version, name
        assert export[name][2] == hashes, name
        assert wanted_in(export[name][1]) == wanted_in(markers), name


def test_the_lock_is_of_this_project() -> None:
    """What a dependency is declared as, the lock fulfils: the name is there, in a version that the pin names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    main = locked("main")
    for dependency in project["project"]["dependencies"]:
        name, version = re.match(r"([A-Za-z0-9_-]+)(?:\[.*\])?(?:==([^ ;]+))?", dependency).groups()  # type: ignore[union-attr]
        assert name in main, dependency
        assert version in (None, main[name][0]), dependency


def wanted_in(markers: str) -> list[bool]:
    return [not markers or Marker(markers).evaluate(dict(environment)) for environment in ENVIRONMENTS]
