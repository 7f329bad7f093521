"""Figures for Prometheus: requests by route template, and what is served. Nothing about who asked.

Where several processes serve, each writes its counts to a folder that the environment names
(`PROMETHEUS_MULTIPROC_DIR`, set by `serving` before they start), and whichever is asked answers for all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dgekg import __version__
from dgekg.errors import DgekgError
from dgekg.settings import today
from dgekg.web.house import House

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_BOUNDS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0)
_OWN = CollectorRegistry()
_REQUESTS = Counter(
    "dgekg_requests", "Requests answered, by route template.", ("method", "route", "status"), registry=_OWN
)
_SECONDS = Histogram(
    "dgekg_request_seconds",
    "Time to answer, in seconds, by route template.",
    ("route",),
    registry=_OWN,
    buckets=_BOUNDS,
)


def saw(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request."""
    _REQUESTS.labels(method, route, str(status)).inc()
    _SECONDS.labels(route).observe(seconds)


def text(house: House) -> bytes:
    """Return all figures in the text format of Prometheus."""
    registry = CollectorRegistry()
    if os.environ.get(FOLDER):
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types there
    else:
        registry.register(_OWN_AS_COLLECTOR)
        ProcessCollector(registry=registry)
    registry.register(_Served(house))
    return generate_latest(registry)


class _Requests(Collector):
    def collect(self) -> Iterable[Metric]:
        """Yield what this process counted."""
        return _OWN.collect()


_OWN_AS_COLLECTOR = _Requests()


class _Served(Collector):
    """What is served, read when it is asked for."""

    def __init__(self, house: House) -> None:
        self._house = house

    def collect(self) -> Iterator[Metric]:
        """Yield gauges of the version and of the list of what may not be shown."""
        up = GaugeMetricFamily("dgekg_up", "1 where a version can be shown.")
        try:
            observatory = self._house.now().observatory
        except DgekgError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        build = GaugeMetricFamily("dgekg_build", "The version that is served.", labels=("version", "as_of", "code"))
        build.add_metric([observatory.version, observatory.as_of.isoformat(), __version__], 1)
        yield build
        age = (today() - observatory.as_of).days
        yield GaugeMetricFamily("dgekg_build_age_days", "Days since the day that the version reckons from.", value=age)
        practices = len(observatory.index.practices)
        yield GaugeMetricFamily("dgekg_practices", "Practices counted.", value=practices)
        left_out = observatory.suppressed_since
        yield GaugeMetricFamily("dgekg_left_out", "Records of the version that may not be shown.", value=left_out)
        listed = len(observatory.suppressed)
        yield GaugeMetricFamily("dgekg_suppressed", "Records on the list of what may not be shown.", value=listed)
        trouble = bool(getattr(self._house.source, "trouble", ""))
        yield GaugeMetricFamily("dgekg_trouble", "1 where the newest build cannot be served.", value=int(trouble))
