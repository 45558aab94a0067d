"""What the application of the admin listener holds, under typed keys."""

from aiohttp import web

from proxy.pipeline import Pipeline
from proxy.reload import Reload
from proxy.score.workshop import Workshop

PIPELINE = web.AppKey("pipeline", Pipeline)
RELOAD = web.AppKey("reload", Reload)
WORKSHOP = web.AppKey("workshop", Workshop)
