"""The bare run that everything is compared with."""

import struct
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

NO_OP = "int main(void) { return 0; }\n"


def compile_c(source: str, target: Path, *, compiler: str = "cc") -> Path:
    """A static, optimised program."""
    subprocess.run([compiler, "-O2", "-static", "-x", "c", "-o", str(target), "-"], input=source, text=True, check=True)
    return target


class Bare:
    """vfork + exec + wait4 of one program, timed in C."""

    def __init__(self, directory: Path, argv: list[str]) -> None:
        source = Path(__file__).with_name("bare.c").read_text()
        self._launcher = compile_c(source, directory / "bare")
        self._argv = argv

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [str(self._launcher), *self._argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def run(self) -> float:
        """Seconds of wall time of one run."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"x")
        (nanoseconds,) = struct.unpack("q", self._process.stdout.read(8))
        return float(nanoseconds) / 1e9
