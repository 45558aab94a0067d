"""The world around the proxy: a stand-in for WordPress that has moods, and a web of sources, honest and not."""

import asyncio
import re
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from aiohttp import web

from proxy.wire.response import fault_response, success_response
from proxy.wire.trackback import error_reply, ok_reply
from tests.faults.hostile import HOSTILE

HOME = "http://blog.example"
POST = f"{HOME}/2026/alpha/"
PAGE = b"<!doctype html><title>alpha</title><p>A post of the blog." + b" Some of its words." * 20
HELLO = success_response("Hello!")
GARBAGE = b"HTTP/9.9 -1 \x00\xff\r\n\x00: \x00\r\n\r\n<<<" + b"\xfe" * 300
_SOURCE = re.compile(rb"https?://[a-z0-9.-]+:\d+/[a-z]+/\d+")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A linkback that arrived at the stand-in."""

    at: float
    source: str
    answered: bool  # as WordPress answers: else it has to be sent again


@dataclass(slots=True)
class Blog:
    """A stand-in for WordPress. `mood` is well, slow, garbage, closing, or closing after it stored."""

    mood: str = "well"
    arrivals: list[Arrival] = field(default_factory=list)
    stored: Counter[str] = field(default_factory=Counter)
    others: int = 0

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        try:
            body = await request.content.read()
        except ConnectionResetError:  # whoever asked was killed
            return web.Response(status=400)
        if self.mood == "slow":
            await asyncio.sleep(8)
        if request.method == "POST" and (b"pingback.ping" in body or b"blog_name=" in body):
            return self._taken(request, body)
        if self.mood in {"garbage", "closing"}:
            return self._broken(request)
        self.others += 1
        if b"demo.sayHello" in body:
            return web.Response(body=HELLO, content_type="text/xml")
        if request.method == "POST":
            return web.Response(body=body)  # whatever came is given back, so that it can be compared
        headers = {"X-Pingback": f"{HOME}/xmlrpc.php", "Link": f"<{HOME}/?p=4>; rel=shortlink"}
        return web.Response(body=PAGE, content_type="text/html", headers=headers)

    def _taken(self, request: web.BaseRequest, body: bytes) -> web.StreamResponse:
        is_call = b"pingback.ping" in body
        source = _source(body, is_call=is_call)
        self.arrivals.append(Arrival(time.monotonic(), source, self.mood in {"well", "slow"}))
        if self.mood == "garbage" or (self.mood == "closing" and len(self.arrivals) % 2):
            return self._broken(request)
        known = source in self.stored
        self.stored[source] += not known
        if self.mood == "closing":
            return self._broken(request)
        if known:
            said = "The pingback has already been registered."
            doubled = error_reply("We already have a ping from that URL for this post.")
            return web.Response(body=fault_response(48, said) if is_call else doubled, content_type="text/xml")
        return web.Response(body=success_response("Registered.") if is_call else ok_reply(), content_type="text/xml")

    def _broken(self, request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        if self.mood == "garbage":
            request.transport.write(GARBAGE)
        else:
            request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 500\r\n\r\n<?xml ve")
        request.transport.close()
        return web.Response(status=500)  # goes nowhere


def _source(body: bytes, *, is_call: bool) -> str:
    found = _SOURCE.search(body) if is_call else None
    return found[0].decode() if found else parse_qs(body.decode("utf-8", "replace")).get("url", ["?"])[0]


@dataclass(slots=True)
class Sources:
    """The pages that claim to link, by the first part of their path. `port` is known once they are served."""

    port: int = 0
    times: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    at_once: Counter[str] = field(default_factory=Counter)
    most_at_once: Counter[str] = field(default_factory=Counter)

    def url(self, sort: str, number: int) -> str:
        """Return the address of a page."""
        return f"http://{HOSTS.get(sort, sort)}.example:{self.port}/{sort}/{number}"

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        _, sort, *rest = request.path.split("/")
        self.times[sort].append(time.monotonic())
        self.at_once[sort] += 1
        self.most_at_once[sort] = max(self.most_at_once[sort], self.at_once[sort])
        try:
            if sort == "gone":
                return web.Response(status=404, text="gone")
            if sort == "victim":
                await asyncio.sleep(0.05)
            number = int(rest[0]) if rest and rest[0].isdigit() else 0
            body = HOSTILE[number % len(HOSTILE)] if sort == "hostile" else _page(sort, number)
            return web.Response(body=body, content_type="text/html", charset="utf-8")
        finally:
            self.at_once[sort] -= 1


# Where a sort of page lives; `good` has an owner's rule that approves it, `prose` is judged by the model.
HOSTS = {"good": "friends", "nolink": "friends", "gone": "friends", "prose": "strangers"}


def _page(sort: str, number: int) -> bytes:
    link = "" if sort == "nolink" else f'<a href="{POST}">this careful post</a>'
    words = f"I have been reading about gardens in winter, and note {number} came of it. "
    return (
        f"<!doctype html><html lang=en><title>Note {number}</title><h1>Note {number}</h1>"
        f"<p>{words * 4}The clearest account that I know is {link}, which says what to do with the roses."
    ).encode()


@asynccontextmanager
async def serving(
    handle: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], port: int, host: str = "127.0.0.1"
) -> AsyncIterator[None]:
    """Serve *handle* on a port of loopback."""
    runner = web.ServerRunner(web.Server(handle, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, port, backlog=1024, reuse_address=True).start()
    try:
        yield
    finally:
        await runner.cleanup()
