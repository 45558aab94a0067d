"""Talking to the site's own WordPress: one client for passing through, delivering and asking.

Expected bad luck (nobody listens, no answer in time, a cut answer) is the value `Unanswered`.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from multidict import CIMultiDict, CIMultiDictProxy

from proxy.config import Site
from proxy.connection import Pool, head_bytes, origin_of
from proxy.exchange import ClientFault, Exchange, Peer, Question, Unanswered

__all__ = ["Answer", "Unanswered", "Upstream"]

MAX_ANSWER_BYTES = 4 * 1024 * 1024
_SWEEP_S = 0.5
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_NOT_IN_TARGET = re.compile(rb"[^\x21-\x7e]")
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})  # idempotent by RFC 9110 §9.2.2


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete, bounded answer of the upstream."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes


class Upstream:
    """The HTTP client towards WordPress. Use as an async context manager."""

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self._pool = Pool()
        self._live: set[Exchange] = set()
        self._sweeper: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        self._sweep()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        self._pool.close()

    def exchange(self, site: Site, question: Question, peer: Peer | None = None) -> Exchange:
        """Return the exchange that puts *question* to the site's upstream, on behalf of *peer*; enter it to begin."""
        if self._sweeper is None:
            raise RuntimeError("the upstream client is not open")
        return Exchange(self._pool, self._live, origin_of(site.upstream)[0], question, peer)

    def _sweep(self) -> None:
        """End what does not move any more. Looking at all at once costs less than a timer for each."""
        loop = asyncio.get_running_loop()
        still_since = loop.time() - self.timeout_s
        for exchange in tuple(self._live):
            exchange.look(still_since)
        self._pool.prune()
        self._sweeper = loop.call_later(min(_SWEEP_S, self.timeout_s / 4), self._sweep)

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
        data = _head(site, method, path_query, _asking(site, headers, body)) + (body or b"")
        # Where a request could be executed twice, it gets a connection that the upstream cannot be about to close.
        repeatable = method in REPEATABLE
        question = Question(method, data, repeatable=repeatable, fresh=not repeatable)
        try:
            async with asyncio.timeout(timeout_s or self.timeout_s), self.exchange(site, question) as exchange:
                return await _whole(exchange)
        except TimeoutError:
            return Unanswered("The site behind this proxy did not answer in time.", reached=True, in_time=False)


async def _whole(exchange: Exchange) -> Answer | Unanswered:
    head = await exchange.answer()
    if isinstance(head, Unanswered):
        return head
    if isinstance(head, ClientFault):
        return Unanswered(head.sentence, reached=True)
    content = bytearray()
    while len(content) < MAX_ANSWER_BYTES:
        piece = await exchange.read()
        if isinstance(piece, Unanswered):
            return piece
        if not piece:
            break
        content += piece
    return Answer(head.code, head.headers, bytes(content[:MAX_ANSWER_BYTES]))


def _asking(site: Site, headers: Mapping[str, str] | CIMultiDict[str], body: bytes | None) -> CIMultiDict[str]:
    sent = CIMultiDict(headers)
    sent["Host"] = site.public_host
    sent["Accept-Encoding"] = "identity"  # the answer is read here
    sent.setdefault("X-Forwarded-Proto", site.home.partition(":")[0])
    sent.setdefault("X-Forwarded-Host", site.public_host)
    sent.popall("Content-Length", None)
    if body is not None:
        sent["Content-Length"] = str(len(body))
    return sent


def _head(site: Site, method: str, path_query: str, headers: CIMultiDict[str]) -> bytes:
    fields = [(_bytes(name), _CONTROL.sub(b" ", _bytes(value))) for name, value in headers.items()]
    path = _NOT_IN_TARGET.sub(lambda match: b"%%%02X" % match[0][0], _bytes(path_query))
    return head_bytes(b"%s %s HTTP/1.1" % (method.encode(), upstream_target(site, path)), fields)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def upstream_target(site: Site, target: bytes) -> bytes:
    """Return the request target for the site's upstream: as it came, below the path that the upstream has."""
    base = origin_of(site.upstream)[1]
    if not base or target == b"*":
        return target
    if target.startswith(b"/"):
        return base + target
    scheme, separator, rest = target.partition(b"://")
    authority, slash, path = rest.partition(b"/")
    return b"%s%s%s%s%s%s" % (scheme, separator, authority, base, slash, path)
