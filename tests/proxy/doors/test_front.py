"""Which site and which door."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from proxy.body import Spooled
from proxy.doors import front
from proxy.doors.visit import Visit
from proxy.limits import LogInGuard
from proxy.wire.xmlrpc import build_ping
from tests.stage import HOME, POST, XML, on_stage


async def test_a_host_that_is_no_site_s_gets_a_plain_sentence(tmp_path: Path) -> None:
    async with (
        on_stage(tmp_path, site={"hosts": ["blog.example"]}) as stage,
        stage.http.get(stage.address + "/", headers={"Host": "other.example"}) as answer,
    ):
        assert (answer.status, await answer.text()) == (
            421,
            "No site is configured here for the host that was asked for.\n",
        )


async def test_a_fetched_site_can_look_up_what_we_are(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        url = stage.address + "/.well-known/pingwarden"
        async with stage.http.get(url, headers={"Host": "blog.example"}) as answer:
            assert answer.status == 200
            assert "told this site that your page links to it" in await answer.text()
        assert stage.wordpress.received == []


async def test_everything_else_passes(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        url = stage.address + "/2026/alpha/?q=1"
        for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"):
            async with stage.http.request(method, url, headers={"Host": "blog.example"}) as answer:
                await answer.read()
        assert [(got.method, got.path) for got in stage.wordpress.received] == [
            (method, "/2026/alpha/?q=1") for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH")
        ]


async def test_a_sender_waits_since_its_request_was_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked up before its body is read counts as time that it waited."""
    looked_up_at: list[float] = []
    visits: list[Visit] = []

    async def slowly(_guard: LogInGuard, _remote_ip: str) -> None:
        looked_up_at.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0.1)

    async def seen(visit: Visit, _body: Spooled) -> web.Response:
        visits.append(visit)
        return web.Response()

    monkeypatch.setattr(LogInGuard, "wait_s", slowly)
    monkeypatch.setattr(front, "answer_call", seen)
    async with on_stage(tmp_path, answer_within_s=2) as stage:
        await stage.post("/xmlrpc.php", build_ping(f"{HOME}/a", POST), XML)
    assert visits[0].until <= looked_up_at[0] + 2
