"""Requests framed in every odd way that we know of, each with a linkback in it or hidden behind it.

`cases` is the product of framings and doors. In a framing, L is the request line, H the Host line, T the line with the
content type, B the body and N its length, each in the plain form; what differs is written out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

SOURCE = "http://127.0.0.5:1/source/"


@dataclass(frozen=True)
class Door:
    """Where a linkback is sent, and how it is written."""

    target: bytes
    content_type: bytes
    body: bytes

    def with_source(self, name: str) -> "Door":
        """The same, with the source of that name."""
        return Door(self.target, self.content_type, self.body.replace(b"@", f"{SOURCE}{name}".encode()))

    def at(self, name: str, host: str) -> "Door":
        """The same with the source of that name, for the site at that host."""
        named = self.with_source(name)
        return Door(self.target, self.content_type, named.body.replace(b"HOST", host.encode()))


_CALL = (
    b"<?xml version='1.0'?><methodCall><methodName>pingback.ping</methodName><params><param><value><string>@</string>"
    b"</value></param><param><value><string>http://HOST/?p=4</string></value></param></params></methodCall>"
)
_FORM = b"application/x-www-form-urlencoded"
DOORS: Mapping[str, Door] = {
    "call": Door(b"/xmlrpc.php", b"text/xml", _CALL),
    "trackback": Door(b"/alpha/trackback/?p=4", _FORM, b"title=T&url=@&excerpt=E&blog_name=B"),
    "form": Door(b"/", _FORM, b"tb=1&p=4&title=T&url=@&excerpt=E"),
}

Framing = Callable[[Door, bytes], bytes]


def _head(door: Door, host: bytes, *fields: bytes, method: bytes = b"POST", target: bytes = b"") -> bytes:
    lines = [
        b"%s %s HTTP/1.1" % (method, target or door.target),
        b"Host: " + host,
        b"Content-Type: " + door.content_type,
    ]
    return b"\r\n".join([*lines, *fields]) + b"\r\n\r\n"


def chunked_body(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def plain(door: Door, host: bytes) -> bytes:
    """The request as it should be."""
    return _head(door, host, b"Content-Length: %d" % len(door.body)) + door.body


# --- a linkback in an odd frame


def _with_fields(*fields: bytes, chunked: bool = False) -> Framing:
    """Odd header lines; N is the length of what follows, M that of the body without chunks."""

    def framing(door: Door, host: bytes) -> bytes:
        content = chunked_body(door.body) if chunked else door.body
        lengths = {b"%N": len(content), b"%M": len(door.body), b"%P": len(content) + 5, b"%S": len(content) - 5}
        filled = list(fields)
        for mark, length in lengths.items():
            filled = [field.replace(mark, b"%d" % length) for field in filled]
        filled = [field.replace(b"%X", b"%x" % len(content)).replace(b"%HOST", host) for field in filled]
        return _head(door, host, *filled) + content

    return framing


def _with_chunks(template: bytes) -> Framing:
    """An odd chunked body: S is the size in hexadecimal, B the body."""

    def framing(door: Door, host: bytes) -> bytes:
        content = template.replace(b"%S", b"%x" % len(door.body)).replace(b"%B", door.body)
        return _head(door, host, b"Transfer-Encoding: chunked") + content

    return framing


def _edited(before: bytes, after: bytes, count: int = 1) -> Framing:
    """The plain request with a piece of it replaced."""

    def framing(door: Door, host: bytes) -> bytes:
        head, end, body = plain(door, host).partition(b"\r\n\r\n")
        after_ = after.replace(b"%T", door.target).replace(b"%HOST", host)
        return (head + end).replace(before.replace(b"%T", door.target), after_, count) + body

    return framing


LENGTHS = [
    "%N", "+%N", "-%N", "0x%X", "0%N", "000000000000000000000%N", "%N,%N", "%N, %N", "%N, %P", "%P, %N", "%N;", "%N.0",
    "%Ne0", "%N a", "%N\t", "\t%N", "%N\x0b", "\x0c%N", "%N\x00", "", " ", "1%N", "18446744073709551616", "'%N'", "\u0661",
    "%S", "0",
]  # fmt: skip
CODINGS = [
    "chunked", "Chunked", "CHUNKED", "chunked ", " chunked", "\tchunked", "chunked\t", "chunked;q=1", "chunked, identity",
    "identity, chunked", "identity", "xchunked", "chunkedx", "chunked, chunked", "gzip, chunked", "chunked, gzip", '"chunked"',
    "chunked\x0b", "\x0bchunked", "chunked\x00", ",chunked", "chunked,", ", chunked", "chun ked", "", "\r\n chunked",
    "\r\n\tchunked", "x\r\n chunked", "c\u0068unked",
]  # fmt: skip
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "two lengths, the same": ("Content-Length: %N", "Content-Length: %N"),
    "two lengths, the first right": ("Content-Length: %N", "Content-Length: %P"),
    "two lengths, the last right": ("Content-Length: %S", "Content-Length: %N"),
    "two lengths, the first 0": ("Content-Length: 0", "Content-Length: %N"),
    "two lengths, the last 0": ("Content-Length: %N", "Content-Length: 0"),
    "length with a blank before the colon": ("Content-Length : %N",),
    "length with a tab before the colon": ("Content-Length\t: %N",),
    "length behind a fold": ("X: a", " Content-Length: 0", "Content-Length: %N"),
    "length folded": ("Content-Length:\r\n %N",),
    "length with an underscore too": ("Content_Length: 0", "Content-Length: %N"),
    "length behind a bare LF": ("X: a\nContent-Length: 0", "Content-Length: %N"),
    "length behind a bare CR": ("X: a\rContent-Length: 0", "Content-Length: %N"),
    "length behind a NUL": ("X: a\x00Content-Length: 0", "Content-Length: %N"),
    "no length": (),
    "length named in Connection": ("Connection: Content-Length, keep-alive", "Content-Length: %N"),
    "type named in Connection": ("Connection: Content-Type", "Content-Length: %N"),
    "host named in Connection": ("Connection: Host", "Content-Length: %N"),
    "another type after": ("Content-Type: text/plain", "Content-Length: %N"),
    "another form type after": ("Content-Type: multipart/form-data; boundary=x", "Content-Length: %N"),
    "type with an underscore": ("Content_Type: text/plain", "Content-Length: %N"),
    "says gzip": ("Content-Encoding: gzip", "Content-Length: %N"),
    "says another method": ("X-HTTP-Method-Override: GET", "Content-Length: %N"),
    "expects": ("Expect: 100-continue", "Content-Length: %N"),
    "expects something else": ("Expect: 200-maybe", "Content-Length: %N"),
    "expects twice": ("Expect: 100-continue", "Expect: x", "Content-Length: %N"),
    "upgrades to h2c": ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk", "Content-Length: %N"),
    "upgrades to a websocket": ("Connection: Upgrade", "Upgrade: websocket", "Content-Length: %N"),
    "a header without a colon": ("Nothing", "Content-Length: %N"),
    "a header without a name": (": x", "Content-Length: %N"),
    "a header with a NUL": ("X: a\x00b", "Content-Length: %N"),
    "a header name with a NUL": ("X\x00: a", "Content-Length: %N"),
    "a header name with a blank": ("X Y: a", "Content-Length: %N"),
    "a header with a bell": ("X: \x07", "Content-Length: %N"),
    "a header with Latin-1": ("X: \xe9", "Content-Length: %N"),
    "a header name with Latin-1": ("\xe9: x", "Content-Length: %N"),
    "90 headers": (*[f"X-{number}: y" for number in range(90)], "Content-Length: %N"),
    "300 headers": (*[f"X-{number}: y" for number in range(300)], "Content-Length: %N"),
    "a header of 9,000 bytes": ("X: " + "y" * 9000, "Content-Length: %N"),
    "a header of 70,000 bytes": ("X: " + "y" * 70000, "Content-Length: %N"),
    "two hosts, the same": ("Host: %HOST", "Content-Length: %N"),
    "two hosts": ("Host: other.example", "Content-Length: %N"),
    "a body cut short": ("Content-Length: %P",),
    "a body too long": ("Content-Length: %S",),
    "forwarded for and from": ("X-Forwarded-For: 1.2.3.4\x0b", "X-Forwarded-Host: other.example", "Content-Length: %N"),
}  # fmt: skip
_CHUNKED_FIELDS: Mapping[str, tuple[str, ...]] = {
    "length of the frame, then chunked": ("Content-Length: %N", "Transfer-Encoding: chunked"),
    "chunked, then length of the frame": ("Transfer-Encoding: chunked", "Content-Length: %N"),
    "length of the body, then chunked": ("Content-Length: %M", "Transfer-Encoding: chunked"),
    "length 0 and chunked": ("Content-Length: 0", "Transfer-Encoding: chunked"),
    "length 4 and chunked": ("Content-Length: 4", "Transfer-Encoding: chunked"),
    "chunked twice": ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
    "chunked, identity in two": ("Transfer-Encoding: chunked", "Transfer-Encoding: identity"),
    "identity, chunked in two": ("Transfer-Encoding: identity", "Transfer-Encoding: chunked"),
    "coding with a blank before the colon": ("Transfer-Encoding : chunked",),
    "the same and a length": ("Transfer-Encoding : chunked", "Content-Length: %N"),
    "coding with an underscore": ("Transfer_Encoding: chunked", "Content-Length: %N"),
    "coding with a NUL": ("Transfer-Encoding\x00: chunked", "Content-Length: %N"),
    "coding behind a fold": ("X: a", " Transfer-Encoding: chunked", "Content-Length: %N"),
    "coding behind a bare LF": ("X: a\nTransfer-Encoding: chunked", "Content-Length: %N"),
    "coding behind a bare CR": ("X: a\rTransfer-Encoding: chunked", "Content-Length: %N"),
    "coding behind a vertical tab": ("X: a\x0bTransfer-Encoding: chunked", "Content-Length: %N"),
    "coding in a line that begins blank": (" Transfer-Encoding: chunked", "Content-Length: %N"),
    "coding named in Connection": ("Connection: Transfer-Encoding", "Transfer-Encoding: chunked"),
    "both named in Connection": (
        "Connection: Transfer-Encoding, Content-Length", "Transfer-Encoding: chunked", "Content-Length: %N",
    ),
    "coding and trailers": ("Transfer-Encoding: chunked", "TE: trailers", "Trailer: Content-Length"),
    "chunked and expects": ("Transfer-Encoding: chunked", "Expect: 100-continue"),
    "chunked and upgrades": ("Transfer-Encoding: chunked", "Connection: Upgrade", "Upgrade: h2c"),
}  # fmt: skip
_CHUNKS: Mapping[str, bytes] = {
    "one chunk": b"%S\r\n%B\r\n0\r\n\r\n",
    "a zero in front": b"0000%S\r\n%B\r\n0\r\n\r\n",
    "many zeros in front": b"0" * 40 + b"%S\r\n%B\r\n0\r\n\r\n",
    "a size with 0x": b"0x%S\r\n%B\r\n0\r\n\r\n",
    "a size with +": b"+%S\r\n%B\r\n0\r\n\r\n",
    "a size with -": b"-%S\r\n%B\r\n0\r\n\r\n",
    "a size with _": b"0_%S\r\n%B\r\n0\r\n\r\n",
    "a size beyond 64 bits": b"10000000000000%S\r\n%B\r\n0\r\n\r\n",
    "a size that wraps round": b"1" + b"0" * 13 + b"%S\r\n%B\r\n0\r\n\r\n",
    "a size that wraps round at 64 bits": b"10000000000000000%S\r\n%B\r\n0\r\n\r\n",
    "a blank before the size": b" %S\r\n%B\r\n0\r\n\r\n",
    "a blank after the size": b"%S \r\n%B\r\n0\r\n\r\n",
    "a tab after the size": b"%S\t\r\n%B\r\n0\r\n\r\n",
    "an extension": b"%S;a=b\r\n%B\r\n0\r\n\r\n",
    "an extension in quotes": b'%S;a="b"\r\n%B\r\n0\r\n\r\n',
    "an extension with a line end in quotes": b'%S;a="\r\n"\r\n%B\r\n0\r\n\r\n',
    "an extension with a bare LF": b"%S;a\n%B\r\n0\r\n\r\n",
    "an extension with a bare CR": b"%S;a\rb\r\n%B\r\n0\r\n\r\n",
    "an extension without a name": b"%S;\r\n%B\r\n0\r\n\r\n",
    "an extension after a blank": b"%S ;a=b\r\n%B\r\n0\r\n\r\n",
    "an extension of 9,000 bytes": b"%S;" + b"a" * 9000 + b"\r\n%B\r\n0\r\n\r\n",
    "a size line that ends in LF": b"%S\n%B\r\n0\r\n\r\n",
    "a size line that ends in CR": b"%S\r%B\r\n0\r\n\r\n",
    "data that ends in LF": b"%S\r\n%B\n0\r\n\r\n",
    "data that ends in nothing": b"%S\r\n%B0\r\n\r\n",
    "data that ends in two other bytes": b"%S\r\n%BXX0\r\n\r\n",
    "data longer than its size": b"5\r\n%B\r\n0\r\n\r\n",
    "data shorter than its size": b"fff\r\n%B\r\n0\r\n\r\n",
    "no last chunk": b"%S\r\n%B\r\n",
    "a last chunk 00": b"%S\r\n%B\r\n00\r\n\r\n",
    "a last chunk with an extension": b"%S\r\n%B\r\n0;a=b\r\n\r\n",
    "a last chunk that ends in LF": b"%S\r\n%B\r\n0\n\n",
    "a last chunk without the last line": b"%S\r\n%B\r\n0\r\n",
    "a last chunk -0": b"%S\r\n%B\r\n-0\r\n\r\n",
    "an empty size": b"\r\n%B\r\n0\r\n\r\n",
    "a trailer": b"%S\r\n%B\r\n0\r\nX: y\r\n\r\n",
    "a trailer with a length": b"%S\r\n%B\r\n0\r\nContent-Length: 5\r\n\r\n",
    "a trailer with a coding": b"%S\r\n%B\r\n0\r\nTransfer-Encoding: identity\r\n\r\n",
    "a trailer with a type": b"%S\r\n%B\r\n0\r\nContent-Type: text/plain\r\n\r\n",
    "a trailer that is folded": b"%S\r\n%B\r\n0\r\nX: y\r\n z\r\n\r\n",
    "a trailer that ends in LF": b"%S\r\n%B\r\n0\r\nX: y\n\r\n",
    "a trailer without a colon": b"%S\r\n%B\r\n0\r\nX\r\n\r\n",
    "many trailers": b"%S\r\n%B\r\n0\r\n" + b"X: y\r\n" * 300 + b"\r\n",
    "a trailer of 70,000 bytes": b"%S\r\n%B\r\n0\r\nX: " + b"y" * 70000 + b"\r\n\r\n",
}  # fmt: skip
_EDITS: Mapping[str, tuple[bytes, bytes, int]] = {
    "lines end in LF": (b"\r\n", b"\n", -1),
    "the first line ends in LF": (b"\r\n", b"\n", 1),
    "lines end in CR": (b"\r\n", b"\r", -1),
    "lines end in CR CR LF": (b"\r\n", b"\r\r\n", -1),
    "the head ends in LF LF": (b"\r\n\r\n", b"\n\n", 1),
    "the head ends in CR LF LF": (b"\r\n\r\n", b"\r\n\n", 1),
    "the head ends in LF CR LF": (b"\r\n\r\n", b"\n\r\n", 1),
    "empty lines before": (b"POST", b"\r\n\r\nPOST", 1),
    "an LF before": (b"POST", b"\nPOST", 1),
    "a NUL before": (b"POST", b"\0POST", 1),
    "a blank before": (b"POST", b" POST", 1),
    "two blanks after the method": (b"POST ", b"POST  ", 1),
    "a tab after the method": (b"POST ", b"POST\t", 1),
    "a vertical tab after the method": (b"POST ", b"POST\x0b", 1),
    "two blanks before the version": (b" HTTP/1.1", b"  HTTP/1.1", 1),
    "a tab before the version": (b" HTTP/1.1", b"\tHTTP/1.1", 1),
    "a blank after the version": (b" HTTP/1.1", b" HTTP/1.1 ", 1),
    "no version": (b" HTTP/1.1", b"", 1),
    "HTTP/1.0": (b" HTTP/1.1", b" HTTP/1.0", 1),
    "HTTP/1.0, kept alive": (b" HTTP/1.1\r\n", b" HTTP/1.0\r\nConnection: keep-alive\r\n", 1),
    "HTTP/1.0, chunked": (b" HTTP/1.1\r\n", b" HTTP/1.0\r\nTransfer-Encoding: chunked\r\n", 1),
    "HTTP/0.9": (b" HTTP/1.1", b" HTTP/0.9", 1),
    "HTTP/1.2": (b" HTTP/1.1", b" HTTP/1.2", 1),
    "HTTP/2.0": (b" HTTP/1.1", b" HTTP/2.0", 1),
    "HTTP/01.1": (b" HTTP/1.1", b" HTTP/01.1", 1),
    "HTTP/1.10": (b" HTTP/1.1", b" HTTP/1.10", 1),
    "http/1.1": (b" HTTP/1.1", b" http/1.1", 1),
    "the preface of HTTP/2": (b"POST", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nPOST", 1),
    "post": (b"POST", b"post", 1),
    "Post": (b"POST", b"Post", 1),
    "POST with a NUL": (b"POST", b"POST\0", 1),
    "POSTX": (b"POST", b"POSTX", 1),
    "GET with a body": (b"POST", b"GET", 1),
    "HEAD with a body": (b"POST", b"HEAD", 1),
    "PUT": (b"POST", b"PUT", 1),
    "OPTIONS": (b"POST", b"OPTIONS", 1),
    "DELETE": (b"POST", b"DELETE", 1),
    "CONNECT": (b"POST", b"CONNECT", 1),
    "absolute": (b" %T", b" http://%HOST%T", 1),
    "absolute, HTTP in capitals": (b" %T", b" HTTP://%HOST%T", 1),
    "absolute, https": (b" %T", b" https://%HOST%T", 1),
    "absolute, another host": (b" %T", b" http://other.example%T", 1),
    "absolute, our host as user": (b" %T", b" http://%HOST@other.example%T", 1),
    "absolute, another host as user": (b" %T", b" http://other.example@%HOST%T", 1),
    "absolute, no host": (b" %T", b" http://%T", 1),
    "absolute, ftp": (b" %T", b" ftp://%HOST%T", 1),
    "absolute, a slash less": (b" %T", b" http:/%HOST%T", 1),
    "authority only": (b" %T", b" %HOST", 1),
    "an asterisk": (b" %T", b" *", 1),
    "no slash": (b" /", b" ", 1),
    "two slashes": (b" /", b" //", 1),
    "a backslash": (b" /", b" \\", 1),
    "a slash and a backslash": (b" /", b" /\\", 1),
    "an encoded slash": (b" /", b" %2F", 1),
    "a slash and an encoded slash": (b" /", b" /%2f", 1),
    "dots": (b" /", b" /./", 1),
    "dots up": (b" /", b" /../", 1),
    "encoded dots up": (b" /", b" /x/%2e%2e/", 1),
    "encoded slash up": (b" /", b" /x/..%2f", 1),
    "an encoded NUL": (b" HTTP", b"%00 HTTP", 1),
    "a NUL": (b" HTTP", b"\0 HTTP", 1),
    "an encoded line end": (b" HTTP", b"%0d%0a HTTP", 1),
    "a byte that is not ASCII": (b" HTTP", b"\xff HTTP", 1),
    "a fragment": (b" HTTP", b"#x HTTP", 1),
    "a query and a fragment": (b" HTTP", b"?a#b HTTP", 1),
    "a parameter": (b" HTTP", b";x=y HTTP", 1),
    "a bad percent sign": (b" HTTP", b"?%zz HTTP", 1),
    "a blank inside": (b" HTTP", b" x HTTP", 1),
    "a query of 9,000 bytes": (b" HTTP", b"&" + b"q" * 9000 + b" HTTP", 1),
    "a query of 70,000 bytes": (b" HTTP", b"&" + b"q" * 70000 + b" HTTP", 1),
    "no host": (b"Host: ", b"X-Host: ", 1),
    "an empty host": (b"Host: ", b"Host: \r\nX: ", 1),
    "another host": (b"Host: ", b"Host: other.example\r\nX: ", 1),
    "a host in capitals": (b"Host: ", b"HOST: ", 1),
    "a host with a path": (b"\r\nContent-Type", b"/xmlrpc.php\r\nContent-Type", 1),
    "a host with a user": (b"Host: ", b"Host: a@", 1),
    "two hosts in one line": (b"Host: ", b"Host: other.example, ", 1),
    "a host with a blank before the colon": (b"Host: ", b"Host : ", 1),
    "a host that is folded": (b"Host: ", b"Host:\r\n ", 1),
    "a host with a NUL": (b"Host: ", b"Host: \0", 1),
    "a first header that begins blank": (b"Host: ", b" X: y\r\nHost: ", 1),
    "a type that is folded": (b"Content-Type: ", b"Content-Type:\r\n ", 1),
    "a type with a blank before the colon": (b"Content-Type: ", b"Content-Type : ", 1),
    "no type": (b"Content-Type: ", b"X: ", 1),
    "a blank type": (b"Content-Type: ", b"Content-Type: \r\nX: ", 1),
    "a blank type first": (b"Content-Type: ", b"Content-Type:\r\nContent-Type: ", 1),
    "a blank type, then text": (b"Content-Type: ", b"Content-Type:\r\nContent-Type: text/plain\r\nX: ", 1),
    "text, then a blank type": (b"Content-Type: ", b"Content-Type: text/plain\r\nContent-Type:\r\nX: ", 1),
    "a type with an underscore alone": (b"Content-Type: ", b"Content_Type: ", 1),
}  # fmt: skip


def _framings() -> Iterator[tuple[str, Framing]]:
    for length in LENGTHS:
        yield f"length {length!r}", _with_fields(f"Content-Length: {length}".encode())
    for coding in CODINGS:
        line = f"Transfer-Encoding: {coding}".encode()
        yield f"coding {coding!r}", _with_fields(line, chunked=True)
        yield f"coding {coding!r} and a length", _with_fields(line, b"Content-Length: %N", chunked=True)
    for name, fields in _FIELDS.items():
        yield name, _with_fields(*(field.encode("latin-1") for field in fields))
    for name, fields in _CHUNKED_FIELDS.items():
        yield name, _with_fields(*(field.encode("latin-1") for field in fields), chunked=True)
    for name, template in _CHUNKS.items():
        yield name, _with_chunks(template)
    for name, edit in _EDITS.items():
        yield name, _edited(*edit)


# --- a linkback hidden behind a request that is none

_OUTER = Door(b"/nothing?n=1", b"application/json", b"")


def _behind(*fields: str, before: bytes = b"", method: str = "POST", target: str = "") -> Framing:
    """A request that is no linkback, whose body may or may not hold the whole linkback behind *before*."""

    def framing(door: Door, host: bytes) -> bytes:
        hidden = before + plain(door, host)
        filled = [
            field.encode("latin-1")
            .replace(b"%N", b"%d" % len(hidden))
            .replace(b"%B", b"%d" % len(before))
            .replace(b"%HOST", host)
            for field in fields
        ]
        outer = _head(_OUTER, host, *filled, method=method.encode(), target=target.encode())
        return outer + hidden.replace(b"%L", b"%x" % len(plain(door, host)))

    return framing


_END = b"0\r\n\r\n"
_HIDDEN: Mapping[str, Framing] = {
    "length and chunked": _behind("Content-Length: %N", "Transfer-Encoding: chunked", before=_END),
    "chunked and length": _behind("Transfer-Encoding: chunked", "Content-Length: %N", before=_END),
    "chunked and a short length": _behind("Transfer-Encoding: chunked", "Content-Length: %B", before=b"%L\r\n"),
    "two lengths, 0 first": _behind("Content-Length: 0", "Content-Length: %N"),
    "two lengths, 0 last": _behind("Content-Length: %N", "Content-Length: 0"),
    "a list of lengths": _behind("Content-Length: 0, %N"),
    "GET with a body": _behind("Content-Length: %N", method="GET"),
    "HEAD with a body": _behind("Content-Length: %N", method="HEAD"),
    "OPTIONS with a body": _behind("Content-Length: %N", method="OPTIONS"),
    "DELETE with a body": _behind("Content-Length: %N", method="DELETE"),
    "PUT with a body": _behind("Content-Length: %N", method="PUT"),
    "PROPFIND with a body": _behind("Content-Length: %N", method="PROPFIND"),
    "GET with chunks": _behind("Transfer-Encoding: chunked", before=_END, method="GET"),
    "HEAD with chunks": _behind("Transfer-Encoding: chunked", before=_END, method="HEAD"),
    "a body for a file": _behind("Content-Length: %N", target="/style.css"),
    "a body for the log-in": _behind("Content-Length: %N", target="/wp-login.php"),
    "a body for what is not there": _behind("Content-Length: %N", target="/nosuch.php"),
    "a body for our own page": _behind("Content-Length: %N", method="GET", target="/.well-known/pingwarden"),
    "a body for a tunnel": _behind("Content-Length: %N", method="CONNECT", target="/"),
    "a body for another host": _behind("Content-Length: %N", target="http://other.example/"),
    "a body for two types": _behind(
        "Content-Type: application/x-www-form-urlencoded", "Content-Type: text/plain", "Content-Length: %N"
    ),
    "a body that is too large": _behind("Content-Length: 99999999999", target="/xmlrpc.php"),
    "no length": _behind(),
    "a length of 0": _behind("Content-Length: 0"),
    "upgrades to a websocket": _behind("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
    "upgrades to h2c": _behind("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"),
    "upgrades, with a body": _behind("Connection: Upgrade", "Upgrade: websocket", "Content-Length: %N"),
    "upgrades, with GET": _behind("Connection: Upgrade", "Upgrade: websocket", method="GET"),
    "expects, and does not wait": _behind("Expect: 100-continue", "Content-Length: %N"),
    "expects, on GET": _behind("Expect: 100-continue", "Content-Length: %N", method="GET"),
    "expects something else": _behind("Expect: 200-maybe", "Content-Length: %N"),
    "length named in Connection": _behind("Connection: Content-Length", "Content-Length: %N"),
    "coding named in Connection": _behind("Connection: Transfer-Encoding", "Transfer-Encoding: chunked", before=_END),
    "a length in a trailer": _behind("Transfer-Encoding: chunked", before=b"0\r\nContent-Length: 5\r\n\r\n"),
    "a coding in a trailer": _behind("Transfer-Encoding: chunked", before=b"0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "a trailer": _behind("Transfer-Encoding: chunked", before=b"0\r\nX: y\r\n\r\n"),
    "a trailer that is open": _behind("Transfer-Encoding: chunked", before=b"0\r\nX: "),
    "a last chunk with LF": _behind("Transfer-Encoding: chunked", before=b"0\n\n"),
    "a last chunk with LF CR LF": _behind("Transfer-Encoding: chunked", before=b"0\n\r\n"),
    "a last chunk with CR LF LF": _behind("Transfer-Encoding: chunked", before=b"0\r\n\n"),
    "an extension with a bare LF": _behind("Transfer-Encoding: chunked", before=b"2;\nxx\r\n0\r\n\r\n"),
    "an extension with a bare CR": _behind("Transfer-Encoding: chunked", before=b"2;\rxx\r\n0\r\n\r\n"),
    "a chunk that spills": _behind("Transfer-Encoding: chunked", before=b"2\r\nxxyy0\r\n\r\n"),
    "a chunk that spills an LF": _behind("Transfer-Encoding: chunked", before=b"2\r\nxx\n0\r\n\r\n"),
    "a chunk that wraps round": _behind("Transfer-Encoding: chunked", before=b"10000000000000000\r\n\r\n"),
    "a minus chunk": _behind("Transfer-Encoding: chunked", before=b"-1\r\n\r\n"),
    "HTTP/1.0 with chunks": _behind("Transfer-Encoding: chunked", before=_END, target="/ HTTP/1.0\r\nX:"),
    "a length behind a bare LF": _behind("X: a\nContent-Length: %N"),
    "a length behind a bare CR": _behind("X: a\rContent-Length: %N"),
    "a length behind a fold": _behind("X: a", " Content-Length: %N"),
    "a length with a NUL": _behind("Content-Length\x00: %N"),
    "a length with a blank": _behind("Content-Length : %N"),
    "a length with an underscore": _behind("Content_Length: %N"),
    "an empty line in the head": _behind("X: a\r\n"),
    "a head that ends in LF LF": _behind("X: a\n\nX: b", "Content-Length: %N"),
    "a head that ends in CR CR": _behind("X: a\r\rX: b", "Content-Length: %N"),
    **{
        f"coding {coding!r} and a length": _behind(f"Transfer-Encoding: {coding}", "Content-Length: %N", before=_END)
        for coding in CODINGS
    },
    **{f"length {length!r}": _behind(f"Content-Length: {length}") for length in LENGTHS if length.isprintable() and length.isascii()},
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One request to send, and the name under which its linkback would be known."""

    name: str
    source: str
    request: bytes


def cases(server: str, host: str) -> Iterator[Case]:
    """Every framing at every door, for a server at that host; each with a source of its own."""
    framings = [*_framings(), *((f"hidden, {name}", framing) for name, framing in _HIDDEN.items())]
    number = 0
    for name, framing in framings:
        for door_name, door in DOORS.items():
            source = f"{server}-{number}"
            number += 1
            yield Case(f"{name}, {door_name}", source, framing(door.at(source, host), host.encode()))
