from collections.abc import Iterable
from datetime import timedelta

from prometheus_client import Counter, Histogram

from domain.languages.entities import LanguageId
from domain.verdicts import Verdict

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)

JUDGED = Counter("proba_jobs_judged", "Jobs that got a verdict here.", ("language", "verdict"))
ATTEMPTS = Counter("proba_attempts_ended", "Attempts at jobs by how they ended.", ("ending",))
GIVEN_UP = Counter("proba_jobs_given_up", "Jobs that became JE because each attempt ended by our fault.")
EXPIRED = Counter("proba_leases_expired", "Leases that a sweep of this worker found run out.")
WAITED = Histogram("proba_job_queue_seconds", "From a job's making to its claim.", buckets=SECONDS)
COMPILED = Histogram("proba_job_compile_seconds", "Wall time of compilers.", ("language",), buckets=SECONDS)
TOOK = Histogram("proba_job_judging_seconds", "From a job's claim to its verdict.", ("language",), buckets=SECONDS)

for ending in ("finished", "given_back", "failed", "taken_away"):
    ATTEMPTS.labels(ending)  # so that a rate over it is 0 and not absent before the first


class PrometheusMeter:
    """``application.submissions.judging_meter.JudgingMeter``; some microseconds a job. ``languages``: the worker's."""

    def __init__(self, languages: Iterable[LanguageId] = ()) -> None:
        for language in languages:  # known from 0 on: the first one shall be an increase
            JUDGED.labels(language, Verdict.JE.value)

    def claimed(self, waited: timedelta) -> None:
        """Since the job was made, by the database's clock."""
        WAITED.observe(max(waited.total_seconds(), 0))

    def judged(self, language: LanguageId, verdict: Verdict, compiled: timedelta | None, took: timedelta) -> None:
        """By language and verdict."""
        JUDGED.labels(language, verdict.value).inc()
        ATTEMPTS.labels("finished").inc()
        TOOK.labels(language).observe(took.total_seconds())
        if compiled is not None:
            COMPILED.labels(language).observe(compiled.total_seconds())

    def ended(self, ending: str) -> None:
        """Without a verdict."""
        ATTEMPTS.labels(ending).inc()

    def gave_up(self, jobs: int) -> None:
        """Here, or by a sweep of this worker."""
        GIVEN_UP.inc(jobs)

    def expired(self, leases: int) -> None:
        """Of any worker's."""
        EXPIRED.inc(leases)
