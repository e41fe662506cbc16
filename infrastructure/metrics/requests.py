"""What the server counts by itself."""

from typing import Final

from prometheus_client import Counter, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)
UNMATCHED: Final = "unmatched"
"""The route of requests for paths that do not exist: a path itself would be a label without end."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Histogram(
    "proba_http_request_seconds", "Requests by route and status.", ("method", "route", "status"), buckets=SECONDS
)
FAULTS = Counter("proba_http_faults", "Requests that failed by a fault of ours: answered with 500, or broken off.")
"""Beside the histogram: there a status begins to be with its first request, and Prometheus sees no increase."""
ACCEPTED = Counter("proba_submissions_accepted", "Submissions that were stored.")


def count_request(method: str, route: str | None, status: int, seconds: float) -> None:
    """Once a request; ``route``: its template, without the /api/v1 before it."""
    known = method if method in METHODS else "other"
    REQUESTS.labels(known, route or UNMATCHED, str(status)).observe(seconds)
