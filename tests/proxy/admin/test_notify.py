"""Digests go out once."""

import asyncio

from aiohttp import web

from proxy.admin.notify import Notifier
from proxy.clock import now
from tests.proxy.admin.conftest import received
from tests.stage import Stage, serving


async def test_a_digest_goes_out_once_for_what_is_new(stage: Stage) -> None:
    got: list[dict[str, object]] = []

    async def take(request: web.BaseRequest) -> web.Response:
        got.append(await request.json())
        return web.Response(status=204)

    async with serving(take) as port:
        settings = stage.proxy.config.admin.model_copy(update={"digest_webhook": f"http://127.0.0.1:{port}/hook"})
        config = stage.proxy.config.model_copy(update={"admin": settings})
        notifiers = [Notifier(config, stage.proxy.database, "https://admin.example") for _ in range(3)]
        assert not await notifiers[0].step(now())
        ping = await received(stage)
        sent = await asyncio.gather(*(one.step(now()) for one in notifiers))
        assert sorted(sent) == [False, False, True]
        assert got[0]["held"] == 1
        assert ping.id in str(got[0]["items"])
        assert not await notifiers[0].step(now())
