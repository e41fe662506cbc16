"""A process that runs one program when asked and times it itself, so that what drives it is not measured."""

import struct
import subprocess
from types import TracebackType
from typing import Self


class TimedRunsFailed(Exception):
    """The process ended; ``str`` is what it said."""


class TimedRuns:
    """``argv`` is a program that speaks the protocol of ``bare.c``: a count in, nanoseconds out, 8 bytes each."""

    def __init__(self, argv: list[str]) -> None:
        self._argv = argv

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self) -> float:
        """Seconds of wall time of one run. Raises TimedRunsFailed."""
        self.start(1)
        return self.took()

    def start(self, count: int) -> None:
        """So many runs in a row, without waiting for them. Raises TimedRunsFailed."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(struct.pack("q", count))
        except BrokenPipeError:
            raise self._failed() from None

    def took(self) -> float:
        """Seconds of wall time of the runs that were started; waits for their end. Raises TimedRunsFailed."""
        assert self._process.stdout is not None
        answer = self._process.stdout.read(8)
        if len(answer) != 8:
            raise self._failed()
        (nanoseconds,) = struct.unpack("q", answer)
        return float(nanoseconds) / 1e9

    def _failed(self) -> TimedRunsFailed:
        assert self._process.stderr is not None
        said = self._process.stderr.read().decode(errors="replace").strip()
        return TimedRunsFailed(f"{' '.join(self._argv)} ended with {self._process.wait()}: {said[-2000:]}")
