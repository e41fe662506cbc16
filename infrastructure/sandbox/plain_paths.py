"""Paths at a level without mounts: there /app, /box and /tmp lie elsewhere, so what a command says is changed.

An argument or a value of the environment names one of the three where it stands at the start of a word, alone or behind
an option's letters, and ends there or goes on with a slash: ``/app/main``, ``-I/app``, ``/app:/box``, ``--out=/box/x``,
``cat '/tmp/a'``. In ``/usr/app``, ``src/box/a``, ``/tmpfile`` and ``http://host/app`` it does not.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from application.sandbox import Command

_BEFORE = r"""(?:^|(?<=[\s:=,;@'"`()<>|&{}\[\]]))"""
_AFTER = r"""(?=$|[/\s:=,;@'"`()<>|&{}\[\]*?])"""
_PLACE = re.compile(rf"{_BEFORE}(-{{1,2}}[A-Za-z]+)?(?<!/)/(app|box|tmp){_AFTER}")


def in_scratch(text: str, scratch: str) -> str:
    """``text`` with the three places as they are called below ``scratch``."""
    return _PLACE.sub(lambda found: f"{found[1] or ''}{scratch}/{found[2]}", text)


def translated(command: Command, scratch: str) -> Command:
    """The command as a program below ``scratch`` has to be told it; TMPDIR says where temporary files go."""
    environment: Mapping[str, str] = {"TMPDIR": "/tmp", **command.env}  # noqa: S108  # the program's own
    return replace(
        command,
        argv=tuple(in_scratch(argument, scratch) for argument in command.argv),
        env={name: in_scratch(value, scratch) for name, value in environment.items()},
    )
