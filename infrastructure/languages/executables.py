"""Where toolchains lie on this machine, and which of their folders the sandbox must show."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

SANDBOX_PATH = ("/usr/local/bin", "/usr/bin", "/bin")
"""The PATH of every compiler and program: what the sandbox always shows."""

_SHOWN = ("/usr", "/bin", "/lib", "/lib64")
_PYTHON_2 = "versions/2.7*/bin"
_ALTERNATIVES = "/etc/alternatives"


def search_path(extra: Sequence[Path] = (), environ: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Directories to look in: the configured ones, the system's, then those of PATH outside of people's homes.

    A home is private and often closed to others: what lies there (pyenv, rustup, nvm) is only taken when configured.
    What lies in /snap needs a daemon to start. Python 2 alone is looked for in the own home's pyenv, after all else:
    no distribution has it any more, and old packages are full of it.
    """
    homes = [Path("/root"), Path("/home"), Path("/snap"), Path(environ.get("HOME") or "/root")]
    usual = (Path(entry) for entry in environ.get("PATH", "").split(":") if entry.startswith("/"))
    others = (entry for entry in usual if not any(entry == home or home in entry.parents for home in homes))
    own = Path(environ.get("PYENV_ROOT") or Path(environ.get("HOME") or "/root") / ".pyenv")
    last = sorted(own.glob(_PYTHON_2)) if own.is_absolute() else ()
    return tuple(dict.fromkeys((*extra, *map(Path, SANDBOX_PATH), *others, *last)))


def find_executable(names: Iterable[str], directories: Iterable[Path]) -> Path | None:
    """The first of ``names`` that any of the directories has, Debian's alternatives resolved."""
    places = tuple(directories)
    for name in names:
        for directory in places:
            path = directory / name
            if path.is_file() and os.access(path, os.X_OK):
                return _without_alternatives(path)
    return None


def prefix_to_show(executable: Path) -> Path | None:
    """The folder that a toolchain outside of the system's folders lives in: ``/opt/node/bin/node`` → ``/opt/node``.

    None: it is seen in the sandbox as it is.
    """
    if _is_shown(executable) and _is_shown(executable.resolve()):
        return None
    directory = (executable if not _is_shown(executable) else executable.resolve()).parent
    return directory.parent if directory.name == "bin" and directory.parent.parent != directory.parent else directory


def _is_shown(path: Path) -> bool:
    return any(path.is_relative_to(shown) for shown in _SHOWN)


def _without_alternatives(path: Path) -> Path:
    """Follow a link through /etc/alternatives, and no other: some programs look at the name they were called by."""
    seen = 0
    while path.is_symlink() and seen < 8:
        target = path.parent / path.readlink()
        if not (str(target).startswith(_ALTERNATIVES) or str(path).startswith(_ALTERNATIVES)):
            break
        path, seen = target, seen + 1
    return path
