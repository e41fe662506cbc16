"""Where the slots of the reduced level have their files: see ``launcher/plainbox.c``, which makes and removes them."""

import os
import secrets
import tempfile
from dataclasses import dataclass

_ROOM = 512 << 20
_NAME = "proba-box-"


@dataclass(frozen=True, slots=True)
class Scratch:
    """A directory of the host in which programs can be executed, in memory if there is one."""

    base: str

    def fresh(self, name: str) -> str:
        """The path of a slot's own directory, which does not exist yet and cannot be guessed."""
        return f"{self.base}/{_NAME}{name}-{secrets.token_hex(8)}"


def find_scratch() -> Scratch:
    """The first usable place: /dev/shm, the user's runtime directory, the directory for temporary files."""
    candidates = ("/dev/shm", os.environ.get("XDG_RUNTIME_DIR", ""))  # noqa: S108  # a name nobody can guess, made anew
    usable = (place for place in candidates if place.startswith("/") and _has_room(place))
    return Scratch(os.path.realpath(next(usable, tempfile.gettempdir())))


def _has_room(place: str) -> bool:
    try:
        found = os.statvfs(place)
    except OSError:
        return False
    free = found.f_bavail * found.f_frsize
    return free >= _ROOM and not found.f_flag & os.ST_NOEXEC and os.access(place, os.W_OK | os.X_OK)
