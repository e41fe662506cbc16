import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from infrastructure.embedded.exceptions import EmbeddedServerUnavailable

UNPRIVILEGED = 65534


@dataclass(frozen=True, slots=True)
class Account:
    """Whom a server runs as. PostgreSQL refuses root, so that root's servers run as an unprivileged user who keeps one
    capability: to pass directories that only root may enter, such as a checkout under /root.
    """

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()
    """What to put in front of the server's command."""

    @classmethod
    def for_directory(cls, server: str, directory: Path) -> "Account":
        """For a server whose files lie in ``directory``, where they exist already. Raises EmbeddedServerUnavailable."""
        own_uid, own_gid = os.geteuid(), os.getegid()
        owner = directory.stat() if directory.exists() else None
        if own_uid != 0:
            if owner is not None and owner.st_uid != own_uid:
                raise EmbeddedServerUnavailable(
                    server,
                    f"{directory} belongs to the user with id {owner.st_uid}",
                    "start as that user or as root, or set PROBA_DIR to another directory",
                )
            return cls(own_uid, own_gid)
        uid, gid = (owner.st_uid, owner.st_gid) if owner is not None and owner.st_uid else (UNPRIVILEGED, UNPRIVILEGED)
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise EmbeddedServerUnavailable(
                server, "root needs 'setpriv' to start it as another user", "apt-get install util-linux"
            )
        return cls(
            uid,
            gid,
            (
                setpriv,
                f"--reuid={uid}",
                f"--regid={gid}",
                "--clear-groups",
                "--inh-caps=-all,+dac_override",
                "--ambient-caps=-all,+dac_override",
                "--bounding-set=-all,+dac_override",
                "--securebits=+no_setuid_fixup",  # else initdb loses the capability when it re-executes itself
                "--pdeathsig=INT",  # what was asked for before is forgotten when the user changes
                "--",
            ),
        )

    def named(self) -> tuple[str, ...]:
        """What to put in front of a command that insists on a name for its user, where the id has none, as a container
        may be started with: a user namespace that calls it by an id with a name.
        """
        import pwd  # noqa: PLC0415  # not on Windows

        try:
            pwd.getpwuid(self.uid)
        except KeyError:
            unshare = shutil.which("unshare")
            if unshare is not None:
                return (unshare, "--user", f"--map-user={UNPRIVILEGED}", f"--map-group={UNPRIVILEGED}", "--")
        return ()

    def own(self, directory: Path) -> None:
        """Make ``directory``, private, and give it to this account."""
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(directory, self.uid, self.gid, follow_symlinks=False)
