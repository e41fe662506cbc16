from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector


@dataclass(frozen=True, slots=True, eq=False)
class LauncherCollector(Collector):
    """The sandbox counts by itself: it runs with the standard library alone."""

    started: Callable[[], int]

    def collect(self) -> Iterable[Metric]:
        """At each scrape."""
        meaning = "Launchers started: one a slot, more where some have died."
        yield CounterMetricFamily("proba_launcher_starts", meaning, value=self.started())
