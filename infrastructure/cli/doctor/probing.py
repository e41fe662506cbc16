"""Looking at several things at once, each for a bounded time and without letting one's failure hide the others."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Probe(Generic[T]):
    """Starts at once, in a thread that the end of the process does not wait for."""

    def __init__(self, work: Callable[[], T], seconds: float) -> None:
        self._work, self._seconds = work, seconds
        self._found: list[T] = []
        self._failure = ""
        self._started = time.monotonic()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._found.append(self._work())
        except Exception as error:  # noqa: BLE001  # whatever it is, the doctor goes on and tells it
            self._failure = f"{type(error).__name__}: {error}"

    def result(self, otherwise: Callable[[str], T]) -> T:
        """What was found, or ``otherwise`` of why nothing was."""
        self._thread.join(max(0.0, self._seconds - (time.monotonic() - self._started)))
        if self._found:
            return self._found[0]
        return otherwise(self._failure or f"no answer within {self._seconds:g} s")
