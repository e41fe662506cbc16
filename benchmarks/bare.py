"""The bare run that everything is compared with."""

import subprocess
from pathlib import Path

from benchmarks.timed_runs import TimedRuns

NO_OP = "int main(void) { return 0; }\n"


def compile_c(source: str, target: Path, *, compiler: str = "cc") -> Path:
    """A static, optimised program."""
    subprocess.run([compiler, "-O2", "-static", "-x", "c", "-o", str(target), "-"], input=source, text=True, check=True)
    return target


def timer(directory: Path) -> Path:
    """The program that runs another by vfork + exec + wait4 and times it; compiled once a directory."""
    target = directory / "bare"
    return target if target.exists() else compile_c(Path(__file__).with_name("bare.c").read_text(), target)


def bare_runs(directory: Path, argv: list[str]) -> TimedRuns:
    """Runs of one program by vfork + exec + wait4, timed in C."""
    return TimedRuns([str(timer(directory)), *argv])
