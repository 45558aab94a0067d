"""A stage for passing through: a raw client, the relay, a raw upstream. What is said is asserted byte by byte."""

import asyncio
import logging
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network

from aiohttp import web

from proxy.body import read_body
from proxy.config import Networks, Site
from proxy.errors import TooLarge
from proxy.listener import Listener
from proxy.relay import continue_sending, plain, relay
from proxy.upstream import Upstream

WITHIN_S = 10.0
TRUSTED: Networks = (ip_network("127.0.0.0/8"),)
NOBODY: Networks = ()
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class End:
    """One end of a connection, as a script speaks through it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def hear(self, until: bytes) -> bytes:
        """Everything up to and with *until*."""
        async with asyncio.timeout(WITHIN_S):
            return await self.reader.readuntil(until)

    async def hear_bytes(self, size: int) -> bytes:
        async with asyncio.timeout(WITHIN_S):
            return await self.reader.readexactly(size)

    async def hear_head(self) -> bytes:
        return await self.hear(b"\r\n\r\n")

    async def hear_all(self) -> bytes:
        """Everything until the other side closes; what a reset leaves counts as well."""
        heard = b""
        async with asyncio.timeout(WITHIN_S):
            try:
                while piece := await self.reader.read(2**16):
                    heard += piece
            except ConnectionError:
                heard += b"<reset>"
        return heard

    async def closed(self) -> None:
        """Return when the other side has closed, whatever it still says."""
        await self.hear_all()

    def hang_up(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        """Close the hard way: what was not read yet is lost for the other side."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Script = Callable[[End], Awaitable[None]]


@dataclass
class Stage:
    """The upstream answers each connection by the next script, and the last one again and again."""

    scripts: list[Script] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    connections: int = 0
    troubles: list[BaseException] = field(default_factory=list)
    port: int = 0
    upstream_port: int = 0
    upstream: Upstream | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def client(self, port: int = 0) -> End:
        """Connect to the proxy, or to another one at *port*."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port or self.port, limit=2**20)
        self._stack.callback(writer.close)
        return End(reader, writer)

    async def exchange(self, request: bytes) -> bytes:
        """Send *request* on a connection of its own and return all that comes back until it is closed."""
        client = await self.client()
        await client.say(request)
        return await client.hear_all()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script = self.scripts[min(self.connections, len(self.scripts) - 1)]
        self.connections += 1
        try:
            await script(End(reader, writer))
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        except BaseException as problem:
            self.troubles.append(problem)
            raise
        finally:
            writer.close()

    def always(self, answer: bytes) -> None:
        """Answer every request, whose body must have a length, by *answer*; note what was heard."""

        async def script(upstream: End) -> None:
            while True:
                self.heard.append(await self.request(upstream))
                await upstream.say(answer)

        self.scripts = [script]

    @staticmethod
    async def request(upstream: End) -> bytes:
        """Hear one whole request."""
        head = await upstream.hear_head()
        lines = head.lower().split(b"\r\n")
        if b"transfer-encoding: chunked" in lines:
            body = b""
            while not body.endswith(b"0\r\n\r\n"):
                body += await upstream.hear(b"\r\n")
            return head + body
        length = next((int(line[16:]) for line in lines if line.startswith(b"content-length: ")), 0)
        return head + await upstream.hear_bytes(length)


@asynccontextmanager
async def stage(
    *,
    timeout_s: float = 5.0,
    trusted: Networks = TRUSTED,
    base: str = "",
    upstream_url: str = "",
    spools: bool = False,
    max_bytes: int = 2**28,
) -> AsyncIterator[Stage]:
    """Open a stage. *spools*: the body is read whole before it goes on, as at a door."""
    async with AsyncExitStack() as stack:
        play = Stage(_stack=stack)
        play.always(OK)
        back = await asyncio.start_server(play.connected, "127.0.0.1", 0, limit=2**20)
        stack.callback(back.close)
        play.upstream_port = back.sockets[0].getsockname()[1]
        site = Site(
            public_url="http://blog.example", upstream=upstream_url or f"http://127.0.0.1:{play.upstream_port}{base}"
        )
        upstream = play.upstream = await stack.enter_async_context(Upstream(timeout_s))

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            if not spools:
                return await relay(request, site, upstream, trusted)
            await continue_sending(request)
            try:
                body = await read_body(request, max_bytes)
            except TooLarge as problem:
                refused = plain(413, problem.sentence)
                refused.force_close()
                return refused
            try:
                return await relay(request, site, upstream, trusted, body)
            finally:
                body.close()

        runner = web.ServerRunner(Listener(handle), shutdown_timeout=0.1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        play.port = runner.addresses[0][1]
        yield play
        assert play.troubles == []


def logged(records: list[logging.LogRecord]) -> list[str]:
    """The lines of the log; none may hold a traceback."""
    assert [record.getMessage() for record in records if record.exc_info] == []
    return [record.getMessage() for record in records if record.levelno >= logging.WARNING]


def fields(head: bytes) -> list[bytes]:
    """The header lines of a message."""
    return head.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
