"""``python -m tests.chaos.shifted_process SECONDS MODE``: a server or worker whose clock is off by that much."""

import sys
from datetime import UTC, datetime, timedelta

from infrastructure.cli.main import main
from infrastructure.system_clock import SystemClock


def shift(seconds: float) -> None:
    """Every reader of the clock gateway gets the shifted time."""

    def now(self: SystemClock) -> datetime:  # in a method's place
        return datetime.now(UTC) + timedelta(seconds=seconds)

    SystemClock.now = now  # type: ignore[method-assign]


if __name__ == "__main__":
    shift(float(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
