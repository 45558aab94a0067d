"""A stage for tests: a stand-in for WordPress, a small web of sources, and the real proxy between, on loopback.

Everything speaks HTTP over real sockets. `say` scripts what the stand-in answers next; `received` is what it got.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from proxy.app import Running, running
from proxy.config import from_mapping
from proxy.decide import Bands
from proxy.ping import Ping, State
from proxy.score import Judge
from proxy.store import pings
from proxy.wire.response import success_response
from proxy.wire.trackback import ok_reply
from proxy.wire.xmlrpc import build_ping
from tests.databases import put_empty
from tests.waiting import until

HOME = "http://blog.example"
POST = f"{HOME}/2026/alpha/"
XML = {"Content-Type": "text/xml"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LINKS = f'<!doctype html><html lang=en><title>A page</title><p>{"Some words of prose. " * 20} <a href="{POST}">Alpha</a> and more.'
NO_LINK = "<!doctype html><html lang=en><title>A page</title><p>It speaks of other things."
# Judges by nothing: what no rule demands is approved, so that tests choose verdicts by pages and rules.
TRUSTING = Judge(None, Bands(50.0, 100.0))


@dataclass(frozen=True, slots=True)
class Got:
    """One request that the stand-in for WordPress received."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answerer = Callable[[Got], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class WordPress:
    """A stand-in for WordPress: posts alpha to gamma with numbers 4 to 6, and scripted answers."""

    received: list[Got] = field(default_factory=list)
    answers: list[Answerer] = field(default_factory=list)
    slow: dict[str, asyncio.Event] = field(default_factory=dict)  # pages that wait for an event
    broken: int = 0  # the status of every page, while it has an error of its own

    @property
    def pings(self) -> list[Got]:
        """The deliveries among what was received."""
        return [got for got in self.received if got.method == "POST" and b"demo." not in got.body]

    def say(self, body: bytes, status: int = 200, content_type: str = "text/xml; charset=UTF-8") -> None:
        """Answer the next POST so."""

        async def answer(_got: Got) -> web.StreamResponse:
            return web.Response(status=status, body=body, headers={"Content-Type": content_type})

        self.answers.append(answer)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        got = Got(request.method, request.raw_path, dict(request.headers), await request.content.read())
        self.received.append(got)
        if got.method == "POST":
            return await (self.answers.pop(0) if self.answers else _take)(got)
        if got.path in self.slow:
            await self.slow[got.path].wait()
        if self.broken:
            return web.Response(status=self.broken, text="under maintenance", content_type="text/html")
        return _page(got.path)


async def _take(got: Got) -> web.StreamResponse:
    is_call = "xmlrpc.php" in got.path
    body = success_response("Pingback registered. Keep the web talking! :-)") if is_call else ok_reply()
    return web.Response(body=body, headers={"Content-Type": "text/xml; charset=UTF-8"})


_POSTS = {"/2026/alpha/": 4, "/2026/beta/": 5, "/2026/gamma/": 6}


def _page(path: str) -> web.Response:
    numbers = {f"/?p={number}": post for post, number in _POSTS.items()}
    if path in numbers:
        return web.Response(status=301, headers={"Location": HOME + numbers[path]})
    if path not in _POSTS:
        return web.Response(status=200 if path == "/" else 404, text="a blog", content_type="text/html")
    headers = {"X-Pingback": f"{HOME}/xmlrpc.php", "Link": f"<{HOME}/?p={_POSTS[path]}>; rel=shortlink"}
    text = f'<!doctype html><title>Post</title><p>{"Words. " * 60}<a href="{HOME}/2026/beta/">beta</a>'
    return web.Response(text=text, content_type="text/html", headers=headers)


@dataclass(slots=True)
class Web:
    """The sources: pages by "host/path", served for every *.example but the blog. What is missing is 404."""

    pages: dict[str, str | Answerer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def url(self, name: str) -> str:
        """Return the URL of the page "host/path"."""
        host, _, path = name.partition("/")
        return f"http://{host}:{self.port}/{path}"

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        name = request.headers.get("Host", "").partition(":")[0] + request.path_qs
        self.asked.append(name)
        page = self.pages.get(name)
        if callable(page):
            return await page(Got("GET", name, dict(request.headers), b""))
        return web.Response(status=200 if page else 404, text=page or "gone", content_type="text/html")


@dataclass(slots=True)
class Stage:
    """Everything that plays a part."""

    proxy: Running
    wordpress: WordPress
    web: Web
    http: aiohttp.ClientSession

    @property
    def address(self) -> str:
        """The public listener's URL."""
        return f"http://127.0.0.1:{self.proxy.address[1]}"

    @property
    def admin(self) -> str:
        """The admin listener's URL."""
        return f"http://127.0.0.1:{self.proxy.admin_address[1]}"

    async def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """POST to the public listener under the blog's name; return status and body."""
        headers = {"Host": "blog.example", **headers}
        async with self.http.post(self.address + path, data=body, headers=headers) as answer:
            return answer.status, await answer.read()

    async def pingback(self, source: str, target: str = POST) -> bytes:
        """Send a pingback and return the body of the answer."""
        return (await self.post("/xmlrpc.php", build_ping(source, target), XML))[1]

    async def trackback(self, source: str, path: str = "/2026/alpha/trackback/", **fields: str) -> tuple[int, bytes]:
        """Send a trackback and return status and body."""
        form = {"url": source, "title": "A page", "excerpt": "Some words", "blog_name": "A blog", **fields}
        return await self.post(path, urlencode(form).encode(), FORM)

    async def all_pings(self) -> list[Ping]:
        """Return every ping, the newest first."""
        found, _ = await self.proxy.database.read(pings.list_page, pings.Filter(), 200)
        return found

    async def settled(self, *states: State) -> list[Ping]:
        """Wait until the pings, the oldest first, stand in *states*; return them."""

        async def found() -> list[Ping] | None:
            present = (await self.all_pings())[::-1]
            return present if tuple(ping.state for ping in present) == states else None

        return await until(found, f"pings in states {[str(state) for state in states]}")


@asynccontextmanager
async def on_stage(state_dir: Path, judge: Judge | None = TRUSTING, **changes: Any) -> AsyncIterator[Stage]:
    """Open a stage. *changes* are keys of the configuration; `site` changes the site's own."""
    wordpress, sources = WordPress(), Web()
    async with serving(wordpress.handle) as upstream_port, serving(sources.handle) as sources.port:
        put_empty(state_dir)
        config = from_mapping(settings(state_dir, upstream_port, changes))
        async with running(config, _resolve) as proxy, aiohttp.ClientSession() as http:
            if judge is not None:
                proxy.pipeline.judge_in_force = judge
            yield Stage(proxy, wordpress, sources, http)


def settings(state_dir: Path, upstream_port: int, changes: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of a stage as TOML would give it."""
    site = {"name": "blog", "public_url": HOME, "upstream": f"http://127.0.0.1:{upstream_port}"}
    base: dict[str, Any] = {
        "listen": "127.0.0.1:0",
        "admin_listen": "127.0.0.1:0",
        "state_dir": str(state_dir),
        "sites": [site | changes.pop("site", {})],
        "fetch": {"allow_networks": ["127.0.0.0/8"]},
        "limits": {"fetches_per_address_per_minute": 1000, "fetches_per_domain_per_minute": 1000},
        "delivery": {"min_interval_s": 0, "retry_after_s": [0.05]},
        "admin": {"api_tokens": ["secret"]},
    }
    for key, value in changes.items():
        base[key] = base.get(key, {}) | value if isinstance(value, dict) else value
    return base


@asynccontextmanager
async def serving(
    handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], port: int = 0
) -> AsyncIterator[int]:
    """Serve *handle* on loopback, on a free port if none is given, and yield the port."""
    runner = web.ServerRunner(web.Server(handle, access_log=None), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def _resolve(host: str) -> list[str]:
    if host.endswith(".example"):
        return ["127.0.0.1"]
    raise OSError(f"no such host: {host}")
