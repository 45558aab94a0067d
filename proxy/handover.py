"""Writing the upstream's answer to the client: its head, its body as it comes, and how the connection goes on."""

import socket
import struct

from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawResponseMessage

from proxy.connection import head_bytes
from proxy.exchange import Exchange, Unanswered
from proxy.hops import Fields, end_to_end
from proxy.wire.watch import AnswerWatch


class Relayed(web.StreamResponse):
    """An answer that was written already, byte for byte as the upstream gave it."""

    def __init__(self, status: int) -> None:
        super().__init__(status=status)
        self._kept = False
        self.cut_by: Unanswered | None = None

    @property
    def keep_alive(self) -> bool | None:
        """Whether the client's connection stays open."""
        return self._kept

    def keep_open(self) -> None:
        """Let the client's connection stay open."""
        self._kept = True

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:  # noqa: ARG002 - aiohttp names it
        """Do nothing: the head is written."""
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Do nothing: the body is written."""


def interim(request: web.BaseRequest, head: RawResponseMessage) -> None:
    """Send an interim answer on (RFC 9110 §15.2), to those who can know what it is."""
    transport = request.transport
    asked = head.code != 100 or hdrs.EXPECT in request.headers
    if transport is not None and asked and request.version >= (1, 1):
        transport.write(_answer_head(head, end_to_end(head.raw_headers)))


async def hand_over(
    request: web.BaseRequest, exchange: Exchange, head: RawResponseMessage, watch: AnswerWatch | None = None
) -> Relayed:
    """Write the answer that begins with *head*, and say whether the client's connection goes on.

    *watch* sees each piece of the body before the client does.
    """
    response = Relayed(head.code)
    if watch is not None:
        watch.begin(",".join(head.headers.getall(hdrs.CONTENT_ENCODING, ())))
    fields = end_to_end(head.raw_headers)
    empty = request.method == hdrs.METH_HEAD or head.code in {204, 304}
    measured = hdrs.CONTENT_LENGTH in head.headers and not head.chunked
    if head.chunked or head.code == 204:  # RFC 9110 §8.6
        fields = [field for field in fields if field[0].lower() != b"content-length"]
    chunked = not empty and not measured and request.version >= (1, 1)
    keeps = _keeps_open(request, exchange) and (empty or measured or chunked)
    if not keeps:
        fields.append((b"Connection", b"close"))
    elif request.version < (1, 1):
        fields.append((b"Connection", b"keep-alive"))
    if chunked:
        fields.append((b"Transfer-Encoding", b"chunked"))
    done = await _write(request, exchange, _answer_head(head, fields), watch, empty=empty, chunked=chunked)
    if isinstance(done, Unanswered):
        response.cut_by = done
        _cut(request, gently=measured or chunked)
    elif done and keeps:
        response.keep_open()
    return response


def _keeps_open(request: web.BaseRequest, exchange: Exchange) -> bool:
    """Whether the client's connection can stay open.

    Not after a chunked request: aiohttp's parser takes the last trailer for a header of the next request, and behind
    a front server that one may be somebody else's. Not after an upgrade: it loses what was sent right behind it.
    """
    return (
        request.keep_alive
        and hdrs.TRANSFER_ENCODING not in request.headers
        and hdrs.UPGRADE not in request.headers
        and request.content.is_eof()
        and exchange.all_sent
    )


async def _write(
    request: web.BaseRequest,
    exchange: Exchange,
    head: bytes,
    watch: AnswerWatch | None,
    *,
    empty: bool,
    chunked: bool,
) -> bool | Unanswered:
    """Write the answer. Return whether all went out to the client, or that the upstream cut it."""
    write = request.writer.write
    try:
        if empty:
            await write(head)
            return True
        whole = exchange.whole_body()
        if whole is not None:
            if watch is not None:
                watch.feed(whole)
            await write(head + (framed(whole, last=True) if chunked else whole))
            return True
        await write(head)
        while piece := await exchange.read():
            if isinstance(piece, Unanswered):
                return piece
            if watch is not None:
                watch.feed(piece)
            await write(framed(piece) if chunked else piece)
            exchange.moved()
        if chunked:
            await write(b"0\r\n\r\n")
    except ConnectionError:
        return False
    return True


def _cut(request: web.BaseRequest, *, gently: bool) -> None:
    """Close the client's connection so that it can tell that something is missing (RFC 9112 §8)."""
    transport = request.transport
    if transport is None:
        return
    if gently:
        transport.close()
        return
    # A body that ends with the connection looks complete when that ends in good order: so it is reset.
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _answer_head(head: RawResponseMessage, fields: Fields) -> bytes:
    return head_bytes(b"HTTP/1.1 %d %s" % (head.code, head.reason.encode("utf-8", "surrogateescape")), fields)


def framed(piece: bytes, *, last: bool = False) -> bytes:
    """Return *piece* as one chunk (RFC 9112 §7.1), followed by the last one where it is the end."""
    chunk = b"%x\r\n%s\r\n" % (len(piece), piece) if piece else b""
    return chunk + b"0\r\n\r\n" if last else chunk
