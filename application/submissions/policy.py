"""What the operator has set for submitting and judging."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionPolicy:
    """``max_backlog``: above so many waiting jobs, submitting is refused until ``retry_after`` later."""

    max_backlog: int
    retry_after: timedelta = timedelta(seconds=5)
    max_wait: timedelta = timedelta(seconds=60)
    worker_lifetime: timedelta = timedelta(seconds=30)
    """How old a live worker's heartbeat may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingPolicy:
    """``lease``: how long a claim holds without a heartbeat; ``flush_interval``: how often results are stored."""

    worker_name: str
    lease: timedelta
    max_attempts: int
    flush_interval: timedelta = timedelta(milliseconds=100)
