"""HTTP/1.1 connections: opened, written to, read from, kept for a while, closed.

aiohttp's parser and flow control are used, but not its client session: that one canonicalises targets, decodes headers
and spends more time on both than the rest of passing a small call through takes.
"""

import asyncio
import select
import ssl
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from aiohttp import StreamReader
from aiohttp.client_proto import ResponseHandler
from aiohttp.http import RawResponseMessage, StreamWriter

CONNECT_S = 5.0
# Shorter than nginx (75 s) and Apache (5 s) keep idle connections, so that we seldom meet one being closed.
KEEP_IDLE_S = 4.0
_MAX_IDLE = 256
_MAX_HEAD_BYTES = 65536
_MAX_FIELDS = 256
_BUFFER_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class HeadBounds:
    """How long a line of an answer's head may be, in bytes, and how many fields it may have."""

    line_bytes: int = _MAX_HEAD_BYTES
    fields: int = _MAX_FIELDS


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an upstream listens."""

    host: str
    port: int
    tls: bool


@cache
def origin_of(url: str) -> tuple[Origin, bytes]:
    """Return the origin of an http(s) URL and the path below which it is asked (often empty)."""
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    origin = Origin(parts.hostname or "", parts.port or (443 if tls else 80), tls)
    return origin, parts.path.rstrip("/").encode()


class Connection:
    """One connection. One exchange uses it at a time."""

    __slots__ = ("_bounds", "_poll", "_protocol", "idle_since", "origin", "used")

    def __init__(self, origin: Origin, protocol: ResponseHandler, bounds: HeadBounds = HeadBounds()) -> None:
        self.origin = origin
        self._bounds = bounds
        self.used = False
        self.idle_since = 0.0
        self._protocol = protocol
        self._poll: Any = None

    def send(self, data: bytes, method: str) -> None:
        """Send a request's head, or all of it, and make ready to read the answer. Raises OSError."""
        protocol = self._protocol
        transport = protocol.transport
        if transport is None or transport.is_closing():
            raise ConnectionResetError("the connection is closed")
        protocol.set_response_params(
            skip_payload=method == "HEAD",
            read_until_eof=True,
            auto_decompress=False,
            read_bufsize=_BUFFER_BYTES,
            max_line_size=self._bounds.line_bytes,
            max_field_size=self._bounds.line_bytes,
            max_headers=self._bounds.fields,
        )
        transport.write(data)

    def writer(self) -> StreamWriter:
        """Return what writes the rest of a request with backpressure."""
        return StreamWriter(self._protocol, asyncio.get_running_loop())

    async def answer(self) -> tuple[RawResponseMessage, StreamReader]:
        """Return the next head that arrives, with its body. Raises OSError, aiohttp's errors."""
        return await self._protocol.read()

    @property
    def broken(self) -> BaseException | None:
        """What ended the connection, if it was not simply closed."""
        problem = self._protocol.exception()
        return problem if isinstance(problem, OSError) else None

    @property
    def lost(self) -> bool:
        """True when nothing more can arrive."""
        return not self._protocol.is_connected()

    @property
    def reusable(self) -> bool:
        """True when nothing of the last exchange is left and the upstream means to go on."""
        return self._protocol.is_connected() and not self._protocol.should_close

    def quiet(self) -> bool:
        """True while nothing has arrived that we did not ask for: above all, not the end of the connection."""
        transport = self._protocol.transport
        if transport is None or transport.is_closing():
            return False
        if not hasattr(select, "poll"):  # Windows
            return True
        if self._poll is None:
            sock = transport.get_extra_info("socket")
            if sock is None or sock.fileno() < 0:
                return False
            self._poll = select.poll()
            self._poll.register(sock.fileno(), select.POLLIN)
        return not self._poll.poll(0)

    def close(self) -> None:
        """End the connection."""
        self._protocol.close()

    def abort(self) -> None:
        """End the connection at once; whoever waits for it is told."""
        transport = self._protocol.transport
        if transport is not None:
            transport.abort()


async def connect(origin: Origin) -> Connection:
    """Open a connection. Raises OSError, also when it takes too long (`TimeoutError` is one)."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(CONNECT_S):
        _, protocol = await loop.create_connection(
            lambda: ResponseHandler(loop), origin.host, origin.port, ssl=verifying_tls() if origin.tls else None
        )
    return Connection(origin, protocol)


@cache
def verifying_tls() -> ssl.SSLContext:
    """Return the context that trusts what this machine trusts."""
    return ssl.create_default_context()


def head_bytes(first_line: bytes, fields: list[tuple[bytes, bytes]]) -> bytes:
    """Return the head of a message (RFC 9112 §2.1)."""
    return b"%s\r\n%s\r\n" % (first_line, b"".join([b"%s: %s\r\n" % field for field in fields]))


@dataclass(slots=True)
class Pool:
    """Idle connections, the one used last on top."""

    _idle: dict[Origin, list[Connection]] = field(default_factory=dict)

    def take(self, origin: Origin) -> Connection | None:
        """Return a connection that can be used again, if there is one."""
        kept = self._idle.get(origin)
        now = asyncio.get_running_loop().time()
        while kept:
            connection = kept.pop()
            if now - connection.idle_since < KEEP_IDLE_S and connection.reusable and connection.quiet():
                connection.used = True
                return connection
            connection.close()
        return None

    def give(self, connection: Connection) -> None:
        """Keep a connection for the next exchange, or close it where it cannot be used again."""
        kept = self._idle.setdefault(connection.origin, [])
        if not connection.reusable or len(kept) >= _MAX_IDLE:
            connection.close()
            return
        connection.idle_since = asyncio.get_running_loop().time()
        kept.append(connection)

    def prune(self) -> None:
        """Close what has been idle for too long."""
        oldest = asyncio.get_running_loop().time() - KEEP_IDLE_S
        for origin, kept in self._idle.items():
            stale = [one for one in kept if one.idle_since < oldest or not one.reusable]
            if stale:
                self._idle[origin] = [one for one in kept if one not in stale]
                for one in stale:
                    one.close()

    def close(self) -> None:
        """Close all."""
        for kept in self._idle.values():
            for connection in kept:
                connection.close()
        self._idle.clear()
