"""Talking to the site's own WordPress: one client for passing through, delivering and asking.

Expected bad luck (nobody listens, no answer in time, a cut answer) is the value `Unanswered`.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from proxy.config import Site

MAX_ANSWER_BYTES = 4 * 1024 * 1024
# Shorter than nginx (75 s) and Apache (5 s) keep idle connections, so that we seldom meet one being closed.
_KEEP_IDLE_S = 4.0
_CONNECT_S = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete, bounded answer of the upstream."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The upstream gave no answer. `reached` is False when not even a connection came about."""

    sentence: str
    reached: bool
    in_time: bool = True


class Upstream:
    """The HTTP client towards WordPress. Use as an async context manager."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The open session; passing through streams on it directly."""
        if self._session is None:
            raise RuntimeError("the upstream client is not open")
        return self._session

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_IDLE_S, force_close=False)
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_S, sock_read=self._timeout_s),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            max_line_size=65536,
            max_field_size=65536,
            read_bufsize=2**18,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def ask(
        self,
        site: Site,
        method: str,
        path_query: str,
        headers: Mapping[str, str] | CIMultiDict[str],
        body: bytes | None = None,
        timeout_s: float | None = None,
    ) -> Answer | Unanswered:
        """Send one small request to the site's upstream with the public Host and return its answer.

        Redirects are not followed. At most 4 MiB of the answer are read.
        """
        sent = CIMultiDict(headers)
        sent["Host"] = site.public_host
        sent.setdefault("X-Forwarded-Proto", site.home.partition(":")[0])
        sent.setdefault("X-Forwarded-Host", site.public_host)
        try:
            async with (
                asyncio.timeout(timeout_s or self._timeout_s),
                self.session.request(
                    method, upstream_url(site, path_query), headers=sent, data=body, allow_redirects=False
                ) as response,
            ):
                content = await response.content.read(MAX_ANSWER_BYTES)
                while len(content) < MAX_ANSWER_BYTES and (more := await response.content.read(MAX_ANSWER_BYTES)):
                    content += more
                return Answer(response.status, response.headers, content)
        except (TimeoutError, aiohttp.ClientError, OSError) as problem:
            return unanswered(problem)


def upstream_url(site: Site, path_query: str) -> URL:
    """Return where *path_query* (as it came, unchanged) is asked for at the site's upstream."""
    if not path_query.startswith("/"):
        path_query = "/" + path_query
    return URL(site.upstream.rstrip("/") + path_query, encoded=True)


def unanswered(problem: BaseException) -> Unanswered:
    """Return the plain sentence for what a client raised."""
    if isinstance(problem, aiohttp.ConnectionTimeoutError):
        return Unanswered("The site behind this proxy did not take a connection in time.", reached=False, in_time=False)
    if isinstance(problem, TimeoutError):
        return Unanswered("The site behind this proxy did not answer in time.", reached=True, in_time=False)
    if isinstance(problem, aiohttp.ClientConnectorError):
        return Unanswered("The site behind this proxy cannot be reached.", reached=False)
    return Unanswered("The site behind this proxy broke off its answer.", reached=True)
