"""Passing a request through, byte for byte and streaming both ways.

What is not ours to change is never decoded: request target, header names and values go on as the bytes that came.
Bodies keep their framing: what had a length keeps it, what was chunked is chunked again (RFC 9112 §7.1), without
extensions and trailers.
"""

import logging
from collections.abc import AsyncIterator

from aiohttp import hdrs, web
from aiohttp.web_protocol import RequestPayloadError
from multidict import CIMultiDict

from proxy.body import Spooled, is_here
from proxy.config import Networks, Site
from proxy.connection import head_bytes
from proxy.exchange import BodyBroken, ClientFault, Question, Unanswered
from proxy.handover import Relayed, framed, hand_over, interim
from proxy.hops import Fields, accepting, client_of, end_to_end, forwarded, is_trusted
from proxy.upstream import REPEATABLE, Upstream, upstream_target
from proxy.wire.watch import READABLE_CODINGS, AnswerWatch

__all__ = ["client_address", "continue_sending", "is_trusted", "plain", "relay", "request_headers"]

_AT_ONCE_BYTES = 2**18
_LOGGED_CHARS = 200
_log = logging.getLogger("pingwarden.relay")


class _Client:
    """The client whose request is passed on."""

    __slots__ = ("_request",)

    def __init__(self, request: web.BaseRequest) -> None:
        self._request = request

    def gone(self) -> bool:
        transport = self._request.transport
        return transport is None or transport.is_closing()

    def abort(self) -> None:
        transport = self._request.transport
        if transport is not None:
            transport.abort()


async def relay(
    request: web.BaseRequest,
    site: Site,
    upstream: Upstream,
    trusted: Networks,
    body: Spooled | None = None,
    watch: AnswerWatch | None = None,
) -> web.StreamResponse:
    """Send *request* on and stream the answer back.

    *body* is the request's body where it was read already; else it streams through. An upstream that cannot be
    reached or breaks off gives 502, one that is too slow 504, each with a plain sentence. *watch* is shown the answer
    as it passes; then the upstream is offered no coding that cannot be read here.
    """
    refused = _refusal(request)
    if refused is not None:
        return refused
    question = _question(request, site, trusted, body, watched=watch is not None)
    async with upstream.exchange(site, question, _Client(request)) as exchange:
        head = await exchange.answer(lambda one: interim(request, one))
        if isinstance(head, (Unanswered, ClientFault)):
            return _unanswered(request, site, head)
        answer = await hand_over(request, exchange, head, watch)
        if answer.cut_by is not None:
            _say(request, site, head.code, f"{answer.cut_by.sentence} The client has a part of it.")
        return answer


# --- towards the upstream


def _refusal(request: web.BaseRequest) -> web.Response | None:
    """Return the answer to a request that cannot go on as it came, because the next hop could read it otherwise."""
    coding = request.headers.get(hdrs.TRANSFER_ENCODING)
    if request.version not in {(1, 0), (1, 1)}:
        return _closing(505, "This server speaks HTTP/1.1.")
    if coding is not None and request.version < (1, 1):  # RFC 9112 §6.1: faulty framing
        return _closing(400, "HTTP/1.0 has no Transfer-Encoding.")
    if coding is not None and coding.lower() != "chunked":
        return _closing(501, "Of all transfer codings, only chunked is understood here.")
    if request.method == hdrs.METH_CONNECT:
        return _closing(501, "This server opens no tunnels.")
    if request.raw_path[:1] not in {"/", "*"} and not _is_own(request.raw_path, request.headers.get(hdrs.HOST, "")):
        return _closing(400, "The request names two hosts.")
    return None


def _is_own(absolute: str, host: str) -> bool:
    """True when a target in absolute form (RFC 9112 §3.2.2) names the host that the request is for."""
    authority = absolute.partition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0]
    return authority.lower() == host.lower()


def _question(
    request: web.BaseRequest, site: Site, trusted: Networks, body: Spooled | None, *, watched: bool
) -> Question:
    chunked = hdrs.TRANSFER_ENCODING in request.headers
    fields = _request_fields(request, trusted)
    if watched:
        fields = accepting(fields, READABLE_CODINGS)
    if hdrs.EXPECT in request.headers and (body is not None or request.version < (1, 1)):
        fields = [field for field in fields if field[0].lower() != b"expect"]  # answered, or not to be heeded
    if hdrs.HOST not in request.headers:
        fields.insert(0, (b"Host", site.public_host.encode()))  # HTTP/1.0 may do without, HTTP/1.1 may not
    if chunked:
        fields.append((b"Transfer-Encoding", b"chunked") if body is None else (b"Content-Length", b"%d" % body.size))
    method = request.method
    target = upstream_target(site, request.raw_path.encode("utf-8", "surrogateescape"))
    head = head_bytes(b"%s %s HTTP/1.1" % (method.encode(), target), fields)
    if body is None and not is_here(request.content):
        return Question(method, head, lambda: _incoming(request, chunked=chunked))
    repeatable = method in REPEATABLE
    if body is not None and body.size > _AT_ONCE_BYTES:
        return Question(method, head, body.chunks, repeatable=repeatable)
    here = request.content.read_nowait() if body is None else body.view[:]
    framed_here = framed(here, last=True) if chunked and body is None else here
    return Question(method, head + framed_here, repeatable=repeatable)


async def _incoming(request: web.BaseRequest, *, chunked: bool) -> AsyncIterator[bytes]:
    """Yield the request's body as it arrives, framed for the next hop."""
    try:
        while piece := await request.content.readany():
            yield framed(piece) if chunked else piece
    except RequestPayloadError:
        raise BodyBroken(ClientFault(400, "The body of the request is not framed as HTTP asks for.")) from None
    except (OSError, RuntimeError):
        raise BodyBroken(ClientFault(499, "The client has gone.")) from None
    if chunked:
        yield b"0\r\n\r\n"


async def continue_sending(request: web.BaseRequest) -> None:
    """Answer `Expect: 100-continue`, as RFC 9110 §10.1.1 asks of whoever reads the body."""
    if request.headers.get(hdrs.EXPECT, "").lower() == "100-continue" and request.version >= (1, 1):
        transport = request.transport
        if transport is not None and not request.content.is_eof():
            transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def _unanswered(request: web.BaseRequest, site: Site, fault: Unanswered | ClientFault) -> web.StreamResponse:
    if isinstance(fault, ClientFault):
        status = fault.status
        if status == 499:
            return Relayed(status)
        answer = _closing(status, fault.sentence)
    else:
        status = 502 if fault.in_time else 504
        answer = plain(status, fault.sentence)
        if not request.content.is_eof() or hdrs.TRANSFER_ENCODING in request.headers:
            answer.force_close()
    _say(request, site, status, fault.sentence)
    return answer


def _say(request: web.BaseRequest, site: Site, status: int, sentence: str) -> None:
    target = ascii(request.raw_path[:_LOGGED_CHARS])
    _log.warning("site=%s %s %s status=%d: %s", site.name, request.method, target, status, sentence)


def plain(status: int, sentence: str, **headers: str) -> web.Response:
    """Return a short answer of our own for people and programs."""
    return web.Response(
        status=status, text=sentence + "\n", headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


def _closing(status: int, sentence: str) -> web.Response:
    answer = plain(status, sentence)
    answer.force_close()
    return answer


# --- headers and addresses, as other rooms ask for them


def request_headers(request: web.BaseRequest, trusted: Networks) -> CIMultiDict[str]:
    """Return the headers that the upstream is sent with a body of our own making."""
    fields = _request_fields(request, trusted)
    return CIMultiDict(
        (_text(name), _text(value)) for name, value in fields if name.lower() not in {b"content-length", b"expect"}
    )


def _request_fields(request: web.BaseRequest, trusted: Networks) -> Fields:
    peer = request.remote or ""
    return forwarded(end_to_end(request.raw_headers), peer, request.scheme, trusts_peer=is_trusted(peer, trusted))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def client_address(request: web.BaseRequest, trusted: Networks) -> str:
    """Return the client's address: the rightmost entry of X-Forwarded-For that no trusted proxy wrote of itself."""
    return client_of(request.remote or "", request.headers.getall("X-Forwarded-For", ()), trusted)
