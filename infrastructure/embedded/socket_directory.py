import hashlib
import os
import stat
from pathlib import Path

from infrastructure.embedded.account import Account
from infrastructure.embedded.exceptions import EmbeddedServerUnavailable

LONGEST_PATH = 107
"""Bytes that the kernel takes for a socket's path."""
LONGEST_NAME = len("/.s.PGSQL.5432.lock")


def socket_directory(directory: Path, server: str, account: Account) -> Path:
    """A private directory for ``server``'s socket: in ``directory``, or, where that path is too long for a socket,
    under /tmp by a name that is the same at each start. Raises EmbeddedServerUnavailable when somebody else has it.
    """
    place = directory / "sockets" / server
    if len(os.fsencode(place)) + LONGEST_NAME > LONGEST_PATH:
        digest = hashlib.sha256(os.fsencode(place)).hexdigest()[:16]
        place = Path("/tmp") / f"proba-{account.uid}-{digest}"  # noqa: S108  # checked below: nobody else's
        if os.path.lexists(place):
            _check_own(place, server, account)
    account.own(place)
    return place


def _check_own(place: Path, server: str, account: Account) -> None:
    found = place.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid in (os.geteuid(), account.uid) and not found.st_mode & 0o077:
        return
    raise EmbeddedServerUnavailable(
        server,
        f"{place}, the short path for its socket, is not a private directory of ours",
        "remove it, or set PROBA_DIR to a shorter path",
    )
