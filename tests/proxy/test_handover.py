"""What comes back to the client, byte for byte, and how its connection goes on."""

import pytest

from tests.proxy.relay_stage import OK, End, stage

HOST = b"Host: blog.example\r\n"


async def test_the_answer_comes_back_as_it_was_given() -> None:
    async with stage() as play:
        given = [
            b"set-COOKIE: a=b", b"X-Latin: caf\xe9", b"Set-Cookie: c=d; Path=/", b"Set-Cookie: a=b", b"X-Empty: ",
            b"Location: /caf\xe9?x=[y]", b"Content-Length: 4",
        ]  # fmt: skip
        play.always(b"HTTP/1.1 299 Quite caf\xe9\r\n%s\r\n\r\nbody" % b"\r\n".join(given))
        got = await play.exchange(b"GET / HTTP/1.1\r\n%sConnection: close\r\n\r\n" % HOST)
        # No Server, Date or Content-Type of ours.
        assert got == b"HTTP/1.1 299 Quite caf\xe9\r\n%s\r\nConnection: close\r\n\r\nbody" % b"\r\n".join(given)


async def test_hop_by_hop_headers_of_the_answer_end_here() -> None:
    async with stage() as play:
        play.always(
            b"HTTP/1.1 200 OK\r\nConnection: X-Mine, keep-alive\r\nX-Mine: 1\r\nKeep-Alive: timeout=5\r\nTrailer: x\r\n"
            b"Upgrade: h2c\r\nX-Stays: 1\r\nContent-Length: 0\r\n\r\n"
        )
        client = await play.client()
        await client.say(b"GET / HTTP/1.1\r\n%s\r\n" % HOST)
        assert await client.hear_head() == b"HTTP/1.1 200 OK\r\nX-Stays: 1\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    ("method", "answer", "expected"),
    [
        ("HEAD", b"200 OK\r\nContent-Length: 500\r\n\r\n", b"200 OK\r\nContent-Length: 500\r\n\r\n"),
        ("HEAD", b"200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"200 OK\r\n\r\n"),
        ("GET", b"204 No Content\r\n\r\n", b"204 No Content\r\n\r\n"),
        ("GET", b"204 No Content\r\nContent-Length: 0\r\n\r\n", b"204 No Content\r\n\r\n"),
        ("GET", b"304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 7\r\n\r\n", b"304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 7\r\n\r\n"),
        ("GET", b"200 OK\r\nContent-Length: 0\r\n\r\n", b"200 OK\r\nContent-Length: 0\r\n\r\n"),
        ("GET", b"200\r\nContent-Length: 0\r\n\r\n", b"200 \r\nContent-Length: 0\r\n\r\n"),
        ("GET", b"200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nX-T: 1\r\n\r\n", b"200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
        ("GET", b"200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ],
)  # fmt: skip
async def test_bodies_end_where_they_should_and_the_connection_goes_on(
    method: str, answer: bytes, expected: bytes
) -> None:
    async with stage() as play:
        play.always(b"HTTP/1.1 " + answer)
        client = await play.client()
        for _ in range(3):
            await client.say(b"%s / HTTP/1.1\r\n%s\r\n" % (method.encode(), HOST))
            assert await client.hear_bytes(9 + len(expected)) == b"HTTP/1.1 " + expected
        assert play.connections == 1


async def test_a_body_that_ends_with_the_connection_is_chunked_for_who_knows_chunks() -> None:
    async with stage() as play:

        async def script(upstream: End) -> None:
            await play.request(upstream)
            await upstream.say(b"HTTP/1.0 200 OK\r\nX: y\r\n\r\nall of it")

        play.scripts = [script]
        client = await play.client()
        await client.say(b"GET / HTTP/1.1\r\n%s\r\n" % HOST)
        assert await client.hear(b"0\r\n\r\n") == (
            b"HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nall of it\r\n0\r\n\r\n"
        )
        got = await play.exchange(b"GET / HTTP/1.0\r\n%s\r\n" % HOST)
        assert got == b"HTTP/1.1 200 OK\r\nX: y\r\nConnection: close\r\n\r\nall of it"


async def test_pipelined_requests_are_answered_in_their_order() -> None:
    async with stage() as play:
        client = await play.client()
        await client.say(b"".join(b"GET /%d HTTP/1.1\r\n%s\r\n" % (number, HOST) for number in range(20)))
        for _ in range(20):
            assert await client.hear(b"ok") == OK
        assert [heard.split()[1] for heard in play.heard] == [b"/%d" % number for number in range(20)]
