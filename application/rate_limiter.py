from typing import Protocol

from domain.access.rates import Rate


class RateLimiter(Protocol):
    """Buckets of tokens, shared by all servers."""

    async def take(self, bucket: str, rate: Rate, count: int) -> float:
        """Take ``count`` tokens (at most ``rate.burst``) from a bucket, or none: the seconds after which there would be
        enough; 0: taken. Never raises: without the shared storage each process counts by itself.
        """
