"""What goes on to the upstream, byte for byte, and what comes back."""

import gzip

import pytest

from tests.proxy.relay_stage import NOBODY, OK, fields, stage

HOST = b"Host: blog.example\r\n"
ADDED = [b"X-Forwarded-For: 127.0.0.1", b"X-Forwarded-Proto: http", b"X-Forwarded-Host: blog.example"]


# --- the request


@pytest.mark.parametrize(
    "method",
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "PURGE", "QUERY"],
)
async def test_any_method_goes_on(method: str) -> None:
    async with stage() as play:
        await play.exchange(b"%s /x HTTP/1.1\r\n%sConnection: close\r\n\r\n" % (method.encode(), HOST))
        assert play.heard[0].startswith(method.encode() + b" /x HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "target",
    [
        b"/", b"//", b"//a//b", b"/./a/../b", b"/a/%2e%2e/b", b"/%2F%2f", b"/?", b"/a?", b"/a??b?c", b"/a#b?c",
        b"/%78mlrpc%2ephp", b"/a%", b"/a%zz", b"/%C3%A9", b"/%e9", b"/a+b%20c", b"/a;b=c,d", b"/[x]|{y}^`\"<>\\",
        b"/?a=[b]&c=%5B&&d", b"/:80/x", b"//[::/x", b"/@x:y/", b"/~!$&'()*+,;=:@", b"/" + b"long" * 15000,
        b"http://blog.example/x//y?z", b"http://blog.example", b"HTTP://BLOG.example?x",
    ],
)  # fmt: skip
async def test_the_target_goes_on_byte_for_byte(target: bytes) -> None:
    async with stage() as play:
        await play.exchange(b"GET %s HTTP/1.1\r\n%sConnection: close\r\n\r\n" % (target, HOST))
        assert play.heard[0].split(b"\r\n")[0] == b"GET %s HTTP/1.1" % target


async def test_an_upstream_with_a_path_is_asked_below_it() -> None:
    async with stage(base="/inner") as play:
        for target in (b"/a//b?c", b"http://blog.example/a", b"*"):
            await play.exchange(b"OPTIONS %s HTTP/1.1\r\n%sConnection: close\r\n\r\n" % (target, HOST))
        assert [heard.split()[1] for heard in play.heard] == [b"/inner/a//b?c", b"http://blog.example/inner/a", b"*"]


async def test_headers_keep_their_spelling_order_number_and_bytes() -> None:
    sent = [
        b"hOST: blog.example", b"user-AGENT: x", b"X-Dup: 1", b"accept: */*", b"x-dup: 2", b"X-DUP: 1", b"X-Empty: ",
        b"X-Latin: caf\xe9", b"X-Utf: caf\xc3\xa9 \xff", b"Cookie: a=b", b"Cookie: c=d", b"x!#$%&'*+-.^_`|~: odd",
        b"Content-Encoding: gzip", b"Authorization: Basic eDp5", b"Proxy: x", b"Date: whenever",
    ]  # fmt: skip
    async with stage() as play:
        await play.exchange(b"GET / HTTP/1.1\r\n%s\r\nConnection: close\r\n\r\n" % b"\r\n".join(sent))
        assert fields(play.heard[0]) == [*sent, *ADDED]


async def test_hop_by_hop_headers_end_here() -> None:
    async with stage() as play:
        await play.exchange(
            b"GET / HTTP/1.1\r\n%sConnection: close, X-Mine,x-other , \r\nX-Mine: 1\r\nX-OTHER: 2\r\nKeep-Alive: 3\r\n"
            b"Proxy-Connection: x\r\nTE: trailers\r\nTrailer: x\r\nUpgrade: h2c\r\nX-Stays: 1\r\n\r\n" % HOST
        )
        assert fields(play.heard[0]) == [HOST.strip(), b"X-Stays: 1", *ADDED]


async def test_connection_cannot_take_away_what_the_next_hop_relies_on() -> None:
    async with stage() as play:
        await play.exchange(
            b"POST / HTTP/1.1\r\n%sConnection: close, Host, Content-Length, X-Forwarded-For, Content-Type\r\n"
            b"Content-Length: 3\r\nContent-Type: text/xml\r\nX-Forwarded-For: 9.9.9.9\r\n\r\nabc" % HOST
        )
        said = [HOST.strip(), b"Content-Length: 3", b"Content-Type: text/xml", b"X-Forwarded-For: 9.9.9.9, 127.0.0.1"]
        assert fields(play.heard[0]) == [*said, *ADDED[1:]]


async def test_a_trusted_peer_is_believed_and_added_to() -> None:
    async with stage() as play:
        told = b"x-forwarded-for: 9.9.9.9\r\nX-Forwarded-For: 8.8.8.8\r\nX-FORWARDED-PROTO: https\r\nX-Forwarded-Host: a\r\n"
        await play.exchange(b"GET / HTTP/1.1\r\n%s%sConnection: close\r\n\r\n" % (HOST, told))
        assert fields(play.heard[0])[1:] == [
            b"x-forwarded-for: 9.9.9.9", b"X-Forwarded-For: 8.8.8.8, 127.0.0.1", b"X-FORWARDED-PROTO: https",
            b"X-Forwarded-Host: a",
        ]  # fmt: skip


async def test_an_untrusted_peer_does_not_say_what_scheme_and_host_were() -> None:
    async with stage(trusted=NOBODY) as play:
        told = b"X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: a\r\n"
        await play.exchange(b"GET / HTTP/1.1\r\n%s%sConnection: close\r\n\r\n" % (HOST, told))
        assert fields(play.heard[0])[1:] == [b"X-Forwarded-For: 9.9.9.9, 127.0.0.1", *ADDED[1:]]


async def test_a_body_with_a_length_keeps_it_even_when_it_is_nothing() -> None:
    async with stage() as play:
        await play.exchange(b"POST / HTTP/1.1\r\n%sContent-Length: 3\r\nConnection: close\r\n\r\nabc" % HOST)
        await play.exchange(b"GET / HTTP/1.1\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n" % HOST)
        await play.exchange(b"POST / HTTP/1.1\r\n%sConnection: close\r\n\r\n" % HOST)
        assert [b"Content-Length" in heard for heard in play.heard] == [True, True, False]
        assert play.heard[0].endswith(b"\r\n\r\nabc")
        assert not any(b"Transfer-Encoding" in heard for heard in play.heard)


async def test_a_chunked_body_is_chunked_again_without_extensions_and_trailers() -> None:
    async with stage() as play:
        said = b"POST / HTTP/1.1\r\n%sTrailer: X-T\r\nTransfer-Encoding: Chunked\r\n\r\n" % HOST
        got = await play.exchange(said + b'3;a=b;c="d"\r\nabc\r\n2\r\nde\r\n000\r\nX-T: 1\r\n\r\n')
        assert got.endswith(b"\r\nConnection: close\r\n\r\nok")
        assert fields(play.heard[0])[-1] == b"Transfer-Encoding: chunked"
        assert play.heard[0].endswith(b"\r\n\r\n5\r\nabcde\r\n0\r\n\r\n")
        assert b"X-T" not in play.heard[0].replace(b"Trailer", b"")


async def test_a_trailer_never_becomes_a_header_of_the_next_request() -> None:
    """aiohttp's parser would make it one; behind a front server the next request may be somebody else's."""
    async with stage() as play:
        first = b"POST /1 HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\n\r\n0\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n" % HOST
        got = await play.exchange(first + b"GET /2 HTTP/1.1\r\n%s\r\n" % HOST)
        assert got.count(b"HTTP/1.1 200 OK") == 1
        assert b"9.9.9.9" not in b"".join(play.heard)


async def test_a_compressed_body_is_not_looked_into() -> None:
    body = gzip.compress(b"x" * 10000)
    async with stage() as play:
        play.always(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        head = b"POST / HTTP/1.1\r\n%sContent-Encoding: gzip\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        got = await play.exchange(head % (HOST, len(body)) + body)
        assert play.heard[0].endswith(b"\r\n\r\n" + body)
        assert got.endswith(b"\r\n\r\n" + body)


async def test_http_1_0_gets_a_host_for_the_upstream_and_no_chunks() -> None:
    async with stage() as play:
        play.always(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
        assert await play.exchange(b"GET / HTTP/1.0\r\n\r\n") == b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok"
        assert fields(play.heard[0]) == [b"Host: blog.example", *ADDED[:2]]


async def test_http_1_0_may_keep_its_connection_where_the_end_is_known() -> None:
    async with stage() as play:
        client = await play.client()
        for _ in range(2):
            await client.say(b"GET / HTTP/1.0\r\n%sConnection: keep-alive\r\n\r\n" % HOST)
            assert await client.hear(b"ok") == OK.replace(b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n")
