"""``./proba test chaos``: faults under load, and after each an account of every submission.

Theory of operation. A stage (Postgres, Valkey, a server, workers of one slot each) in a directory of its own gets a
steady load of small submissions, some of which are cancelled, judged again or deleted. Faults come one after the other
in an order that the seed decides; those that kill a worker at a moment wait for a submission of their own to reach it.
After each, while the load goes on, what was acknowledged until then must get its one right verdict, and every attempt
its end; at the end all of it once more. The same seed injects the same faults in the same order; what they meet is
chance.
"""

# ruff: noqa: ASYNC110  # what is waited for is in other processes

import asyncio
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.console import Console

from tests.chaos.accounts import Accounts, audit, audit_some, unended
from tests.chaos.acknowledged import Acknowledged
from tests.chaos.client import Client
from tests.chaos.faults import Connection, Faults, Injected, MomentMissed, dead_boxes
from tests.chaos.report import show
from tests.chaos.stage import Stage
from tests.chaos.traffic import Traffic

UNKNOWN = -1
"""The database is dead just now; sending goes on."""
STARTED = time.monotonic()
WAITING = 12
TRIES = 5
DRAIN_SECONDS, LEFTOVER_SECONDS = 60.0, 15.0
MOMENTS = ("compile", "run", "check", "record")
FULL = {f"kill -9 worker: {moment}": 17 for moment in MOMENTS} | {
    "kill -9 server": 12,
    "kill -9 Redis": 12,
    "kill -9 Postgres": 10,
    "Redis FLUSHALL": 6,
    "SIGSTOP worker past its lease": 6,
    "network cut worker-Postgres": 6,
    "clock off by an hour, worker": 4,
    "clock off by an hour, server": 3,
    "disk full: blobs": 3,
    "disk full: Postgres": 3,
    "rolling restart": 2,
}
QUICK = {f"kill -9 worker: {moment}": 1 for moment in MOMENTS} | {
    "kill -9 server": 1,
    "kill -9 Redis": 1,
    "kill -9 Postgres": 1,
    "network cut worker-Postgres": 1,
    "SIGSTOP worker past its lease": 1,
}


@dataclass(slots=True)
class Outcome:
    """Of one campaign."""

    seed: int
    injected: list[Injected] = field(default_factory=list)
    missed: int = 0
    accounted: int = 0
    refusals: int = 0
    acknowledged: Acknowledged = field(default_factory=Acknowledged)
    seconds: float = 0.0
    skipped: dict[str, str] = field(default_factory=dict)
    accounts: Accounts = field(default_factory=Accounts)


async def run(
    plan: dict[str, int], submissions: int, seed: int, workers: int, directory: Path, logs: Path | None = None
) -> Outcome:
    """Inject the plan while at least ``submissions`` are sent, wait until all are judged, and take the account."""
    outcome = Outcome(seed)
    stage = Stage(directory, workers)
    began = time.monotonic()
    try:
        await stage.start()
        client = Client(stage.url, stage.key)
        traffic = Traffic(client, seed)
        outcome.acknowledged = traffic.acknowledged
        await traffic.prepare()
        stop = asyncio.Event()
        _tell("the stage stands")
        sending = asyncio.create_task(_send(stage, traffic, submissions, stop))
        await _inject(plan, Faults(stage, traffic, client.is_served, seed), traffic, outcome)
        stop.set()
        await sending
        await _drain(stage)
        outcome.refusals = client.refusals
        seen = outcome.accounts.wrong
        async with Connection(stage.dsn) as database:
            outcome.accounts = await audit(database, traffic.acknowledged)
        outcome.accounts.wrong += seen + client.errors + await _unfinished_rejudges(client, traffic.acknowledged)
        await client.close()
        await _look_for_leftovers(stage, outcome)
    finally:
        await stage.stop()
        if logs is not None:
            stage.keep_logs(logs)
        stage.clear()
    outcome.seconds = time.monotonic() - began
    return outcome


async def _inject(plan: dict[str, int], faults: Faults, traffic: Traffic, outcome: Outcome) -> None:
    order = [name for name, count in plan.items() for _ in range(count)]
    chance = random.Random(outcome.seed)
    chance.shuffle(order)
    for name in order:
        disk = {"disk full: blobs": "blobs", "disk full: Postgres": "database"}.get(name)
        if disk and disk not in faults.stage.disks:
            outcome.skipped[name] = "a small disk needs root and a mount"
            continue
        for _ in range(TRIES):
            try:
                outcome.injected.append(await faults.inject(name))
            except MomentMissed:
                outcome.missed += 1
            else:
                break
        else:
            outcome.skipped[name] = f"its moment was missed {TRIES} times"
        wrong = await _account(faults.stage, traffic)
        outcome.accounted += 1
        outcome.accounts.wrong += [f"after {name}, number {len(outcome.injected)}: {line}" for line in wrong]
        _tell(f"{len(outcome.injected)}/{len(order)} {name}{': WRONG' if wrong else ''}")
        await asyncio.sleep(chance.uniform(0.1, 0.8))


async def _account(stage: Stage, traffic: Traffic) -> list[str]:
    """Of what was acknowledged until now, as soon as it has ended; more is sent meanwhile."""
    await traffic.calm_down()
    submissions = set(traffic.acknowledged.sent)
    deadline = time.monotonic() + DRAIN_SECONDS
    async with Connection(stage.dsn) as database:
        while await unended(database, submissions) and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        wrong = await audit_some(database, traffic.acknowledged, submissions)
    traffic.calm.clear()
    return wrong


async def _unfinished_rejudges(client: Client, acknowledged: Acknowledged) -> list[str]:
    """By their reports: all has ended, and no verdict has changed (what was cancelled had none)."""
    wrong = []
    for id_, rejudge in acknowledged.rejudges.items():
        report = (await client.http.get(f"/rejudges/{id_}")).raise_for_status().json()
        deleted = len(rejudge.took & acknowledged.deleted)
        told = (report["status"], report["total"], report["withdrawn"], report["deleted"])
        changed = [change for change in report["changes"] if change["old"] is not None]
        if told != ("finished", rejudge.total, rejudge.withdrawn, deleted) or changed:
            wrong.append(f"rejudge {id_} of {rejudge.total}: {report}")
    return wrong


def _tell(text: str) -> None:
    print(f"{time.monotonic() - STARTED:6.1f} s  {text}", file=sys.stderr, flush=True)  # noqa: T201


async def _send(stage: Stage, traffic: Traffic, submissions: int, stop: asyncio.Event) -> None:
    """Keep some waiting, not more: the campaign shall end."""
    while not stop.is_set() or len(traffic.acknowledged.sent) < submissions:
        if await _waiting(stage) < WAITING:
            await traffic.send_some()
        else:
            await asyncio.sleep(0.05)


async def _waiting(stage: Stage) -> int:
    try:
        connection = await asyncpg.connect(stage.dsn, timeout=5)
        try:
            return int(await connection.fetchval("SELECT count(*) FROM queue"))
        finally:
            await connection.close()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        return UNKNOWN


async def _drain(stage: Stage) -> None:
    deadline = time.monotonic() + DRAIN_SECONDS
    while await _waiting(stage):
        if time.monotonic() > deadline:
            return  # the account says what is left
        await asyncio.sleep(0.2)


async def _look_for_leftovers(stage: Stage, outcome: Outcome) -> None:
    """Every worker is ended; a new one clears up what the killed have left. A second, if need be: other tests beside
    this one kill launchers too.
    """
    for _ in range(2):
        await stage.end_workers()
        new = stage.start_worker(0)
        deadline = time.monotonic() + LEFTOVER_SECONDS
        while dead_boxes() and new.runs and time.monotonic() < deadline:
            await asyncio.sleep(0.2)
        if not dead_boxes():
            return
    outcome.accounts.wrong += [f"left behind: {box}" for box in dead_boxes()]


def main(
    *,
    quick: Annotated[bool, typer.Option("--quick", help="a handful of faults, under a minute")] = False,
    seed: Annotated[int, typer.Option(help="decides the faults' order and moments")] = 0,
    submissions: Annotated[int, typer.Option(help="at least so many; 0: 1000, or 60 when quick")] = 0,
    workers: Annotated[int, typer.Option(min=2, help="worker processes of one slot")] = 3,
    logs: Annotated[Path | None, typer.Option(help="keep the logs of server and workers here")] = None,
) -> None:
    """Kill, freeze, cut and fill whatever Proba is made of while it judges; ends with 0 when nothing was lost."""
    seed = seed or random.SystemRandom().randrange(1, 1_000_000)
    if logs is not None:
        logs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="proba-chaos-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        plan = QUICK if quick else FULL
        wanted = submissions or (60 if quick else 1000)
        outcome = asyncio.run(run(plan, wanted, seed, workers, Path(name) / "s", logs))
    show(Console(), outcome)
    raise SystemExit(1 if outcome.accounts.wrong else 0)


if __name__ == "__main__":
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(main)
    app()
