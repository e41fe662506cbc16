import asyncio
import signal
import time
from collections.abc import Callable

from rich.console import Console
from rich.live import Live

from infrastructure.cli.demo.cases import Case, cases_for
from infrastructure.cli.demo.client import DemoClient
from infrastructure.cli.demo.display import Display, outcome_table
from infrastructure.cli.demo.outcome import CaseOutcome
from infrastructure.cli.demo.service import throw_away_service
from infrastructure.cli.exceptions import ExitCode
from infrastructure.cli.preflight import require_sandbox
from infrastructure.cli.settings import ROOT
from infrastructure.config import Config

PROBLEMS = ROOT / "examples" / "problems"


def run(config: Config, *, as_json: bool) -> int:
    """0 only when every verdict is the expected one."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)  # so that everything is stopped and removed
    require_sandbox(config, may_go_lower=True)
    console = Console(stderr=as_json)
    began = time.monotonic()
    starting = "starting PostgreSQL, Valkey, server and worker in a throw-away directory"
    with console.status(starting) as status, throw_away_service() as (url, key):
        status.stop()
        console.print(f"the service is up at {url} after {time.monotonic() - began:.1f} s")
        outcomes = asyncio.run(_judge_all(url, key, console, as_json=as_json))
        status.update("stopping")
        status.start()
    _sum_up(console, outcomes, time.monotonic() - began, as_json=as_json)
    return ExitCode.OK if outcomes and all(outcome.ok for outcome in outcomes) else ExitCode.FAILED


async def _judge_all(url: str, key: str, console: Console, *, as_json: bool) -> list[CaseOutcome]:
    display = Display(console)
    outcomes: list[CaseOutcome] = []

    def add(outcome: CaseOutcome) -> None:
        outcomes.append(outcome)
        display.add(outcome)
        if as_json:
            print(outcome.as_json(), flush=True)  # noqa: T201

    async with DemoClient(url, key) as client:
        problems = sorted(folder for folder in PROBLEMS.iterdir() if folder.is_dir())
        for problem in problems:
            await client.import_problem(problem)
        source_names = await client.source_names()
        console.print(f"{len(problems)} problems registered; languages found: {', '.join(source_names)}")
        cases = cases_for(source_names)
        display.expect(len(cases))
        if console.is_terminal:
            with Live(display, console=console, transient=True, refresh_per_second=8):
                await _submit_all(client, cases, add)
        else:
            await _submit_all(client, cases, add)
    return outcomes


async def _submit_all(client: DemoClient, cases: list[Case], add: Callable[[CaseOutcome], None]) -> None:
    async def wait(case: Case, submission: str) -> None:
        add(CaseOutcome.of(case, await client.finished(submission)))

    async with asyncio.TaskGroup() as group:
        for case in cases:
            group.create_task(wait(case, await client.submit(case)))


def _sum_up(console: Console, outcomes: list[CaseOutcome], seconds: float, *, as_json: bool) -> None:
    outcomes.sort(key=lambda outcome: (outcome.case.language, outcome.case.name))
    if not as_json:
        console.print(outcome_table(outcomes))
    for outcome in outcomes:
        if not outcome.ok:
            case = outcome.case
            console.print(
                f"{case.language} {case.name}: expected {case.expected}, got {outcome.got}: {outcome.message}",
                style="red", markup=False, highlight=False,
            )  # fmt: skip
    right = sum(outcome.ok for outcome in outcomes)
    languages = len({outcome.case.language for outcome in outcomes})
    console.print(f"{right} of {len(outcomes)} as expected, in {languages} languages, {seconds:.0f} s in all")
