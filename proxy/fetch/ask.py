"""One request over one socket to one address that was checked: the only place that connects to a stranger."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from ssl import SSLContext, SSLError

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.streams import EofStream

from proxy.addresses import Address, AddressPolicy, parse_address
from proxy.connection import Connection, HeadBounds, Origin, head_bytes, verifying_tls
from proxy.fetch import body
from proxy.fetch.answer import FetchFailed
from proxy.ping import Failure
from proxy.urls import Url

ACCEPT = "text/html,application/xhtml+xml,text/plain;q=0.8,*/*;q=0.5"
_BOUNDS = HeadBounds(line_bytes=8190, fields=100)
_FRAMING_BYTES = 256 * 1024  # for headers, and chunks with little in them
_NOT_IN_VALUE = frozenset(b"\r\n\0")


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer. `body` is read for status 200 only; all other answers are for their status and headers."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class NotConnected:
    """Nobody listens at this address, or it took too long; another address of the host may be tried."""

    timed_out: bool


def may_ask(policy: AddressPolicy, address: str, port: int) -> bool:
    """Return whether *policy* lets *address* be asked, knowing whether it is one of this machine's own."""
    if policy.allows(address, port, on_this_machine=True):
        return True  # and all the more so elsewhere: nobody needs to look
    return policy.allows(address, port) and not _is_on_this_machine(address)


def _is_on_this_machine(address: str) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((address, 0))  # only one's own addresses can be bound; nothing is sent
    except OSError:
        return False
    return True


class _Metered(ResponseHandler):
    """Hangs up on who sends more than any answer needs.

    The limits on headers and body do not see chunk extensions, interim answers and the like, which can go on for as
    long as the time limit lets them.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, max_bytes: int) -> None:
        super().__init__(loop)
        self._left = max_bytes

    def data_received(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left >= 0:
            super().data_received(data)
        elif self.transport is not None:
            self.transport.abort()


@dataclass(frozen=True, slots=True)
class Asker:
    """What all requests have in common. Times in seconds, sizes in bytes."""

    policy: AddressPolicy
    connect_timeout_s: float
    max_bytes: int
    tls: SSLContext | None = None  # None: the one that trusts what this machine trusts

    async def ask(self, url: Url, address: str, headers: Mapping[str, str]) -> Asked | NotConnected | FetchFailed:
        """GET *url* at *address* and return the answer; redirects are answers too.

        One connection is made, and one request sent. No cookies, no credentials, no Referer, nothing from the
        environment. Time in all is the caller's to limit.
        """
        place = _place(self.policy, url, address)
        if place is None:
            return _failed(Failure.NOT_PUBLIC, "is at an address that is never fetched", url)
        connection = await self._connected(url, place)
        if not isinstance(connection, Connection):
            return connection
        try:
            return await self._get(connection, url, headers)
        except body.BrokenBody as problem:
            return _failed(Failure.UNREACHABLE, f"sent a page that cannot be read: {problem}", url)
        except (aiohttp.ClientError, HttpProcessingError, EofStream, OSError, ValueError):
            return _failed(Failure.UNREACHABLE, "broke off, or sent something that is not HTTP", url)
        finally:
            connection.abort() if url.scheme == "https" else connection.close()  # whatever still comes, unheard

    async def _connected(self, url: Url, place: Address) -> Connection | NotConnected | FetchFailed:
        loop = asyncio.get_running_loop()
        tls = (self.tls or verifying_tls()) if url.scheme == "https" else None
        max_bytes = 2 * self.max_bytes + _FRAMING_BYTES
        try:
            async with asyncio.timeout(self.connect_timeout_s):
                _, protocol = await loop.create_connection(
                    lambda: _Metered(loop, max_bytes),
                    str(place),
                    url.port,
                    family=socket.AF_INET if place.version == 4 else socket.AF_INET6,
                    flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
                    ssl=tls,
                    server_hostname=url.host if tls else None,
                )
        except SSLError:
            return _failed(Failure.UNREACHABLE, "could not show that it is who it says (TLS)", url)
        except OSError as problem:
            return NotConnected(isinstance(problem, TimeoutError))
        return Connection(Origin(url.host, url.port, tls is not None), protocol, _BOUNDS)

    async def _get(self, connection: Connection, url: Url, headers: Mapping[str, str]) -> Asked:
        connection.send(_request(url, headers), "GET")
        head, content = await connection.answer()
        while 100 <= head.code < 200 and head.code != 101:
            head, content = await connection.answer()
        if head.code != 200:
            return Asked(head.code, head.headers)
        encoding = ",".join(head.headers.getall("Content-Encoding", []))
        page, truncated = await body.read(_chunks(content), encoding, self.max_bytes)
        return Asked(200, head.headers, page, truncated)


def _place(policy: AddressPolicy, url: Url, address: str) -> Address | None:
    """Return where to connect to, if that may be asked and the URL itself does not name another address."""
    place = parse_address(address)
    if place is None or parse_address(url.host) not in {None, place} or not may_ask(policy, str(place), url.port):
        return None
    return place


def _request(url: Url, headers: Mapping[str, str]) -> bytes:
    """Return the request. Raises ValueError for a value that would not stay in its line."""
    sent = {"Host": url.origin.partition("://")[2], "Accept": ACCEPT, "Accept-Encoding": "gzip, deflate", **headers}
    fields = [(name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in sent.items()]
    if any(set(value) & _NOT_IN_VALUE for _, value in fields):
        raise ValueError("a header's value holds a line end")
    return head_bytes(b"GET %s HTTP/1.1" % url.path_query.encode(), [*fields, (b"Connection", b"close")])


async def _chunks(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    while chunk := await content.readany():
        yield chunk


def _failed(failure: Failure, words: str, url: Url) -> FetchFailed:
    return FetchFailed(failure, f"The source's server {words}.", url=str(url))
