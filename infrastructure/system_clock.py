from datetime import UTC, datetime


class SystemClock:
    """``application.clock.Clock`` of this machine."""

    def now(self) -> datetime:
        """UTC, aware."""
        return datetime.now(UTC)
