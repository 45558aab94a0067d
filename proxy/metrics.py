"""What is counted for Prometheus, by room. No label ever holds a host, an address or a text of a stranger's.

Counting is one addition; what a database or a model has to be asked for is asked when somebody looks (`Moment`).
Several processes count together where PROMETHEUS_MULTIPROC_DIR names a directory of theirs before this is imported.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from proxy.ping import Failure, Ping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_OWNER_RULES = "owner"
_SHORT = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LONG = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 90)

_registry = CollectorRegistry()


def _counter(name: str, text: str, *labels: str) -> Counter:
    return Counter(f"pingwarden_{name}", text, labels, registry=_registry)


def _seconds(name: str, text: str, buckets: tuple[float, ...]) -> Histogram:
    return Histogram(f"pingwarden_{name}_seconds", text, registry=_registry, buckets=buckets)


_requests = _counter("requests", "Requests answered, by door and status.", "door", "status")
_verdicts = _counter("verdicts", "Linkbacks judged, by kind and the state that followed.", "kind", "state")
_findings = _counter("findings", "How often each rule spoke.", "rule")
_fetches = _counter("fetches", "Sources asked for, by what came of it.", "result")
_deliveries = _counter("deliveries", "Attempts to hand a linkback to WordPress, by what came of it.", "outcome")
_limits = _counter("limits_hit", "Requests answered with 429, by the limit.", "limit")
FAILED_LOG_INS = _counter("failed_log_ins", "Wrong passwords that WordPress was asked about through xmlrpc.php.")
JUDGING = _seconds("judging", "How long judging one linkback took, fetching included.", _LONG)
FETCHING = _seconds("fetching", "How long asking for one source took, waiting for its turn included.", _LONG)
DELIVERING = _seconds("delivering", "How long WordPress took to answer a delivery.", _LONG)
WRITING = _seconds("store_commit", "How long one group of writes to the database took.", _SHORT)


@cache
def _request(door: str, status: int) -> Counter:
    shown = "429" if status == 429 else f"{status // 100}xx"
    return _requests.labels(door, shown)


def count_request(door: str, status: int) -> None:
    """Count one answered request."""
    _request(door, status).inc()


def count_verdict(ping: Ping) -> None:
    """Count a linkback that was judged, and the rules that spoke."""
    _verdicts.labels(ping.linkback.kind.value, ping.state.value).inc()
    for finding in ping.verdict.findings if ping.verdict else ():
        _findings.labels(_OWNER_RULES if finding.rule.startswith("owner:") else finding.rule).inc()


def count_fetch(failure: Failure | None) -> None:
    """Count a source that was asked for."""
    _fetches.labels("read" if failure is None else failure.value).inc()


def count_delivery(outcome: str) -> None:
    """Count an attempt to deliver."""
    _deliveries.labels(outcome).inc()


def count_limit(limit: str) -> None:
    """Count a request that was over *limit*."""
    _limits.labels(limit).inc()


@dataclass(frozen=True, slots=True)
class Moment:
    """How things stand now. None where it cannot be said."""

    model_id: str | None = None
    writes_waiting: int = 0
    database_up: bool = False
    held: int | None = None
    deliveries_waiting: int | None = None
    oldest_delivery_s: float | None = None
    checks_waiting: int | None = None


class _Standing(Collector):
    def __init__(self, moment: Moment) -> None:
        self._moment = moment

    def collect(self) -> Iterable[Metric]:
        """Yield a gauge for each thing that is known."""
        moment = self._moment
        model = GaugeMetricFamily("pingwarden_model_info", "The model in force; 1.", labels=["model"])
        model.add_metric([moment.model_id or "none"], 1)
        yield model
        for name, text, value in (
            ("database_up", "1 when the database answers.", float(moment.database_up)),
            ("store_writes_waiting", "Writes that wait for the database.", moment.writes_waiting),
            ("held", "Linkbacks that wait for a person or for another look.", moment.held),
            ("checks_waiting", "Held linkbacks whose source is asked again later.", moment.checks_waiting),
            ("deliveries_waiting", "Approved linkbacks that WordPress does not have yet.", moment.deliveries_waiting),
            ("oldest_delivery_seconds", "Since when the oldest of them is approved.", moment.oldest_delivery_s),
        ):
            if value is not None:
                yield GaugeMetricFamily(f"pingwarden_{name}", text, value=value)


def exposition(moment: Moment) -> bytes:
    """Return everything in Prometheus's text format, as `CONTENT_TYPE`."""
    standing = CollectorRegistry()
    standing.register(_Standing(moment))
    ProcessCollector(registry=standing)
    return generate_latest(_counted()) + generate_latest(standing)


def _counted() -> CollectorRegistry:
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return _registry
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together
