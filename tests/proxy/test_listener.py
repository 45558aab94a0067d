"""What is no request, or could be read as two different ones, gets no further."""

import re
import socket

import pytest

from proxy.listener import named
from tests.proxy.relay_stage import logged, stage

HOST = b"Host: blog.example\r\n"


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (
            OSError(98, "error while attempting to bind on address ('::1', 1): address already in use"),
            "address already in use",
        ),
        (socket.gaierror(-2, "Name or service not known"), "name or service not known"),
    ],
)
def test_what_keeps_us_from_listening_is_told_with_its_key(problem: OSError, told: str) -> None:
    with (
        pytest.raises(OSError, match=rf'^.*listen = "x:1" must be a free address of this machine: {told}$'),
        named("listen", "x:1"),
    ):
        raise problem


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"POST / HTTP/1.1\r\n%sContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n%sContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\n%sContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\n%sContent-Length: 3, 3\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\n%sContent-Length: +3\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\n%sContent-Length: -3\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\n%sContent-Length: 0x3\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\n%sContent-Length: 99999999999999999999\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\n%sContent-Length:\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\n%sContent-Length : 3\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding: identity\r\n\r\nabc", 400),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.0\r\n%sTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n", 400),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\n\r\n3;a\nb\r\nabc\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\n\r\n3\r\nabcXX0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\n\r\n" + b"f" * 17 + b"\r\nabc", 400),
        (b"GET / HTTP/1.1\r\n%sX: a\r\n folded\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n%s : x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n%sX: a\rb\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n%sX: a\x00b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\n%s\n", 400),
        (b"GET / HTTP/1.1\r\n%sHost: other.example\r\n\r\n", 400),
        (b"GET /\x01 HTTP/1.1\r\n%s\r\n", 400),
        (b"GET /\x00 HTTP/1.1\r\n%s\r\n", 400),
        (b"GET /a b HTTP/1.1\r\n%s\r\n", 400),
        (b"GET /\xc3\xa9 HTTP/1.1\r\n%s\r\n", 400),  # RFC 3986 §2: a target is ASCII
        (b"GET x HTTP/1.1\r\n%s\r\n", 400),
        (b"GET http://other.example/ HTTP/1.1\r\n%s\r\n", 400),
        (b"GET http://blog.example@other.example/ HTTP/1.1\r\n%s\r\n", 400),
        (b"GET / HTTP/1.2\r\n%s\r\n", 400),
        (b"GET / HTTP/2.0\r\n%s\r\n", 400),
        (b"NOSUCH / HTTP/1.1\r\n%s\r\n", 400),
        (b"CONNECT blog.example:80 HTTP/1.1\r\n%s\r\n", 501),
        (b"\x16\x03\x01\x02\x00%s\r\n\r\n", 400),
        (b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n%s\r\n", 431),
        (b"GET / HTTP/1.1\r\n%sX: " + b"a" * 70000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n%s" + b"A: b\r\n" * 300 + b"\r\n", 431),
    ],
)  # fmt: skip
async def test_what_could_be_read_in_two_ways_is_refused(
    request_: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage() as play:
        smuggled = b"GET /smuggled HTTP/1.1\r\n%s\r\n" % HOST
        got = await play.exchange(request_.replace(b"%s", HOST, 1) + smuggled)
        assert got.split()[1] == b"%d" % status
        assert len(re.findall(rb"HTTP/1\.[01] \d", got)) == 1
        assert got.endswith(b".\n")
        assert not any(b"smuggled" in heard for heard in play.heard)
        logged(caplog.records)


async def test_other_versions_are_refused() -> None:
    async with stage() as play:
        assert b" 505 " in await play.exchange(b"GET /\r\n\r\n")
        assert b" 505 " in await play.exchange(b"GET / HTTP/2.0\r\n%s\r\n" % HOST)
        assert play.connections == 0
