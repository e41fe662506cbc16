"""The submission as DMOJ's graders see it: a process with pipes, and who talks with it.

It runs inside the sandbox beside ``dmoj_starter``, and imports nothing of this service. The submission runs already, in
a box of its own: ``launch`` hands out its pipes, once. How it ends is judged outside. Behaviour: DMOJ's judge,
``dmoj/graders/interactive.py``, ``dmoj/cptbox``.
"""

import contextlib
import os
import threading
from typing import Any

_MOST_TOKEN = 1024
"""Of a token that is shown, or read as a number."""


class WrongAnswer(Exception):
    """The submission has said something wrong."""


class Process:
    """The submission's, as far as its pipes tell: ``returncode`` is 0 once it has ended."""

    def __init__(self, stdin: int, stdout: int) -> None:
        self.stdin = os.fdopen(stdin, "wb", 0)
        self.stdout = os.fdopen(stdout, "rb")
        self.stderr = open(os.devnull, "rb")  # noqa: PTH123, SIM115
        self.returncode: int | None = None
        self.is_ir = self.is_tle = self.is_mle = self.is_rte = self.is_ole = False
        self.tle = self.mle = False
        self.execution_time = self.wall_clock_time = self.r_execution_time = 0.0
        self.max_memory, self.signal, self.feedback = 0, 0, None

    def communicate(self, input: Any = b"", **_: object) -> tuple[bytes, bytes]:  # noqa: A002
        writer = threading.Thread(target=self._write, args=(input or b"",), daemon=True)
        writer.start()
        output = self.stdout.read()
        self.returncode = 0
        return output, b""

    safe_communicate = unsafe_communicate = communicate

    def _write(self, data: bytes) -> None:
        try:
            view = memoryview(data)
            while view:
                view = view[self.stdin.write(view) or 0 :]
            self.stdin.close()
        except OSError:
            pass  # it has ended before it had read everything

    def wait(self, *_: object, **__: object) -> int:
        with contextlib.suppress(OSError):
            self.stdin.close()
        while not self.stdout.closed and self.stdout.read(65536):
            pass
        self.returncode = 0
        return 0

    def poll(self) -> int | None:
        return self.returncode

    def kill(self) -> None:
        for stream in (self.stdin, self.stdout):
            with contextlib.suppress(OSError):
                stream.close()
        self.returncode = 0

    terminate = kill


class Binary:
    """What DMOJ has compiled of the submission."""

    def __init__(self, pipes: tuple[int, int]) -> None:
        self._pipes: tuple[int, int] | None = pipes

    def launch(self, *_: object, **__: object) -> Process:
        if self._pipes is None:
            raise RuntimeError("the submission is run once a test here: a grader cannot launch it again")
        pipes, self._pipes = self._pipes, None
        return Process(*pipes)

    launch_unsafe = launch

    def populate_result(self, *_: object) -> None:
        """What the run was is judged outside."""


class Interactor:
    """Reads from the submission and writes to it; a line that ends too early is an empty one."""

    def __init__(self, process: Any) -> None:
        self.process = process
        self._tokens: Any = None

    def read(self) -> bytes:
        return bytes(self.process.stdout.read())

    def readln(self, strip_newline: bool = True) -> bytes:
        line = bytes(self.process.stdout.readline())
        return line.rstrip() if strip_newline else line

    def readtoken(self, delim: Any = None) -> bytes:
        while not self._tokens:
            line = self.process.stdout.readline()
            if not line:
                raise WrongAnswer("unexpected end of the output")
            self._tokens = list(reversed(line.rstrip().split(delim)))
        return bytes(self._tokens.pop())

    def readint(self, lo: float = float("-inf"), hi: float = float("inf"), delim: Any = None) -> int:
        return int(self._number(int, lo, hi, delim))

    def readfloat(self, lo: float = float("-inf"), hi: float = float("inf"), delim: Any = None) -> float:
        return float(self._number(float, lo, hi, delim))

    def _number(self, kind: Any, lo: float, hi: float, delim: Any) -> Any:
        token = self.readtoken(delim)
        shown = token[:64].decode(errors="replace")
        if len(token) > _MOST_TOKEN:
            raise WrongAnswer(f"{kind.__name__} is too long")
        try:
            number = kind(token)
        except ValueError:
            raise WrongAnswer(f'expected {kind.__name__}, got "{shown}"') from None
        if not lo <= number <= hi:
            raise WrongAnswer(f"expected {kind.__name__} in range [{lo}, {hi}], got {shown}")
        return number

    def write(self, val: Any) -> None:
        data = memoryview(val if isinstance(val, bytes) else str(val).encode())
        while data:
            data = data[self.process.stdin.write(data) or 0 :]
        self.process.stdin.flush()

    def writeln(self, val: Any) -> None:
        self.write((val if isinstance(val, bytes) else str(val).encode()) + b"\n")

    def close(self) -> None:
        self.process.stdin.close()


def pipes() -> tuple[int, int]:
    """Descriptors to and from the submission. What the grader prints goes to stderr from here on."""
    to, of = os.dup(1), os.dup(0)
    os.dup2(2, 1)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 0)
    return to, of
