import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequested(Exception):
    """A signal came that asks to stop."""


class StopSignals:
    """Remembers that one of the stopping signals came, instead of ending the process wherever it is."""

    def __init__(self) -> None:
        self.requested = False
        self._before: dict[
            signal.Signals, signal.Handlers | Callable[[int, FrameType | None], object] | int | None
        ] = {}

    def check(self) -> None:
        """Raises StopRequested."""
        if self.requested:
            raise StopRequested

    def __enter__(self) -> Self:
        for number in NUMBERS:
            self._before[number] = signal.signal(number, self._remember)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _remember(self, _number: int, _frame: FrameType | None) -> None:
        self.requested = True
