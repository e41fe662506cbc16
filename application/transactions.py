"""Gateway to the transaction that the repositories of one scope share."""

from typing import Protocol


class Transaction(Protocol):
    """Use cases commit explicitly; what was not committed when the scope ends is rolled back."""

    async def commit(self) -> None:
        """Make everything since the last commit durable, and give the connection back."""

    async def rollback(self) -> None:
        """Forget everything since the last commit."""
