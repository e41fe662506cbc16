"""Several sandboxes take turns at one job, so that what the machine does meanwhile meets all of them."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks.bare import bare_runs
from benchmarks.figures import Comparison, p95, ratio
from benchmarks.peers import AbsentPeer, Peer
from benchmarks.timed_runs import TimedRuns, TimedRunsFailed

WARM_UP = 20


def try_out(peers: Sequence[Peer | AbsentPeer], directory: Path, argv: list[str]) -> list[Peer | AbsentPeer]:
    """The same, those that cannot do the job on this machine absent with what they say."""
    return [peer if isinstance(peer, AbsentPeer) else _tried(peer, directory, argv) for peer in peers]


def _tried(peer: Peer, directory: Path, argv: list[str]) -> Peer | AbsentPeer:
    with TimedRuns(peer.driver(directory, argv)) as runs:
        try:
            runs.run()
        except TimedRunsFailed as error:
            return AbsentPeer(peer.name, f"installed, but does not run here: {error}")
    return peer


async def compare(
    job: str,
    ours: Callable[[], Awaitable[float]],
    isolation: str,
    peers: Sequence[Peer],
    directory: Path,
    argv: list[str],
    runs: int,
) -> list[Comparison]:
    """The bare run first, then ours, then the peers. Raises TimedRunsFailed when one of them stops doing the job."""
    with ExitStack() as stack:
        drivers = [bare_runs(directory, argv), *(TimedRuns(peer.driver(directory, argv)) for peer in peers)]
        timed = [stack.enter_context(driver) for driver in drivers]
        columns: list[list[float]] = [[], *([] for _ in timed)]
        for index in range(runs + WARM_UP):
            for turn in range(len(columns)):
                who = (index + turn) % len(columns)  # each follows each: what one leaves to the kernel meets all
                took = await ours() if who == 0 else timed[who - 1].run()
                if index >= WARM_UP:
                    columns[who].append(took)
    own, base, *others = columns

    def row(name: str, version: str, on: str, measured: list[float]) -> Comparison:
        return Comparison(
            job=job,
            name=name,
            version=version,
            on=on,
            median=median(measured),
            p95=p95(measured),
            to_bare=ratio(measured, base),
            to_ours=ratio(measured, own),
            runs=runs,
        )

    return [
        row("bare exec", "", "nothing: vfork, exec, wait4", base),
        row("proba", "", f"{isolation}; asked from asyncio, output captured", own),
        *(row(p.name, p.version, p.on, measured) for p, measured in zip(peers, others, strict=True)),
    ]
