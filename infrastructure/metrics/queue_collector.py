from collections.abc import Iterable
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from application.submissions.queue_watch import QueueFigures


@dataclass(frozen=True, slots=True, eq=False)
class QueueCollector(Collector):
    """For one scrape. Every server tells the same of one database: take the max over servers, then sum."""

    figures: QueueFigures | None

    def collect(self) -> Iterable[Metric]:
        """Only that the database is away, when it is."""
        figures = self.figures
        yield _gauge("proba_database_up", "Whether the database answered the scrape.", figures is not None)
        if figures is None:
            return
        waiting = GaugeMetricFamily("proba_queue_depth", "Jobs that wait.", labels=("priority", "language"))
        running = GaugeMetricFamily("proba_jobs_running", "Jobs in work.", labels=("priority", "language"))
        for share in figures.queue:
            labels = (str(share.priority), share.language)
            waiting.add_metric(labels, share.waiting)
            running.add_metric(labels, share.running)
        imports = GaugeMetricFamily("proba_imports", "Packages that wait or are proved.", labels=("status",))
        for status in ("pending", "proving"):
            imports.add_metric((status,), figures.imports.get(status, 0))
        busy = sum(share.running for share in figures.queue)
        yield from (waiting, running, imports)
        yield _gauge("proba_queue_oldest_seconds", "How long the oldest job has waited.", figures.oldest_seconds)
        yield _gauge("proba_workers_live", "Fit workers with a fresh heartbeat.", figures.workers)
        yield _gauge("proba_workers_unfit", "Live workers whose sandbox fails its trials.", figures.unfit_workers)
        yield _gauge("proba_slots", "Slots of live, fit workers.", figures.slots)
        yield _gauge("proba_slots_busy", "Slots that judge a job.", busy)


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=float(value))
