"""What the application of the admin listener holds, under typed keys."""

from aiohttp import web

from proxy.pipeline import Pipeline

PIPELINE = web.AppKey("pipeline", Pipeline)
