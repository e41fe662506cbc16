"""Gateway to what the service stands on."""

from typing import Protocol


class Probe(Protocol):
    """One thing that must be there."""

    @property
    def name(self) -> str:
        """What it is, in one word."""

    async def trouble(self) -> str | None:
        """What is wrong with it, for the operator; None: nothing. Never raises, and takes a few seconds at most."""
