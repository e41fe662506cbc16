"""Directories that the service writes to: there, writable, with room, of the right kind."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infrastructure.cli.doctor.check import BOTH, WORKER, Check, Needs, off, on, warn
from infrastructure.cli.settings import ROOT
from infrastructure.config import Config
from infrastructure.sandbox.build import default_directory

MIB, GIB = 1 << 20, 1 << 30
FREE_INODES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What is known of a directory. ``error``: why nothing can be written; "" when it can. Sizes are bytes."""

    id: str
    path: str
    setting: str
    error: str = ""
    kind: str = ""
    free: int = 0
    inodes: int = -1
    """Free ones; -1: the file system has no number of them."""
    noexec: bool = False


def look_at_disk(config: Config) -> Iterator[Check]:
    """Each is tried with a file that has no name."""
    embedded = os.environ.get("PROBA_DIR") or str(ROOT / ".proba")
    yield disk_check(volume("disk.data", config.data_dir, "PROBA_DATA_DIR"), GIB, 100 * MIB, BOTH)
    build = config.build_dir or default_directory()
    yield disk_check(volume("disk.build", build, "PROBA_BUILD_DIR"), 50 * MIB, 10 * MIB, (), runs=True)
    yield disk_check(volume("disk.temporary", Path(tempfile.gettempdir()), "TMPDIR"), GIB, 100 * MIB, WORKER)
    yield disk_check(volume("disk.embedded", Path(embedded), "PROBA_DIR"), GIB, 200 * MIB, ())
    yield disk_check(volume("disk.memory", Path("/dev/shm"), "--shm-size"), 512 * MIB, 0, ())  # noqa: S108


def volume(id_: str, path: Path, setting: str) -> Volume:
    """Of the directory, or of the nearest one above it that is there."""
    place = path.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    shown = str(path) if place == path.absolute() else f"{path} (to be made in {place})"
    try:
        if not place.is_dir():
            return Volume(id=id_, path=shown, setting=setting, error="not a directory")
        with tempfile.TemporaryFile(dir=place):
            pass
        found = os.statvfs(place)
    except OSError as error:
        return Volume(id=id_, path=shown, setting=setting, error=error.strerror or str(error))
    return Volume(
        id=id_,
        path=shown,
        setting=setting,
        kind=_kind(place),
        free=found.f_bavail * found.f_frsize,
        inodes=found.f_favail if found.f_files else -1,
        noexec=bool(found.f_flag & os.ST_NOEXEC),
    )


def disk_check(found: Volume, wanted: int, needed: int, required: tuple[Needs, ...], *, runs: bool = False) -> Check:
    """Below ``wanted`` bytes free: a warning; below ``needed``: off. ``runs``: programs are started from there."""
    user = os.geteuid() if hasattr(os, "geteuid") else 0
    if found.error:
        cure = f"{found.setting}=another directory, or: chown {user} {found.path.partition(' ')[0]}"
        status = off if required else warn
        why = f"{found.path}: user {user} cannot write: {found.error}"
        return off(found.id, why, cure, required) if status is off else warn(found.id, why, cure)
    counted = f", {found.inodes} inodes" if found.inodes >= 0 else ""
    why = f"{found.path}: {found.kind or 'some file system'}, {found.free // MIB} MiB{counted} free"
    other = "--shm-size=1g of the container" if found.setting.startswith("--") else f"{found.setting}=a larger place"
    if found.noexec and runs:
        cure = f"mount -o remount,exec, or {found.setting}=another directory"
        return off(found.id, f"{why}; mounted noexec, the launcher cannot be started", cure, WORKER)
    if found.free < needed or 0 <= found.inodes < FREE_INODES // 10:
        return off(
            found.id, f"{why}; {needed // MIB} MiB and {FREE_INODES // 10} inodes are the least", other, required
        )
    if found.free < wanted or 0 <= found.inodes < FREE_INODES:
        return warn(found.id, f"{why}; {wanted // MIB} MiB and {FREE_INODES} inodes are better", other)
    return on(found.id, why, required)


def _kind(place: Path) -> str:
    """The type of its file system: of the longest mount point above it."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, kind, target = "", "", str(place.resolve())
    for line in lines:
        before, _, after = line.partition(" - ")
        point = before.split(" ")[4]
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, after.split(" ")[0]
    return kind
