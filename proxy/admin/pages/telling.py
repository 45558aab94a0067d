"""How the owner is told what waits: the feed's secret address, and what else is set up."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from proxy.admin.digest import MOST, Digest, to_atom
from proxy.admin.keys import PIPELINE
from proxy.admin.notify import Notifier
from proxy.admin.reach import store_of
from proxy.admin.session import key_hash
from proxy.admin.show import page, see_other, signed_in, texts_of
from proxy.clock import now
from proxy.ping import State
from proxy.store import feeds, inbox
from proxy.store.pings import Filter
from proxy.store.scope import Within

routes = web.RouteTableDef()


def prepare(app: web.Application) -> None:
    """Let *app* send digests while it runs."""
    app.cleanup_ctx.append(_notify)


async def _notify(app: web.Application) -> AsyncIterator[None]:
    pipeline = app[PIPELINE]
    address = f"http://{pipeline.config.admin_listen}"
    task = asyncio.create_task(Notifier(lambda: pipeline.config.admin, pipeline.database, address).run(), name="digest")
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@routes.get("/telling")
async def show(request: web.Request) -> web.Response:
    """What is set up."""
    made = await store_of(request).read(feeds.is_made, signed_in(request))
    return _page(request, made, "")


def _page(request: web.Request, made: bool, feed_address: str) -> web.Response:
    config = request.app[PIPELINE].config.admin
    return page(
        request,
        "telling.html",
        made=made,
        feed=feed_address,
        webhook=bool(config.digest_webhook),
        email=config.digest_email,
        hours=config.digest_every_h,
    )


@routes.post("/telling/feed")
async def make_feed(request: web.Request) -> web.Response:
    """Make the feed's address anew; the former one works no more. It is shown this once, for only a hash is kept."""
    key = secrets.token_urlsafe(24)
    await store_of(request).write(feeds.keep, signed_in(request), key_hash(key))
    return _page(request, True, f"{_address(request)}/feed/{key}.atom")


@routes.post("/telling/feed/remove")
async def remove_feed(request: web.Request) -> web.Response:
    """Let the feed's address work no more."""
    await store_of(request).write(feeds.forget, signed_in(request))
    return see_other("/telling")


@routes.get("/feed/{key}.atom")
async def feed(request: web.Request) -> web.Response:
    """The feed, for whoever knows its address."""
    database, key = request.app[PIPELINE].database, request.match_info["key"]
    scope = await database.read(feeds.scope_of, key_hash(key))
    if scope is None:
        raise web.HTTPNotFound
    held = (await Within(database, scope).read(inbox.look, Filter(State.HELD), MOST)).pings
    address = _address(request)
    body = to_atom(texts_of(request), Digest(held, address), f"{address}/feed/{key}.atom", now())
    return web.Response(body=body, content_type="application/atom+xml", charset="utf-8")


def _address(request: web.Request) -> str:
    return request.app[PIPELINE].config.admin.public_url or f"http://{request.host}"
