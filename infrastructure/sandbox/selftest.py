"""Tries the sandbox on this machine: ``python -m infrastructure.sandbox.selftest [--level …] [--cgroup …] [--json]``.

Needs nothing but the standard library, /bin/sh and a launcher (built, or brought in the build directory), so that it
works in a minimal virtual machine. Exit code 0: all as expected; 1: not; 3: the sandbox cannot run here.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import get_args

from application.sandbox import Sandbox, SandboxFailure
from infrastructure.sandbox.build import BuildFailure
from infrastructure.sandbox.launcher_pool import LauncherPool
from infrastructure.sandbox.settings import CgroupChoice, Floor, LevelChoice, SandboxSettings
from infrastructure.sandbox.trials import SCENES, TRIALS, attempt


async def selftest(settings: SandboxSettings, report: Callable[[str, str, float], None]) -> str:
    """Run every trial in one slot; ``report`` gets name, complaint ("" is good) and seconds.

    Returns the isolation. Raises BuildFailure and SandboxFailure when there is no sandbox at all.
    """
    async with LauncherPool(replace(settings, slots=1)) as pool:
        for trial in TRIALS:
            if not trial.reduced and pool.level == "landlock":
                continue
            await _report(pool, trial.name, report, lambda sandbox, t=trial: attempt(sandbox, t))  # type: ignore[misc]
        for name, scene in SCENES:
            await _report(pool, name, report, scene)
        return pool.isolation


async def _report(
    pool: LauncherPool,
    name: str,
    report: Callable[[str, str, float], None],
    body: Callable[[Sandbox], Awaitable[str]],
) -> None:
    started = time.monotonic()
    try:
        async with pool.slot() as sandbox:
            complaint = await body(sandbox)
    except SandboxFailure as error:
        complaint = str(error)
    report(name, complaint, time.monotonic() - started)


def main() -> int:
    """Print the table, or one JSON object a line."""
    parser = argparse.ArgumentParser(description="Tries the sandbox on this machine.")
    parser.add_argument("--level", choices=get_args(LevelChoice), default="auto")
    parser.add_argument("--cgroup", choices=get_args(CgroupChoice), default="auto")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args()
    floor: Floor = "landlock" if options.level == "landlock" else "namespaces"
    bad = 0

    def report(name: str, complaint: str, seconds: float) -> None:
        nonlocal bad
        bad += bool(complaint)
        if options.json:
            line = json.dumps({"check": name, "ok": not complaint, "complaint": complaint, "time": round(seconds, 3)})
        else:
            line = f"{'FAIL' if complaint else 'ok':4}  {name:26} {seconds:6.3f} s  {complaint}"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    try:
        isolation = asyncio.run(
            selftest(SandboxSettings(level=options.level, floor=floor, cgroup=options.cgroup), report)
        )
    except (BuildFailure, SandboxFailure) as error:
        sys.stderr.write(f"{error}\n")
        return 3
    if not options.json:
        sys.stdout.write(f"{isolation}; {bad} failed\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
