from dataclasses import dataclass

from application.access.allowance import Allowance
from domain.access.entities import ApiKey


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitRequest:
    """Count a request of a key that has a limit of them."""

    allowance: Allowance

    async def __call__(self, key: ApiKey) -> None:
        """Raises RateExceeded."""
        await self.allowance.request(key)
