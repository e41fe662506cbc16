"""Files of a cache: ``<root>/<boot>/<first two digits>/<SHA-256>``; the oldest use goes first.

Theory of operation: a file is written to ``incoming``, and renamed when it is whole and its digest is right. It is not
flushed: what a crash of the machine may have left half-written belongs to another boot, and is thrown away whole. The
time of a file's last use is its mtime. Processes may share a root: each counts what it adds, and looks at the whole
folder anew after each sixteenth of the limit, so that so much may be exceeded for each further process.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from domain.problems.files import BlobRef
from infrastructure.blobs.durability import flush_file
from infrastructure.blobs.held_file import HeldFile
from infrastructure.blobs.incoming_file import IncomingFile
from infrastructure.blobs.incoming_folder import FULL, IncomingFolder

_BLOCK = 4096
_LOOK_AFTER = 16
_TOUCH_AFTER_SECONDS = 60.0
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_UNKNOWN_BOOT = "any"


@dataclass(frozen=True, slots=True, order=True)
class _Kept:
    used: float
    size: int
    path: Path


class CacheFolder:
    """At most ``max_size`` bytes under ``root``. Its methods wait for the disk."""

    def __init__(self, root: Path, max_size: int) -> None:
        self.max_size = max_size
        self._root = root.absolute()
        self._boot = _boot()
        self._files = self._root / self._boot
        self.incoming = IncomingFolder(self._files / "incoming")
        self._lock = Lock()
        self._kept: int | None = None
        self._added = 0
        self._reserved = 0

    def find(self, ref: BlobRef) -> HeldFile | None:
        """Held, and noted as used now; None: not there."""
        path = self._path(ref.digest)
        try:
            held = HeldFile(path, ref.size, ref.digest)
        except FileNotFoundError:
            return None
        status = held.status()
        if status.st_size != ref.size:
            held.close()
            return None
        now = time.time()
        if now - status.st_mtime > _TOUCH_AFTER_SECONDS:
            with suppress(OSError):  # evicted meanwhile
                os.utime(path, (now, now))
        return held

    @contextmanager
    def reserved(self, size: int) -> Iterator[None]:
        """Room for ``size`` bytes that are on their way: what was used longest ago is evicted for them."""
        size = _on_disk(size)
        with self._lock:
            self._reserved += size
            if self._kept is None or self._added > self.max_size // _LOOK_AFTER:
                self._kept, self._added = sum(one.size for one in self._look()), 0
            if self._kept + self._reserved > self.max_size:
                self._kept = self._evict(self.max_size - self._reserved)
        try:
            yield
        finally:
            with self._lock:
                self._reserved -= size

    def keep(self, incoming: IncomingFile, ref: BlobRef) -> HeldFile:
        """Give a whole file its name. Raises OSError."""
        path = self._path(ref.digest)
        incoming.seal()
        if self._boot == _UNKNOWN_BOOT:
            flush_file(incoming.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if os.name != "posix":  # a file that is open cannot be renamed there, but neither can it be evicted
            incoming.path.replace(path)
            return HeldFile(path, ref.size, ref.digest)
        held = HeldFile(incoming.path, ref.size, ref.digest)
        with suppress(
            FileNotFoundError
        ):  # thrown away by a process of another boot: then it is no cache of one machine
            incoming.path.replace(path)
        with self._lock:
            self._kept = (self._kept or 0) + _on_disk(ref.size)
            self._added += _on_disk(ref.size)
        return held

    def try_to_add(self, ref: BlobRef, content: bytes) -> bool:
        """Whether there was room for it, in the cache and on its disk."""
        if ref.size > self.max_size:
            return False
        incoming: IncomingFile | None = None
        try:
            with self.reserved(ref.size):
                incoming = self.incoming.new_file()
                incoming.write(content)
                self.keep(incoming, ref).close()
        except OSError as error:
            if error.errno not in FULL:
                raise
            return False
        finally:
            if incoming is not None:
                incoming.discard()
        return True

    def give_up_half(self) -> None:
        """The disk is full, whatever the limit says."""
        with self._lock:
            self._kept = self._evict(sum(one.size for one in self._look()) // 2)

    def _evict(self, wanted: int) -> int:
        """Until no more than ``wanted`` bytes are left; how many are."""
        kept = sorted(self._look())
        left = sum(one.size for one in kept)
        for one in kept:
            if left <= wanted:
                break
            with suppress(OSError):  # another process was first, or (Windows) somebody reads it
                one.path.unlink()
                left -= one.size
        return left

    def _look(self) -> list[_Kept]:
        self._forget_other_boots()
        kept = []
        for folder in self._files.glob("??"):
            with suppress(OSError), os.scandir(folder) as entries:
                for entry in entries:
                    with suppress(OSError):
                        status = entry.stat(follow_symlinks=False)
                        kept.append(_Kept(status.st_mtime, _on_disk(status.st_size), Path(entry.path)))
        return kept

    def _forget_other_boots(self) -> None:
        with suppress(FileNotFoundError):
            for folder in self._root.iterdir():
                if folder.name != self._boot:
                    shutil.rmtree(folder, ignore_errors=True)

    def _path(self, digest: bytes) -> Path:
        name = digest.hex()
        return self._files / name[:2] / name


def _on_disk(size: int) -> int:
    return (size + _BLOCK - 1) // _BLOCK * _BLOCK


def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return _UNKNOWN_BOOT
