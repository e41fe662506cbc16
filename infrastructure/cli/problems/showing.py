"""``problems list`` and ``problems show``."""

import asyncio
import json
from typing import Any

from rich.table import Table
from rich.text import Text

from domain.runs.units import size_text
from infrastructure.cli.problems.connection import Connection
from infrastructure.cli.problems.import_answer import report_of
from infrastructure.cli.problems.report_tables import print_report
from infrastructure.cli.problems.service_client import Refused, ServiceClient
from infrastructure.cli.problems.wide_console import wide_console

NOT_FOUND = 404
SIZES = ("memory", "output", "stack", "fileSize")
TIMES = ("cpuTime", "wallTime")
USUAL: tuple[object, ...] = (None, False, 1, [], {})
"""What is not worth a line of its own."""


def list_problems(connection: Connection, *, as_json: bool) -> None:
    """A line a problem."""
    problems = asyncio.run(_problems(connection))
    if as_json:
        for problem in problems:
            print(json.dumps(problem, ensure_ascii=False))  # noqa: T201
        return
    table = Table("slug", "title", "revision", "made")
    for problem in problems:
        table.add_row(problem["slug"], Text(problem["title"]), str(problem["revision"]), problem["createdAt"][:16])
    wide_console().print(table)


def show_problem(connection: Connection, slug: str, *, as_json: bool) -> None:
    """Limits, checker, groups, tests, and what the last import has found out."""
    problem, tests, last = asyncio.run(_problem(connection, slug))
    if as_json:
        print(json.dumps({**problem, "tests": tests, "import": last}, ensure_ascii=False))  # noqa: T201
        return
    console = wide_console()
    console.print(Text.assemble((problem["slug"], "bold"), f"  {problem['title']}  revision {problem['revision']}"))
    console.print(_facts(problem))
    if problem["groups"]:
        console.print(_groups(problem["groups"]))
    console.print(_tests(tests))
    if last is not None:
        print_report(console, report_of(f"import {last['id']}", last))


async def _problems(connection: Connection) -> list[dict[str, Any]]:
    async with ServiceClient(connection) as client:
        return [problem async for problem in client.problems()]


async def _problem(
    connection: Connection, slug: str
) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any] | None]:
    async with ServiceClient(connection) as client:
        problem = await client.problem(slug)
        tests = [test async for test in client.tests(slug)]
        try:
            last = await client.last_import(slug)
        except Refused as refusal:
            if refusal.status != NOT_FOUND:  # it was written by hand, or is another key's
                raise
            last = None
        return problem, tests, last


def _facts(problem: dict[str, Any]) -> Table:
    table = Table(show_header=False, box=None)
    for name, value in problem["limits"].items():
        table.add_row(name, _limit(name, value))
    checker = {name: value for name, value in problem["checker"].items() if value not in (None, [], ())}
    table.add_row("checker", Text(", ".join(f"{name} {_plain(value)}" for name, value in checker.items())))
    table.add_row("scoring", problem["scoring"])
    for name, value in problem.get("setup", {}).items():
        if value is True or value not in USUAL:
            table.add_row(name, Text(_plain(value)))
    return table


def _limit(name: str, value: float | None) -> str:
    if value is None:
        return "default"
    if name in SIZES:
        return size_text(int(value))
    return f"{value:g} s" if name in TIMES else f"{value:g}"


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _groups(groups: list[dict[str, Any]]) -> Table:
    table = Table("group", "points", "scoring", "depends on")
    for group in groups:
        table.add_row(
            Text(group["name"]), f"{group['points']:g}", group["scoring"], Text(", ".join(group["dependsOn"]))
        )
    return table


def _tests(tests: list[dict[str, Any]]) -> Table:
    table = Table("test", "group", "", "points", "input", "answer")
    for test in tests:
        table.add_row(
            Text(test["name"]),
            Text(test["group"] or ""),
            "sample" if test["sample"] else "",
            "" if test["points"] is None else f"{test['points']:g}",
            size_text(test["inputSize"]),
            size_text(test["outputSize"]),
        )
    return table
