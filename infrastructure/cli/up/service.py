from typing import Protocol


class Service(Protocol):
    """A child that is kept running."""

    @property
    def name(self) -> str:
        """For people."""

    def start(self) -> None:
        """Start it; raises when it cannot be."""

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""

    def said(self) -> str:
        """The end of what it said."""

    def stop(self) -> None:
        """Ask it to end, and see to it; safe to call twice."""
