"""What the service counts, as Prometheus reads it."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SIZES = (1, 2, 4, 8, 16)
SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Metrics:
    """The counters of one service.

    `requests` and `seconds` are by route, so that no address of a stranger makes a series;
    `refusals` by reason.
    """

    def __init__(self):
        self.registry = CollectorRegistry()
        self.requests = self._add(
            Counter, "requests", "Requests answered.", ("method", "route", "status")
        )
        self.seconds = self._add(
            Histogram, "request_seconds", "Time to an answer.", ("route",), buckets=SECONDS
        )
        self.refusals = self._add(Counter, "refusals", "Requests refused.", ("reason",))
        self.batches = self._add(
            Histogram, "tag_batch_photos", "Photos tagged at once.", (), buckets=SIZES
        )
        self.waiting = self._add(Gauge, "tag_waiting_photos", "Photos received, not tagged yet.")

    def _add(self, kind: type, name: str, what: str, labels: tuple[str, ...] = (), **options):
        return kind(f"phototags_{name}", what, labels, registry=self.registry, **options)

    def write(self) -> bytes:
        """All counters in Prometheus' text format."""
        return generate_latest(self.registry)
