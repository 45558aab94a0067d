"""GET /metrics: what is counted, and how things stand at this moment."""

from aiohttp import hdrs, web

from proxy import metrics
from proxy.admin.keys import PIPELINE
from proxy.clock import now
from proxy.errors import StoreUnavailable
from proxy.metrics import Moment
from proxy.pipeline import Pipeline
from proxy.store import figures


async def show_metrics(request: web.Request) -> web.Response:
    """Everything for Prometheus. Needs no token, as /healthz: it names no host and no address."""
    shown = metrics.exposition(await _moment(request.app[PIPELINE]))
    return web.Response(body=shown, headers={hdrs.CONTENT_TYPE: metrics.CONTENT_TYPE})


async def _moment(pipeline: Pipeline) -> Moment:
    model_id, waiting = pipeline.judge_in_force.model_id, pipeline.database.writes_waiting
    try:
        stands = await pipeline.database.read(figures.standing, now())
    except StoreUnavailable:
        return Moment(model_id, waiting)
    return Moment(model_id, waiting, True, stands.held, stands.deliveries, stands.oldest_s, stands.checks)
