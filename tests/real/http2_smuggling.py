"""Requests that are odd in the way of HTTP/2, each with a linkback in it or hidden behind it.

A server that speaks HTTP/2 to its clients and HTTP/1.1 to us writes every request anew: what it lets through in a
field, or believes of a length that HTTP/2 has no need of, stands in another place afterwards.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from tests.real.http2 import Asked, Fields
from tests.real.smuggling import CODINGS, DOORS, LENGTHS, Door, chunked_body, plain

Framing = Callable[[Door, bytes], Asked]
_INJECTED = (b"\r\nContent-Length: 0", b"\r\nTransfer-Encoding: chunked", b"\nContent-Length: 0", b"\rContent-Length: 0",
             b"\0Content-Length: 0", b"\r\n Content-Length: 0", b"\r\n\r\n", b"\n\n", b"\x0bX: y", b"\xff")  # fmt: skip
_PSEUDO = (b":method", b":scheme", b":authority", b":path")


def fields_of(door: Door, host: bytes, size: int) -> Fields:
    """The header of a request as it should be."""
    return (
        (b":method", b"POST"), (b":scheme", b"http"), (b":authority", host), (b":path", door.target),
        (b"content-type", door.content_type), (b"content-length", b"%d" % size),
    )  # fmt: skip


def as_it_should_be(door: Door, host: bytes) -> Asked:
    """The request that is odd in nothing."""
    return Asked(fields_of(door, host, len(door.body)), (door.body,))


def _filled(text: bytes, door: Door, host: bytes, size: int) -> bytes:
    marks = {b"%N": size, b"%P": size + 5, b"%S": size - 5, b"%M": len(door.body)}
    for mark, number in marks.items():
        text = text.replace(mark, b"%d" % number)
    return text.replace(b"%X", b"%x" % size).replace(b"%HOST", host).replace(b"%T", door.target)


def _changed(name: bytes, *values: bytes, chunked: bool = False, without: tuple[bytes, ...] = ()) -> Framing:
    """The fields of that name replaced by ones with these values, or put behind the others; %Q is the plain request."""

    def framing(door: Door, host: bytes) -> Asked:
        body = chunked_body(door.body) if chunked else door.body
        said = [_filled(value, door, host, len(body)).replace(b"%Q", plain(door, host)) for value in values]
        fields = [one for one in fields_of(door, host, len(body)) if one[0] not in without]
        places = [place for place, one in enumerate(fields) if one[0] == name] or [len(fields)]
        fields[places[0] : places[-1] + 1] = [(name, value) for value in said]
        return Asked(tuple(fields), (body,))

    return framing


def _moved(name: bytes) -> Framing:
    """That field behind all others."""

    def framing(door: Door, host: bytes) -> Asked:
        right = as_it_should_be(door, host)
        return replace(right, fields=tuple(sorted(right.fields, key=lambda one: one[0] == name)))

    return framing


def _in_pieces(*trailers: tuple[bytes, bytes], size: int = 0, without_length: bool = False) -> Framing:
    """The body in pieces of that size, and trailers."""

    def framing(door: Door, host: bytes) -> Asked:
        right = as_it_should_be(door, host)
        fields = right.fields[:-1] if without_length else right.fields
        pieces = tuple(door.body[at : at + size] for at in range(0, len(door.body), size)) if size else right.pieces
        return Asked(fields, (b"", *pieces), trailers)

    return framing


def _hidden(length: str = "%N", before: bytes = b"", method: bytes = b"POST", **more: str) -> Framing:
    """A request that is no linkback, whose body is the whole linkback in HTTP/1.1 behind *before*."""

    def framing(door: Door, host: bytes) -> Asked:
        body = before.replace(b"%L", b"%x" % len(plain(door, host))) + plain(door, host)
        outer = fields_of(Door(b"/nothing?n=1", b"application/json", b""), host, len(body))[1:-1]
        length_ = _filled(length.encode(), door, host, len(body)).replace(b"%B", b"%d" % len(before))
        fields = ((b":method", method), *outer, *([(b"content-length", length_)] if length else []))
        others = ((name.replace("_", "-").encode(), value.encode()) for name, value in more.items())
        return Asked((*fields, *others), (body,))

    return framing


_END = b"0\r\n\r\n"
_PATHS = (
    b"", b"*", b"xmlrpc.php", b"http://%HOST%T", b"http://other.example%T", b"//%HOST%T", b"/%T", b"/.%T", b"/x/..%T", b"%T x",
    b"%T HTTP/1.1", b"%T HTTP/1.1\r\nX: y", b"%T HTTP/1.1\r\nContent-Length: 0\r\n\r\n%Q", b"%T\r\n", b"%T\n", b"%T\0", b"%T\t",
    b"%T#x", b"%T?a#b", b" %T", b"\\%T", b"%T%", b"%T\xff", b"/nothing HTTP/1.1\r\n\r\n%Q",
)  # fmt: skip
_METHODS = (
    b"", b"post", b"POST ", b" POST", b"POST\t", b"POST\0", b"POSTX", b"GET", b"HEAD", b"PUT", b"OPTIONS", b"DELETE",
    b"CONNECT", b"PRI", b"POST %T HTTP/1.1\r\nX: y\r\nY: ", b"GET /x HTTP/1.1\r\nContent-Length: 0\r\n\r\n%Q",
)  # fmt: skip
_SCHEMES = (b"", b"https", b"ftp", b"HTTP", b"http\0", b"http://other.example/", b"http\r\nX: y")
_AUTHORITIES = (
    b"", b"other.example", b"a@%HOST", b"%HOST, other.example", b"%HOST/xmlrpc.php", b"%HOST\r\nContent-Length: 0",
    b"%HOST\r\n\r\n%Q", b"%HOST ", b"%HOST\0", b"[%HOST", b"%HOST\xff",
)  # fmt: skip
_FORBIDDEN: Mapping[bytes, tuple[bytes, ...]] = {
    b"connection": (b"close", b"keep-alive", b"content-length", b"content-type", b"transfer-encoding", b"upgrade"),
    b"keep-alive": (b"timeout=5",),
    b"proxy-connection": (b"close",),
    b"upgrade": (b"h2c", b"websocket"),
    b"te": (b"trailers", b"chunked", b"trailers, chunked"),
    b"trailer": (b"content-length",),
    b"expect": (b"100-continue", b"200-maybe"),
    b"host": (b"%HOST", b"other.example", b"%HOST\r\nX: y", b""),
    b"content-encoding": (b"gzip",),
    b"cookie": (b"a=b", b"a=b\r\nContent-Length: 0"),
    b"x-http-method-override": (b"GET",),
}
_NAMES = (
    b"", b" ", b":", b"X-Capitals", b"x y", b"x\r\ncontent-length: 0\r\ny", b"x\ncontent-length: 0\ny", b"x:", b"x: y\r\nz",
    b"x\0", b"x\xff", b"content-length ", b" content-length", b"content-length:", b"content_length", b"Content-Length",
    b"transfer-encoding\0", b"transfer_encoding", b"Transfer-Encoding", b"transfer-encoding: chunked\r\nx", b"content_type",
    b"Content-Type", b":x", b":protocol", b":status", b"host\r\n\r\n%Q",
)  # fmt: skip


def _framings() -> Iterator[tuple[str, Framing]]:
    yield "as it should be", as_it_should_be
    for length in LENGTHS:
        yield f"length {length!r}", _changed(b"content-length", length.encode())
    yield "two lengths, the same", _changed(b"content-length", b"%N", b"%N")
    yield "two lengths, 0 first", _changed(b"content-length", b"0", b"%N")
    yield "two lengths, 0 last", _changed(b"content-length", b"%N", b"0")
    yield "no length", _changed(b"content-length")
    for coding in CODINGS:
        said = coding.encode()
        yield f"coding {coding!r}", _changed(b"transfer-encoding", said, chunked=True, without=(b"content-length",))
        yield f"coding {coding!r} and a length", _changed(b"transfer-encoding", said, chunked=True)
    for pseudo, values in zip(_PSEUDO, (_METHODS, _SCHEMES, _AUTHORITIES, _PATHS), strict=True):
        right = {b":method": b"POST", b":scheme": b"http", b":authority": b"%HOST", b":path": b"%T"}[pseudo]
        for value in values:
            yield f"{pseudo!r} is {value!r}", _changed(pseudo, value)
        yield f"no {pseudo!r}", _changed(pseudo)
        yield f"two {pseudo!r}", _changed(pseudo, right, right)
        yield f"two {pseudo!r}, unlike", _changed(pseudo, right, b"/nothing")
        yield f"{pseudo!r} last", _moved(pseudo)
    for name, values in _FORBIDDEN.items():
        for value in values:
            yield f"{name!r} is {value!r}", _changed(name, value)
    for name in _NAMES:
        yield f"a field {name!r}", _changed(name, b"0" if b"ength" in name else b"chunked" if b"ding" in name else b"y")
    for injected in _INJECTED:
        yield (
            f"a value with {injected!r}",
            _changed(b"x", b"a" + injected + (b"%Q" if injected.endswith(b"\n") else b"")),
        )
        yield f"a type with {injected!r}", _changed(b"content-type", b"text/xml" + injected)
    yield "in pieces", _in_pieces(size=7)
    yield "in pieces, no length", _in_pieces(size=7, without_length=True)
    for trailer in ((b"x", b"y"), (b"content-length", b"0"), (b"transfer-encoding", b"chunked"), (b":path", b"/x"),
                    (b"content-type", b"text/plain"), (b"x", b"y\r\n\r\n"), (b"host", b"other.example")):  # fmt: skip
        yield f"trailer {trailer!r}", _in_pieces(trailer)
        yield f"trailer {trailer!r}, no length", _in_pieces(trailer, without_length=True)


def _hiding() -> Iterator[tuple[str, Framing]]:
    for method in (b"POST", b"GET", b"HEAD", b"PUT", b"OPTIONS", b"DELETE", b"PROPFIND", b"CONNECT"):
        yield f"{method!r} with a body", _hidden(method=method)
        yield f"{method!r} with a body without length", _hidden("", method=method)
        yield f"{method!r} with a length of 0", _hidden("0", method=method)
        yield f"{method!r}, chunked", _hidden("", _END, method, transfer_encoding="chunked")
    for length in LENGTHS:
        yield f"length {length!r}", _hidden(length)
    for coding in CODINGS:
        yield f"coding {coding!r}", _hidden("", _END, transfer_encoding=coding)
        yield f"coding {coding!r} and a length", _hidden("%N", _END, transfer_encoding=coding)
        yield f"coding {coding!r} and a short length", _hidden("%B", b"%L\r\n", transfer_encoding=coding)
    yield "expects", _hidden(expect="100-continue")
    yield "upgrades", _hidden(connection="upgrade", upgrade="websocket")
    yield "a length named in connection", _hidden(connection="content-length")


@dataclass(frozen=True)
class Case:
    """One request to send, and the name under which its linkback would be known."""

    name: str
    source: str
    asked: Asked


def cases(server: str, host: str) -> Iterator[Case]:
    """Every framing at every door, for a server at that host; each with a source of its own."""
    number = 0
    for name, framing in [*_framings(), *((f"hidden, {name}", framing) for name, framing in _hiding())]:
        for door_name, door in DOORS.items():
            source = f"{server}-h2-{number}"
            number += 1
            yield Case(f"{name}, {door_name}", source, framing(door.at(source, host), host.encode()))
