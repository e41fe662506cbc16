"""Attacks on the result: its own, the next run's, or what the judge makes of it."""

from typing import Any

from domain.verdicts import Verdict
from tests.attacks.attack import HELD, Attack, Ends, crashed

_LARGE = b"1 2 3\n" * 200_000


def _attack(name: str, tries: str, ends: Ends = HELD, **options: Any) -> Attack:
    return Attack(name=f"result: {name}", tries=tries, program="results.c", arguments=(name,), ends=ends, **options)


def _exits(code: int) -> Ends:
    return Ends(verdict=Verdict.RTE, exit_code=code)


ATTACKS = (
    _attack("descriptors", "write the launcher's messages to every descriptor; read stdout's other end"),
    _attack("input", "read past its input, change it, seal it, for the next test's", stdin=b"1 2 3"),
    _attack("bent output", "shrink the pipe of stdout, make it signal a neighbour, truncate it"),
    _attack("close stdin", "close an input that is still being fed", stdin=_LARGE),
    _attack("leave input", "end without reading a large input", stdin=_LARGE),
    _attack("close all", "close everything and end well", Ends(output=b"", words="an empty output"), stdin=_LARGE),
    _attack("verdict", "print a verdict, exit with a checker's code", _exits(42)),
    _attack("exit 255", "an exit code of -1", _exits(255)),
    _attack("own SIGXCPU", "die by the signal of a limit that was not passed", crashed(24)),
    _attack("own SIGSYS", "die by the signal of the filter", crashed(31)),
    _attack("real time signal", "die by a signal without a name", Ends(verdict=Verdict.RTE, words="signal 64")),
    _attack("no such program", "execute nothing", _exits(127)),
)
