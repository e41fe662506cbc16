"""Launches of DMOJ's sandbox, timed: the protocol of bare.c. Runs in a Python that has the package dmoj."""

# mypy: ignore-errors

import os
import struct
import subprocess
import sys
import time

from dmoj.cptbox import IsolateTracer, TracedPopen
from dmoj.cptbox.filesystem_policies import ExactFile
from dmoj.executors.base_executor import BASE_FILESYSTEM, BASE_WRITE_FILESYSTEM


def launch(argv: list[str]) -> None:
    """As an executor does for each test: the policy is compiled anew, limits of 2 s and 256 MiB."""
    policy = IsolateTracer(read_fs=[*BASE_FILESYSTEM, ExactFile(argv[0])], write_fs=BASE_WRITE_FILESYSTEM)
    command = [word.encode() for word in argv]
    process = TracedPopen(
        command,
        executable=command[0],
        security=policy,
        time=2,
        memory=256 * 1024,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin"},
        cwd=b"/tmp",
    )
    process.communicate(None)
    if process.returncode:
        sys.exit(f"the program ended with {process.returncode} {process.protection_fault or ''}")


def main() -> None:
    """Until standard input ends."""
    while len(asked := os.read(0, 8)) == 8:
        start = time.perf_counter_ns()
        for _ in range(struct.unpack("q", asked)[0]):
            launch(sys.argv[1:])
        os.write(1, struct.pack("q", time.perf_counter_ns() - start))


if __name__ == "__main__":
    main()
