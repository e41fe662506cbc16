"""The table of a campaign: fault × injected × what was seen."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from statistics import median
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from tests.chaos.campaign import Outcome
    from tests.chaos.faults import Injected

SHOWN = 20


def show(console: Console, outcome: Outcome) -> None:
    """Recovery: from the mending (of a kill: the kill) to the next verdict that any submission got, and, where one
    was aimed at, to its own.
    """
    table = Table(title=f"proba test chaos, seed {outcome.seed}", title_justify="left")
    table.add_column("fault")
    for heading in ("injected", "attempts lost", "recovered median", "max"):
        table.add_column(heading, justify="right")
    lost = attributed(outcome)
    times: dict[str, list[float]] = defaultdict(list)
    for one in outcome.injected:
        times[one.name].append(recovery(outcome, one))
    for name, found in times.items():
        table.add_row(name, str(len(found)), str(lost[name]), f"{median(found):.2f} s", f"{max(found):.2f} s")
    for name, why in outcome.skipped.items():
        table.add_row(name, "skipped", why, "", "")
    console.print(table)
    accounts = outcome.accounts
    told = outcome.acknowledged
    kills = sum(name.startswith("kill") * len(found) for name, found in times.items())
    console.print(
        f"{len(outcome.injected)} faults, {kills} of them kill -9, an account after {outcome.accounted}; "
        f"{outcome.missed} moments missed; {accounts.submissions} submissions acknowledged "
        f"({len(told.cancelled)} cancelled, {len(told.deleted)} deleted, {len(told.rejudges)} rejudges, "
        f"{sum(rejudge.withdrawn for rejudge in told.rejudges.values())} of their jobs withdrawn), "
        f"{accounts.jobs} jobs left, {outcome.refusals} requests refused and repeated; "
        f"{sum(accounts.endings.values())} attempts superseded {dict(accounts.endings)}, at most "
        f"{accounts.most_attempts} of one job; verdicts {dict(accounts.verdicts)}; {outcome.seconds:.0f} s",
        highlight=False,
    )
    for line in accounts.wrong[:SHOWN]:
        console.print(line, style="red", markup=False)
    said = "nothing lost, nothing twice" if not accounts.wrong else f"{len(accounts.wrong)} WRONG"
    console.print(said, style="red" if accounts.wrong else "green")


def attributed(outcome: Outcome) -> Counter[str]:
    """Lost attempts by fault: that which killed their worker, or the last that had begun when they ended."""
    killers = {pid: one for one in outcome.injected for pid in one.killed}
    began = [one.began for one in outcome.injected]
    found: Counter[str] = Counter()
    for row in outcome.accounts.lost:
        pid = int(str(row["worker"]).rpartition("-")[2])
        index = bisect_right(began, row["ended_at"]) - 1
        killer = killers.get(pid)
        if killer is not None and killer.began <= row["ended_at"]:
            found[killer.name] += 1
        else:
            found[outcome.injected[index].name if index >= 0 else "before any"] += 1
    return found


def recovery(outcome: Outcome, one: Injected) -> float:
    """Seconds."""
    own = outcome.accounts.finished_of.get(one.aimed_at)
    if own is not None and one.killed:
        return max(0.0, (own - one.mended).total_seconds())
    ends = outcome.accounts.finished_at
    index = bisect_right(ends, one.mended)
    return (ends[index] - one.mended).total_seconds() if index < len(ends) else 0.0
