"""Reading a body within bounds, before and after decompression."""

import zlib
from collections.abc import AsyncIterator

MAX_DECODINGS = 1


class BrokenBody(Exception):
    """The body is not what its Content-Encoding says, or is encoded in a way that was not asked for."""


class Inflate:
    """Takes gzip or deflate apart piece by piece and never makes more than it was told to (RFC 1951 to 1952).

    "deflate" is zlib's format by RFC 9110 §8.4.1.2 and the bare one by the habit of old servers; both are read.
    What follows the first gzip member is ignored, as browsers do, so that a body of a million empty members costs
    nothing.
    """

    def __init__(self, encoding: str) -> None:
        self._bare_possible = encoding == "deflate"
        self._head = b""
        self._engine = zlib.decompressobj(wbits=zlib.MAX_WBITS | (0 if self._bare_possible else 16))

    @property
    def complete(self) -> bool:
        """True when the end of the compressed stream was seen."""
        return self._engine.eof

    def feed(self, data: bytes, room: int) -> bytes:
        """Return at most *room* bytes made of *data*. Raises `BrokenBody`."""
        if self._engine.eof or room <= 0:
            return b""
        if self._bare_possible and len(self._head + data) < 2:  # zlib's header is two bytes (RFC 1950 §2.2)
            self._head += data
            return b""
        data, self._head = self._head + data, b""
        try:
            made = self._engine.decompress(data, room)
        except zlib.error as error:
            if not self._bare_possible:
                raise BrokenBody(str(error)) from None
            made = self._feed_bare(data, room)
        self._bare_possible = False
        return made

    def _feed_bare(self, data: bytes, room: int) -> bytes:
        self._engine = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
        try:
            return self._engine.decompress(data, room)
        except zlib.error as error:
            raise BrokenBody(str(error)) from None


def decoder(content_encoding: str) -> Inflate | None:
    """Return what undoes *content_encoding*, None where there is nothing to undo. Raises `BrokenBody`.

    We ask for gzip and deflate only, once; whoever sends something else or several layers is not read.
    """
    encodings = [name.strip().lower() for name in content_encoding.split(",")]
    encodings = [name for name in encodings if name not in {"", "identity"}]
    if not encodings:
        return None
    if len(encodings) > MAX_DECODINGS or encodings[0] not in {"gzip", "x-gzip", "deflate"}:
        raise BrokenBody("the page is compressed in a way that was not asked for")
    return Inflate(encodings[0])


async def read(chunks: AsyncIterator[bytes], content_encoding: str, max_bytes: int) -> tuple[bytes, bool]:
    """Return the first *max_bytes* of the body and whether there was more.

    Reading stops after *max_bytes* on the wire or after decompression, whichever is first. Raises `BrokenBody`.
    """
    inflate = decoder(content_encoding)
    body = bytearray()
    wire = 0
    async for chunk in chunks:
        piece = chunk[: max_bytes + 1 - wire]
        wire += len(piece)
        # One byte more than is wanted tells a page that just fits from one that is cut.
        body += piece if inflate is None else inflate.feed(piece, max_bytes + 1 - len(body))
        if wire > max_bytes or len(body) > max_bytes:
            return bytes(body[:max_bytes]), True
    if inflate is not None and wire and not inflate.complete:
        raise BrokenBody("the compressed page breaks off")
    return bytes(body), False
