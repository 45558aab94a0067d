"""Runs the demo: starts everything on loopback, sends the cases, and shows what became of them."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from rich.console import Console
from rich.table import Table

from proxy.app import Running, running
from proxy.config import Config, from_mapping
from proxy.demo import web as small_web
from proxy.demo.blog import Blog
from proxy.demo.cases import CASES, Case
from proxy.ping import Kind, Ping, State
from proxy.store import pings
from proxy.wire.xmlrpc import build_ping

_SETTLE_S = 15.0
_LOOPBACK = IPv4Network("127.0.0.0/8")


@dataclass(frozen=True, slots=True)
class Seen:
    """A case and the ping that came of it (None when none was recorded)."""

    case: Case
    ping: Ping | None

    @property
    def as_expected(self) -> bool:
        """True when it ended where it should."""
        return self.ping is not None and self.ping.state is self.case.ends


async def run_once(listen: str, admin_listen: str) -> list[Seen]:
    """Send every case once and return what became of each, in order."""
    async with _stage(listen, admin_listen) as (proxy, web_port):
        return await _play(proxy, web_port)


async def run_until(stop: asyncio.Event, listen: str, admin_listen: str, console: Console) -> None:
    """Play the cases, show the table, and keep everything running until *stop*."""
    async with _stage(listen, admin_listen) as (proxy, web_port):
        console.print(table(await _play(proxy, web_port)))
        console.print(f"The blog behind Pingwarden: http://{_at(proxy.address)}/2026/sourdough/")
        console.print(f"The admin pages: {proxy.first_link}", soft_wrap=True)
        token = proxy.config.admin.api_tokens[0]
        console.print(
            f"The API: curl -H 'Authorization: Bearer {token}' http://{_at(proxy.admin_address)}/api/v1/pings"
        )
        console.print("Ctrl-C ends it.")
        await stop.wait()


def table(seen: Iterable[Seen]) -> Table:
    """Return the verdicts as a table for the terminal."""
    shown = Table(title="What became of each linkback", show_lines=False)
    for name in ("", "what it shows", "kind", "state", "points", "why"):
        shown.add_column(name, overflow="fold")
    for one in seen:
        ping = one.ping
        mark = "[green]as it should be[/]" if one.as_expected else f"[red]should be {one.case.ends}[/]"
        points = f"{ping.verdict.points:+.1f}" if ping and ping.verdict else ""
        shown.add_row(mark, one.case.shows, one.case.kind, ping.state if ping else "not recorded", points, _why(ping))
    return shown


def _why(ping: Ping | None) -> str:
    if ping is None or ping.verdict is None:
        return ""
    demands = [finding.text for finding in ping.verdict.findings if finding.demands]
    points = [finding.text for finding in ping.verdict.findings if finding.points]
    return "; ".join((demands or points)[:2])


@asynccontextmanager
async def _stage(listen: str, admin_listen: str) -> AsyncIterator[tuple[Running, int]]:
    blog = Blog()
    home = ""
    async with _server(blog.handle) as blog_port, _server(small_web.handler(lambda: home)) as web_port:
        with tempfile.TemporaryDirectory(prefix="pingwarden-demo-") as state_dir:
            config = _config(listen, admin_listen, blog_port, Path(state_dir))
            async with running(config, small_web.resolve) as proxy:
                home = blog.home = config.sites[0].home
                yield proxy, web_port


def _config(listen: str, admin_listen: str, blog_port: int, state_dir: Path) -> Config:
    site = {"name": "demo", "upstream": f"http://127.0.0.1:{blog_port}", "public_url": _home(listen)}
    return from_mapping(
        {
            "listen": listen,
            "admin_listen": admin_listen,
            "state_dir": str(state_dir),
            "sites": [site],
            "fetch": {"allow_networks": [str(_LOOPBACK)]},
            "limits": {"fetches_per_address_per_minute": 100},
            "delivery": {"min_interval_s": 0},
            "admin": {"api_tokens": ["demo"]},
        }
    )


def _home(listen: str) -> str:
    """Return the blog's address: the proxy's own, for linkbacks that are sent by hand, where that can be one."""
    host, _, port = listen.rpartition(":")
    return "http://blog.example" if host.startswith("[") or port == "0" else f"http://{listen}"


@asynccontextmanager
async def _server(handle: object) -> AsyncIterator[int]:
    runner = web.ServerRunner(web.Server(handle, access_log=None))  # type: ignore[arg-type]
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def _play(proxy: Running, web_port: int) -> list[Seen]:
    async with aiohttp.ClientSession(headers={"Host": proxy.config.sites[0].public_host}) as session:
        for case in CASES:
            await _send(session, proxy, case, web_port)
    found = await _settled(proxy)
    return [Seen(case, found.get((case.kind, _source(case, proxy, web_port)))) for case in CASES]


def _source(case: Case, proxy: Running, web_port: int) -> str:
    if case.source.startswith("/"):
        return proxy.config.sites[0].home + case.source
    host, _, path = case.source.partition("/")
    return f"http://{host}:{web_port}/{path}"


async def _send(session: aiohttp.ClientSession, proxy: Running, case: Case, web_port: int) -> None:
    source, target = _source(case, proxy, web_port), proxy.config.sites[0].home + case.post
    if case.kind is Kind.PINGBACK:
        url, kind, body = "/xmlrpc.php", "text/xml", build_ping(source, target)
    else:
        form = {"url": source, "title": case.title, "excerpt": case.excerpt, "blog_name": case.blog_name}
        url, kind, body = f"{case.post}trackback/", "application/x-www-form-urlencoded", urlencode(form).encode()
    where = f"http://{_at(proxy.address)}{url}"
    async with session.post(where, data=body, headers={"Content-Type": kind}) as answer:
        await answer.read()


async def _settled(proxy: Running) -> dict[tuple[Kind, str], Ping]:
    """Return the pings by kind and source, once none of them is on its way any more."""
    async with asyncio.timeout(_SETTLE_S):
        while True:
            found, _ = await proxy.database.read(pings.list_page, pings.Filter(), 100)
            if not any(ping.state in {State.RECEIVED, State.APPROVED} for ping in found):
                return {(ping.linkback.kind, ping.linkback.source_url): ping for ping in found}
            await asyncio.sleep(0.05)


def _at(address: tuple[str, int]) -> str:
    return f"{address[0]}:{address[1]}"
