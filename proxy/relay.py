"""Passing a request through, byte for byte and streaming both ways.

End-to-end headers keep their spelling, order and number; hop-by-hop headers are taken out (RFC 9110 §7.6.1) and
X-Forwarded-For, -Proto and -Host say what the client's side was.
"""

from collections.abc import AsyncIterator
from ipaddress import IPv4Address, IPv6Address, ip_address

import aiohttp
from aiohttp import hdrs, web
from multidict import CIMultiDict, CIMultiDictProxy

from proxy.body import Spooled
from proxy.config import Networks, Site
from proxy.upstream import Upstream, unanswered, upstream_url

_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect"}
)
_CHUNK_BYTES = 2**18


class Relayed(web.StreamResponse):
    """A response that carries the upstream's headers and nothing of our own."""

    async def _prepare_headers(self) -> None:
        given = {name.lower() for name in self.headers}
        await super()._prepare_headers()
        for name in (hdrs.CONTENT_TYPE, hdrs.SERVER, hdrs.DATE):
            if name.lower() not in given:
                self.headers.popall(name, None)


async def relay(
    request: web.BaseRequest, site: Site, upstream: Upstream, trusted: Networks, body: Spooled | None = None
) -> web.StreamResponse:
    """Send *request* on and stream the answer back.

    *body* is the request's body where it was read already; else it streams through. An upstream that cannot be
    reached gives 502, one that is too slow 504, each with a plain sentence.
    """
    url = upstream_url(site, request.message.path)
    data = _body(request, body)
    headers = request_headers(request, trusted)
    if body is not None:
        headers[hdrs.CONTENT_LENGTH] = str(body.size)
    try:
        async with upstream.session.request(
            request.method, url, headers=headers, data=data, allow_redirects=False
        ) as answer:
            return await _answer(request, answer)
    except (TimeoutError, aiohttp.ClientError, OSError) as problem:
        if request.writer.output_size > 0 or request.transport is None:
            raise ConnectionResetError("the answer was cut off") from problem
        missing = unanswered(problem)
        return plain(502 if missing.in_time else 504, missing.sentence)


def _body(request: web.BaseRequest, body: Spooled | None) -> AsyncIterator[bytes] | bytes | None:
    if body is not None:
        return body.chunks() if body.size > _CHUNK_BYTES else bytes(body.view)
    if not request.body_exists:
        return None
    return _incoming(request)


async def _incoming(request: web.BaseRequest) -> AsyncIterator[bytes]:
    await continue_sending(request)
    async for chunk in request.content.iter_any():
        yield chunk


async def continue_sending(request: web.BaseRequest) -> None:
    """Answer `Expect: 100-continue`, as RFC 9110 §10.1.1 asks of whoever reads the body."""
    if request.headers.get(hdrs.EXPECT, "").lower() == "100-continue" and request.version >= (1, 1):
        transport = request.transport
        if transport is not None:
            transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


async def _answer(request: web.BaseRequest, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    response = Relayed(status=answer.status, reason=answer.reason, headers=end_to_end(answer.headers))
    if hdrs.TRANSFER_ENCODING in answer.headers and request.version >= (1, 1):
        response.enable_chunked_encoding()
    if not request.content.is_eof() and request.body_exists:
        response.force_close()  # an early answer: what is left of the body is not read
    await response.prepare(request)
    if request.method != hdrs.METH_HEAD:
        async for chunk in answer.content.iter_any():
            await response.write(chunk)
    await response.write_eof()
    return response


def end_to_end(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """Return *headers* without those that concern one connection only."""
    named = {token.strip().lower() for value in headers.getall(hdrs.CONNECTION, ()) for token in value.split(",")} - {
        "content-length",
        "content-type",
        "host",
    }
    gone = _HOP_BY_HOP | named
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in gone)


def request_headers(request: web.BaseRequest, trusted: Networks) -> CIMultiDict[str]:
    """Return the headers that the upstream is sent."""
    headers = end_to_end(request.headers)
    peer = request.remote or ""
    before = ", ".join(headers.popall("X-Forwarded-For", []))
    headers["X-Forwarded-For"] = f"{before}, {peer}" if before else peer
    if not is_trusted(peer, trusted):
        headers.popall("X-Forwarded-Proto", None)
        headers.popall("X-Forwarded-Host", None)
    headers.setdefault("X-Forwarded-Proto", request.scheme)
    headers.setdefault("X-Forwarded-Host", request.headers.get(hdrs.HOST, ""))
    return headers


def client_address(request: web.BaseRequest, trusted: Networks) -> str:
    """Return the client's address: the rightmost entry of X-Forwarded-For that no trusted proxy wrote of itself."""
    address = request.remote or ""
    told = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    while told and is_trusted(address, trusted):
        nearer = told.pop().strip()
        if _address(nearer) is None:
            break
        address = nearer
    return str(_address(address) or address)


def is_trusted(address: str, trusted: Networks) -> bool:
    """True when *address* lies in one of the trusted networks."""
    parsed = _address(address)
    return parsed is not None and any(parsed in network for network in trusted if network.version == parsed.version)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(text.strip("[]"))
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed


def plain(status: int, sentence: str, **headers: str) -> web.Response:
    """Return a short answer of our own for people and programs."""
    return web.Response(
        status=status, text=sentence + "\n", headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
