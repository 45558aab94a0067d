"""What one span of OpenTelemetry would add to a request that passes through: why there are none.

    python -m tests.bench tracing

Needs the package opentelemetry-sdk, which is no dependency of the tests. The spans go nowhere.
"""

import sys
import time
from importlib import import_module
from typing import Any

from tests.bench.figure import Figure

_SPANS = 5000
_ROUNDS = 5


def measure() -> list[Figure]:
    """Make spans with three attributes, each kept, and one of a hundred kept."""
    try:
        trace: Any = import_module("opentelemetry.sdk.trace")
        sampling: Any = import_module("opentelemetry.sdk.trace.sampling")
    except ImportError:
        print("  left out: opentelemetry-sdk is not installed", file=sys.stderr)
        return []
    figures = []
    for what, share in (("each span is kept", 1.0), ("one of a hundred is kept", 0.01)):
        tracer = trace.TracerProvider(sampler=sampling.TraceIdRatioBased(share)).get_tracer("bench")
        seen = f"{min(_span_us(tracer) for _ in range(_ROUNDS)):.1f} µs of processor time"
        figures.append(Figure(f"a span of OpenTelemetry, when {what}", seen))
    return figures


def _span_us(tracer: Any) -> float:
    began = time.process_time()
    for _ in range(_SPANS):
        with tracer.start_as_current_span("pass", attributes={"method": "POST", "door": "xmlrpc"}) as span:
            span.set_attribute("status", 200)
    return (time.process_time() - began) / _SPANS * 1e6
