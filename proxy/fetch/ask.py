"""One request over one socket to one address that was checked: the only place that connects to a stranger."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import partial
from ssl import SSLContext
from typing import cast

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from yarl import URL

from proxy.addresses import AddressPolicy, parse_address
from proxy.fetch import body
from proxy.fetch.answer import FetchFailed
from proxy.ping import Failure
from proxy.urls import Url

ACCEPT = "text/html,application/xhtml+xml,text/plain;q=0.8,*/*;q=0.5"
MAX_HEADERS = 100
MAX_HEADER_BYTES = 8190  # a single one
_FRAMING_BYTES = 256 * 1024  # for headers, and chunks with little in them


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


class OneSocket:
    """Makes the socket, if and only if it leads where it was meant to and that may be asked.

    aiohttp calls this with the very address that it is about to connect to, whatever URL, look-up or redirect it
    came from. A second socket is refused: aiohttp would silently repeat a GET whose connection broke, and nobody has
    budgeted for that.
    """

    def __init__(self, policy: AddressPolicy, address: str) -> None:
        self._policy = policy
        self._address = parse_address(address)
        self.refused = False
        self.opened = 0

    def __call__(self, info: tuple[int, int, int, str, tuple[str | int, ...]]) -> socket.socket:
        """Return a new socket for *info*, a row as getaddrinfo gives it. Raises OSError."""
        family, kind, protocol, _, sockaddr = info
        host, port = str(sockaddr[0]), int(sockaddr[1])
        scoped = len(sockaddr) > 3 and bool(sockaddr[3])
        if scoped or parse_address(host) != self._address or not may_ask(self._policy, host, port):
            self.refused = True
            raise OSError(errno.EACCES, f"{host} port {port} is never fetched")
        self.opened += 1
        if self.opened > 1:
            raise OSError(errno.ECONNABORTED, "the connection broke before an answer came")
        return socket.socket(family, kind, protocol)


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


class _Connector(aiohttp.TCPConnector):
    """Opens one connection to one address, and meters it."""

    def __init__(self, guard: OneSocket, address: str, tls: SSLContext | bool, max_bytes: int) -> None:
        super().__init__(
            resolver=_Pinned(address),
            use_dns_cache=False,
            socket_factory=guard,
            happy_eyeballs_delay=None,
            ssl=tls,
            force_close=True,
            limit=1,
        )
        # aiohttp has no public name for this; a test fails should the meter ever be out of the way.
        self._factory = cast("partial[ResponseHandler]", partial(_Metered, self._loop, max_bytes))


class _Pinned(AbstractResolver):
    """Answers every question with the one address that was checked."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        family = socket.AF_INET6 if ":" in self._address else socket.AF_INET
        flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        row = ResolveResult(hostname=host, host=self._address, port=port, family=family, proto=0, flags=flags)
        return [row]

    async def close(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Asker:
    """What all requests have in common. Times in seconds, sizes in bytes."""

    policy: AddressPolicy
    tls: SSLContext | bool  # True: the context that aiohttp has anyway, which verifies
    connect_timeout_s: float
    max_bytes: int

    async def ask(self, url: Url, address: str, headers: Mapping[str, str]) -> Asked | NotConnected | FetchFailed:
        """GET *url* at *address* and return the answer; redirects are answers too.

        No cookies, no credentials, no Referer, nothing from the environment. Time in all is the caller's to limit.
        """
        guard = OneSocket(self.policy, address)
        try:
            async with self._session(guard, address) as session:
                return await self._get(session, url, headers)
        except (aiohttp.ClientError, body.BrokenBody, OSError, ValueError) as error:
            return _bad_luck(error, guard, url)

    def _session(self, guard: OneSocket, address: str) -> aiohttp.ClientSession:
        connector = _Connector(guard, address, self.tls, 2 * self.max_bytes + _FRAMING_BYTES)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.connect_timeout_s, ceil_threshold=float("inf")),
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
            max_headers=MAX_HEADERS,
        )

    async def _get(self, session: aiohttp.ClientSession, url: Url, headers: Mapping[str, str]) -> Asked:
        sent = {"Accept": ACCEPT, "Accept-Encoding": "gzip, deflate", **headers}
        target = URL(str(url), encoded=True)
        async with session.get(target, headers=sent, allow_redirects=False) as response:
            try:
                if response.status != 200:
                    return Asked(response.status, response.headers)
                encoding = ",".join(response.headers.getall("Content-Encoding", []))
                content, truncated = await body.read(_chunks(response), encoding, self.max_bytes)
                return Asked(200, response.headers, content, truncated)
            finally:
                response.close()  # whatever is still coming is not waited for


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async for chunk in response.content.iter_any():
        yield chunk


def _bad_luck(error: Exception, guard: OneSocket, url: Url) -> NotConnected | FetchFailed:
    if guard.refused:
        words = "is at an address that is never fetched"
        return FetchFailed(Failure.NOT_PUBLIC, f"The source's server {words}.", url=str(url))
    if isinstance(error, aiohttp.ClientSSLError):
        words = "could not show that it is who it says (TLS)"
    elif guard.opened <= 1 and isinstance(error, aiohttp.ClientConnectorError | aiohttp.ServerTimeoutError):
        return NotConnected(isinstance(error, TimeoutError))
    elif isinstance(error, body.BrokenBody):
        words = f"sent a page that cannot be read: {error}"
    else:
        words = "broke off, or sent something that is not HTTP"
    return FetchFailed(Failure.UNREACHABLE, f"The source's server {words}.", url=str(url))
