"""A small internet on loopback: 127.0.1.x is the public part of it, 127.0.0.x is the inside."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from proxy.fetch import Fetcher, FetchLimits

PUBLIC = "127.0.1.0/24"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Server:
    """One web server with a note of everything that it was asked."""

    address: str
    port: int = 0
    hits: list[str] = field(default_factory=list)
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    headers: list[dict[str, str]] = field(default_factory=list)
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0

    def url(self, host: str, path: str = "/") -> str:
        return f"http://{host}:{self.port}{path}"


class Internet:
    """Names, addresses and servers."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self.names: dict[str, list[str] | Callable[[], list[str]]] = {}
        self.looked_up: list[str] = []
        self._stack = stack

    async def resolve(self, host: str) -> Iterable[str]:
        self.looked_up.append(host)
        answer = self.names.get(host, [])
        if not answer:
            raise OSError(f"no such name {host}")
        return answer() if callable(answer) else answer

    async def serve(self, handler: Handler, *, address: str = "127.0.1.1", port: int = 0, tls: Any = None) -> Server:
        """Serve every path by *handler*."""
        server = Server(address)

        async def noted(request: web.Request) -> web.StreamResponse:
            server.hits.append(request.path_qs)
            server.was_asked.set()
            server.headers.append(dict(request.headers))
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
            try:
                return await handler(request)
            finally:
                server.at_once -= 1

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", noted)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, address, port, ssl_context=tls).start()
        server.port = runner.addresses[0][1]
        return server

    async def serve_raw(
        self,
        talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
        *,
        address: str = "127.0.1.1",
    ) -> Server:
        """Let *talk* speak to every connection after its request was read."""
        server = Server(address)

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            server.connections += 1
            try:
                head = await reader.readuntil(b"\r\n\r\n")
                server.hits.append(head.split()[1].decode())
                await talk(reader, writer)
            except (OSError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        listener = await asyncio.start_server(connected, address, 0)
        self._stack.callback(listener.close)
        server.port = listener.sockets[0].getsockname()[1]
        return server


@pytest.fixture
async def internet() -> AsyncIterator[Internet]:
    async with AsyncExitStack() as stack:
        yield Internet(stack)


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def open_fetcher(internet: Internet, clock: Clock) -> AsyncIterator[Callable[..., Fetcher]]:
    """Makes fetchers that see the small internet, with the limits given."""
    opened: list[Fetcher] = []

    def make(own_endpoints: Iterable[tuple[str, int]] = (), **limits: Any) -> Fetcher:
        limits = {"allow_networks": (PUBLIC,), "per_address_per_minute": 1000, "per_domain_per_minute": 1000} | limits
        opened.append(Fetcher(FetchLimits(**limits), own_endpoints, resolver=internet.resolve, now=clock))
        return opened[-1]

    yield make
    for fetcher in opened:
        await fetcher.__aexit__(None, None, None)
