from datetime import UTC, datetime, timedelta


class FakeClock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def go_on(self, by: timedelta) -> None:
        self.time += by
