"""Every way known to us of making Pingwarden ask a place inside, tried on the fetcher as it is delivered.

    python -m tests.faults.vectors

127.0.1.0/24 plays the public internet, all else of loopback the inside, where real listeners count who connects.
Spellings and answers of name servers are those of tests/proxy/fetch/test_ssrf.py; here they are tried in one go, with
redirects, names that change, and our own listeners besides. Exits 1 if one was let through.
"""

import asyncio
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address

from aiohttp import web

from proxy.fetch import Fetched, Fetcher, FetchLimits
from tests.faults.world import serving
from tests.proxy.fetch.test_ssrf import ANSWERS, SPELLINGS
from tests.real.process import free_port

PUBLIC = "127.0.1.1"
_MANY = 10**6
_HOME = "https://blog.example"
# How a redirect may name the inside; # stands for a port on which somebody listens there.
_PLACES = [
    "http://127.0.0.1:#/",
    "http://127.1:#/",
    "http://2130706433:#/",
    "http://0x7f000001:#/",
    "http://0177.0.0.1:#/",
    "http://0:#/",
    "http://0.0.0.0:#/",
    "http://localhost:#/",
    "http://LOCALHOST.:#/",
    "//127.0.0.1:#/",
    "///127.0.0.1:#/",
    "http:127.0.0.1:#/",
    "http://u:p@127.0.0.1:#/",
    "http://a.example@127.0.0.1:#/",
    "http://127.0.0.1:#\\@a.example/",
    "http://[::1]:#/",
    "http://[::ffff:127.0.0.1]:#/",
    "http://[::127.0.0.1]:#/",
    "http://[64:ff9b::127.0.0.1]:#/",
    "http://[2002:7f00:1::]:#/",
    "http://[::1%25lo]:#/",
    "http://127.0.0.2:#/",
    "http://inside.example:#/",
    "http://INSIDE.example.:#/",
    "http://mixed.example:#/",
    "http://%31%32%37.0.0.1:#/",
    "http://127。0。0。1:#/",
    "http://１２７.0.0.1:#/",
    "https://127.0.0.1:#/",
    "ftp://127.0.0.1:#/",
    "gopher://127.0.0.1:#/_x",
    "file:///etc/passwd",
    "http://10.0.0.1/",
    "http://169.254.169.254/",
    "http://[fd00::1]/",
]
_STATUSES = (301, 302, 303, 307, 308)


@dataclass(slots=True)
class Tried:
    """How many vectors of each kind there were, and those that got through."""

    kinds: Counter[str] = field(default_factory=Counter)
    through: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Inside:
    port: int
    connections: int = 0
    answers: int = 0  # how often a changing name was asked for

    async def handle(self, _request: web.BaseRequest) -> web.StreamResponse:
        self.connections += 1
        return web.Response(text="a secret")

    async def resolve(self, host: str) -> list[str]:
        """The name server of an attacker."""
        self.answers += 1
        number = int(host.partition(".")[0][1:]) if host.endswith(".answers.example") else 0
        if number:
            return ANSWERS[number - 1]
        known = {
            "page.example": [PUBLIC],
            "inside.example": ["127.0.0.1"],
            "mixed.example": [PUBLIC, "127.0.0.1"],
            "turning.example": [PUBLIC] if self.answers % 2 else ["127.0.0.1"],
            "ours.example": [PUBLIC],
        }
        if host not in known:
            raise OSError(f"no such name {host}")
        return known[host]


async def tried() -> Tried:
    """Try them all."""
    found = Tried()
    inside = _Inside(free_port())
    public_port = free_port()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(serving(inside.handle, inside.port))
        await stack.enter_async_context(serving(_leading_inside(inside), public_port, PUBLIC))
        await stack.enter_async_context(serving(inside.handle, inside.port, PUBLIC))  # our own listener, see below
        fetchers = [await stack.enter_async_context(_fetcher(inside, own)) for own in (False, True)]
        elsewhere = _nowhere_else()
        for kind, url, own in _vectors(inside.port, public_port):
            before = inside.connections, len(elsewhere)
            outcome = await fetchers[own].fetch(url, public_url=_HOME)
            found.kinds[kind] += 1
            got_in = (inside.connections, len(elsewhere)) > before
            read = isinstance(outcome, Fetched) and b"leads inside" not in outcome.body
            if got_in or read:
                found.through.append(f"{kind}: {url}")
    return found


def _vectors(inside: int, public: int) -> Iterator[tuple[str, str, bool]]:
    """Yield kind, URL, and whether the owner's listeners are on public addresses."""
    for url in SPELLINGS:
        yield "spelling", url, False
    for number, _ in enumerate(ANSWERS):
        for scheme in ("http", "https"):
            yield "answer of a name server", f"{scheme}://h{number + 1}.answers.example/", False
    for place in range(len(_PLACES)):
        yield "name or address inside", _PLACES[place].replace("#", str(inside)), False
        for status in _STATUSES:
            yield "redirect", f"http://page.example:{public}/redirect/{status}/{place}", False
        for way in ("meta", "header"):
            yield "refresh", f"http://page.example:{public}/{way}/200/{place}", False
    for number in range(20):
        yield "name that changes", f"http://turning.example:{inside}/{number}", True
    for url in (f"http://{PUBLIC}:{inside}/", f"http://ours.example:{inside}/", f"http://OURS.example.:{inside}/x"):
        yield "our own listener under a name", url, True


def _leading_inside(inside: _Inside):  # type: ignore[no-untyped-def]
    async def lead(request: web.BaseRequest) -> web.StreamResponse:
        _, way, status, place, *rest = (*request.path.split("/"), "", "", "")
        if not place.isdigit() or any(rest):
            return web.Response(status=404, text="leads inside no more")
        to = _PLACES[int(place)].replace("#", str(inside.port))
        if way == "redirect":
            return web.Response(status=int(status), headers={"Location": to})
        headers = {"Refresh": f"0; url={to}"} if way == "header" else {}
        text = f'leads inside <meta http-equiv=refresh content="0; url={to}">'
        return web.Response(text=text, content_type="text/html", headers=headers)

    return lead


def _nowhere_else() -> list[object]:
    """Let this event loop connect to loopback only; return the list of all else that it was asked to connect to."""
    loop, asked = asyncio.get_running_loop(), []
    connect = loop.sock_connect

    async def guarded(sock: socket.socket, address: tuple[str, int]) -> None:
        if not ip_address(address[0]).is_loopback:
            asked.append(address)
            raise ConnectionRefusedError(f"{address} is not asked by a test")
        await connect(sock, address)

    loop.sock_connect = guarded  # type: ignore[method-assign,assignment]
    return asked


@asynccontextmanager
async def _fetcher(inside: _Inside, own: bool) -> AsyncIterator[Fetcher]:
    generous = {"per_address_per_minute": _MANY, "per_domain_per_minute": _MANY, "in_all_per_minute": _MANY}
    limits = FetchLimits(allow_networks=("127.0.1.0/24",), timeout_s=2.0, **generous)
    endpoints = [(PUBLIC, inside.port)] if own else []
    async with Fetcher(limits, endpoints, resolver=inside.resolve) as fetcher:
        yield fetcher


def lines(found: Tried) -> list[str]:
    """Return the figures for people."""
    table = [f"{kind}: {count}" for kind, count in found.kinds.items()]
    return [*table, f"{found.kinds.total()} vectors tried, let through: {len(found.through)}", *found.through]


def main() -> None:
    """Print the figures."""
    found = asyncio.run(tried())
    print("\n".join(lines(found)))
    sys.exit(1 if found.through else 0)


if __name__ == "__main__":
    main()
