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
    """``kill_cpu_factor``: a run is ended at this multiple of its cpu limit, so that one just over it is seen for what
    it is; with ``retry_near_limit`` such a run is repeated once.
    """

    worker_name: str
    lease: timedelta
    max_attempts: int
    retry_near_limit: bool = True
    kill_cpu_factor: float = 1.25
    flush_interval: timedelta = timedelta(milliseconds=100)
    compile_output: int = 64 * 1024
