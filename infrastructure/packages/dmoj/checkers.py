"""DMOJ's checkers by name and arguments."""

import json
import shlex
from collections.abc import Callable, Mapping
from typing import Any

from application.judging.checker_call import WRITTEN_OUT
from domain.problems.entities import CheckerSpec
from domain.problems.enums import CheckerProtocol, CheckerType
from domain.problems.files import PackageProgram
from infrastructure.packages.dmoj.programs import Programs
from infrastructure.packages.yaml_table import YamlTable, YamlValue

_PROTOCOLS: Mapping[str, tuple[CheckerProtocol, str]] = {
    "default": (CheckerProtocol.DMOJ, "{input_file} {output_file} {answer_file}"),
    "testlib": (CheckerProtocol.TESTLIB, "{input_file} {output_file} {answer_file}"),
    "coci": (CheckerProtocol.COCI, "{input_file} {output_file} {answer_file}"),
    "peg": (CheckerProtocol.PEG, "{answer_file} {output_file} {input_file}"),
    "cms": (CheckerProtocol.CMS, "{input_file} {answer_file} {output_file}"),
}
STANDARD = CheckerSpec(line_sensitive=True)
_MOST_DIGITS = 300
_DISPLAY = ("feedback", "time_limit", "memory_limit", "compiler_time_limit", "cached")


def read_checker(table: YamlTable, programs: Programs) -> CheckerSpec:
    """The problem's, from the key ``checker``; complaints where it cannot be."""
    found = table.get("checker")
    if found is None:
        return STANDARD
    if isinstance(found.value, dict):
        inner = table.table("checker")
        name, arguments = inner.text("name") or "", inner.table("args")
        inner.finish()
    else:
        name, arguments = table.text("checker") or "", table.table("checker args")
    if name.endswith(".py"):
        return _python(programs.of((name,), "checker", line=found.line), arguments, programs)
    if name in _BY_PROGRAM:
        return _python(programs.made(name, f"from dmoj.checkers.{name} import check\n"), arguments, programs)
    make = _NAMED.get(name)
    if name in ("bridged", "bridged_checker"):
        spec = _bridged(arguments, programs, found.line)
    elif make is None:
        table.complain("checker", f"is not known here: {name[:40]!r}; known are {', '.join(sorted(_NAMED))}, bridged")
        return STANDARD
    else:
        spec = make(arguments)
    for key in _DISPLAY:
        arguments.get(key)
    arguments.finish()
    return spec


def _floats(mode: str) -> Callable[[YamlTable], CheckerSpec]:
    def make(arguments: YamlTable) -> CheckerSpec:
        precision = arguments.whole("precision")
        chosen = arguments.text("error_mode") or mode
        if chosen not in ("default", "absolute", "relative"):
            arguments.complain("error_mode", "must be default, absolute or relative")
        if precision is not None and not 0 <= precision <= _MOST_DIGITS:
            arguments.complain("precision", f"must be from 0 to {_MOST_DIGITS}")
            precision = None
        tolerance = 10.0 ** -(6 if precision is None else precision)
        return CheckerSpec(
            type=CheckerType.FLOAT,
            absolute=None if chosen == "relative" else tolerance,
            relative=None if chosen == "absolute" else tolerance,
            line_sensitive=True,
        )

    return make


def _sorted(arguments: YamlTable) -> CheckerSpec:
    split_on = arguments.text("split_on") or "lines"
    if split_on not in ("lines", "whitespace"):
        arguments.complain("split_on", "must be lines or whitespace")
    return CheckerSpec(type=CheckerType.SORTED, line_sensitive=split_on == "lines")


def _identical(arguments: YamlTable) -> CheckerSpec:
    arguments.flag("pe_allowed")
    return CheckerSpec(type=CheckerType.EXACT)


def _rstripped(arguments: YamlTable) -> CheckerSpec:
    arguments.flag("filter_new_line")
    return CheckerSpec(type=CheckerType.LINES)


_NAMED: Mapping[str, Callable[[YamlTable], CheckerSpec]] = {
    "standard": lambda _: STANDARD,
    "easy": lambda _: CheckerSpec(type=CheckerType.LETTERS),
    "floats": _floats("default"),
    "floatsabs": _floats("absolute"),
    "floatsrel": _floats("relative"),
    "identical": _identical,
    "linecount": lambda _: CheckerSpec(type=CheckerType.LINE_COUNT),
    "rstripped": _rstripped,
    "sorted": _sorted,
    "unordered": lambda _: CheckerSpec(type=CheckerType.SORTED),
}


_BY_PROGRAM = frozenset({"linematches"})
"""Rare ones, which are run as a setter's are."""


def _bridged(arguments: YamlTable, programs: Programs, line: int) -> CheckerSpec:
    program = programs.of(
        arguments.texts("files") or (),
        "checker",
        executor=arguments.text("lang"),
        flags=arguments.texts("flags") or (),
        line=line,
    )
    kind = arguments.text("type") or "default"
    if kind not in _PROTOCOLS:
        arguments.complain("type", f"must be one of {', '.join(_PROTOCOLS)}")
        return STANDARD
    protocol, order = _PROTOCOLS[kind]
    own = command_line(arguments, order)
    if program is None:
        return STANDARD
    return CheckerSpec(type=CheckerType.PROGRAM, program=program, protocol=protocol, arguments=own)


def command_line(table: YamlTable, order: str) -> tuple[str, ...]:
    """What ``args_format_string`` says, where it is not the ``order`` that the protocol has anyway."""
    asked = table.text("args_format_string")
    if asked is None or asked.split() == order.split():
        return ()
    try:
        return (WRITTEN_OUT, *shlex.split(asked))
    except ValueError as error:
        table.complain("args_format_string", f"is no command line: {error}")
        return ()


def _python(program: PackageProgram | None, arguments: YamlTable, programs: Programs) -> CheckerSpec:
    if program is None:
        return STANDARD
    if program.language != "python3":
        programs.refuse(program, "is a checker in Python 2: DMOJ's judge calls checkers in Python 3")
        return STANDARD
    keywords = {key: _plain(value) for key in arguments if (value := arguments.get(key)) is not None}
    return CheckerSpec(
        type=CheckerType.PROGRAM,
        program=program,
        protocol=CheckerProtocol.DMOJ_PYTHON,
        arguments=(json.dumps(keywords),) if keywords else (),
    )


def _plain(value: YamlValue) -> Any:
    match value.value:
        case list():
            return [_plain(item) for item in value.value]
        case dict():
            return {key: _plain(item) for key, item in value.value.items()}
        case _:
            return value.value
