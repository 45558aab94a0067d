"""An upstream that answers oddly gets no client out of step: each gets its own answer, a part of it, or none."""

import re

import pytest

from tests.proxy.relay_stage import End, Stage, stage

HOST = b"Host: blog.example\r\n"
POISON = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

ODD: dict[str, bytes] = {
    "two lengths, the same": OK + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nodd" + POISON,
    "two lengths, the first shorter": OK + b"Content-Length: 3\r\nContent-Length: %d\r\n\r\nodd" % (3 + len(POISON)) + POISON,
    "two lengths, the last shorter": OK + b"Content-Length: %d\r\nContent-Length: 3\r\n\r\nodd" % (3 + len(POISON)) + POISON,
    "a list of lengths": OK + b"Content-Length: 3, 3\r\n\r\nodd" + POISON,
    "length and chunked": OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + POISON,
    "chunked and length": OK + b"Transfer-Encoding: chunked\r\nContent-Length: 200\r\n\r\n0\r\n\r\n" + POISON,
    "a length of +3": OK + b"Content-Length: +3\r\n\r\nodd" + POISON,
    "a length of -3": OK + b"Content-Length: -3\r\n\r\nodd" + POISON,
    "a length of 0x3": OK + b"Content-Length: 0x3\r\n\r\nodd" + POISON,
    "an empty length": OK + b"Content-Length: \r\n\r\nodd" + POISON,
    "a length with a blank before the colon": OK + b"Content-Length : 3\r\n\r\nodd" + POISON,
    "a length behind a fold": OK + b"X: y\r\n Content-Length: 3\r\nContent-Length: 3\r\n\r\nodd" + POISON,
    "a length behind a bare CR": OK + b"X: y\rContent-Length: 0\r\nContent-Length: 3\r\n\r\nodd" + POISON,
    "a length behind a bare LF": OK + b"X: y\nContent-Length: 0\r\nContent-Length: 3\r\n\r\nodd" + POISON,
    "a length that overflows": OK + b"Content-Length: 18446744073709551619\r\n\r\nodd" + POISON,
    "xchunked": OK + b"Transfer-Encoding: xchunked\r\n\r\n3\r\nodd\r\n0\r\n\r\n" + POISON,
    "chunked, identity": OK + b"Transfer-Encoding: chunked, identity\r\n\r\n3\r\nodd\r\n0\r\n\r\n" + POISON,
    "gzip, chunked": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nodd\r\n0\r\n\r\n" + POISON,
    "chunked twice": OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nodd\r\n0\r\n\r\n" + POISON,
    "a chunk with 0x": CHUNKED + b"0x3\r\nodd\r\n0\r\n\r\n" + POISON,
    "a chunk with -": CHUNKED + b"-3\r\nodd\r\n0\r\n\r\n" + POISON,
    "a chunk that overflows": CHUNKED + b"10000000000000003\r\nodd\r\n0\r\n\r\n" + POISON,
    "a chunk that spills": CHUNKED + b"3\r\noddspill\r\n0\r\n\r\n" + POISON,
    "a chunk line that ends in LF": CHUNKED + b"3\nodd\n0\n\n" + POISON,
    "an extension with a bare LF": CHUNKED + b"3;a\nodd\r\n0\r\n\r\n" + POISON,
    "a trailer with a length": CHUNKED + b"3\r\nodd\r\n0\r\nContent-Length: 9\r\n\r\n" + POISON,
    "a trailer that is open": CHUNKED + b"3\r\nodd\r\n0\r\nX: " + POISON,
    "more than its length": OK + b"Content-Length: 3\r\n\r\nodd" + POISON,
    "more than its chunks": CHUNKED + b"3\r\nodd\r\n0\r\n\r\n" + POISON,
    "two answers": POISON.replace(b"poison", b"odd!!!") + POISON,
    "204 with a body": b"HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\npoison",
    "204 with chunks": b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n6\r\npoison\r\n0\r\n\r\n",
    "304 with a body": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n\r\npoison",
    "204 and another answer": b"HTTP/1.1 204 No Content\r\n\r\n" + POISON,
    "304 and another answer": b"HTTP/1.1 304 Not Modified\r\n\r\n" + POISON,
    "1,000 interim answers": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 1000 + OK + b"Content-Length: 3\r\n\r\nodd",
    "100 that nobody asked for": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 3\r\n\r\nodd",
    "an interim answer with a length": b"HTTP/1.1 103 Early Hints\r\nContent-Length: 62\r\n\r\n" + POISON,
    "an interim answer that is chunked": b"HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n" + POISON,
    "switches protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n" + POISON,
    "a status of four digits": b"HTTP/1.1 2000 OK\r\nContent-Length: 3\r\n\r\nodd" + POISON,
    "a status of 099": b"HTTP/1.1 099 OK\r\nContent-Length: 3\r\n\r\nodd" + POISON,
    "another protocol": b"ICY 200 OK\r\nContent-Length: 3\r\n\r\nodd" + POISON,
    "HTTP/2.0": b"HTTP/2.0 200 OK\r\nContent-Length: 3\r\n\r\nodd" + POISON,
    "HTTP/1.0 that is kept alive": b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nodd" + POISON,
    "HTTP/1.0 with chunks": b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nodd\r\n0\r\n\r\n" + POISON,
    "a reason with a bare CR": b"HTTP/1.1 200 OK\rX: y\r\nContent-Length: 3\r\n\r\nodd" + POISON,
    "a header with a NUL": OK + b"X: \0\r\nContent-Length: 3\r\n\r\nodd" + POISON,
    "a header without a colon": OK + b"Nothing\r\nContent-Length: 3\r\n\r\nodd" + POISON,
    "a header without a name": OK + b": x\r\nContent-Length: 3\r\n\r\nodd" + POISON,
    "a header of 70,000 bytes": OK + b"X: " + b"y" * 70000 + b"\r\nContent-Length: 3\r\n\r\nodd" + POISON,
    "300 headers": OK + b"X: y\r\n" * 300 + b"Content-Length: 3\r\n\r\nodd" + POISON,
    "lines that end in LF": b"HTTP/1.1 200 OK\nContent-Length: 3\n\nodd" + POISON,
    "empty lines before it": b"\r\n\r\n" + OK + b"Content-Length: 3\r\n\r\nodd" + POISON,
    "no head": b"odd\r\n\r\n" + POISON,
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + POISON,
}  # fmt: skip


def finals(heard: bytes) -> list[tuple[int, bytes]]:
    """The answers in what a client heard, as a strict reader finds them; what is no whole answer ends the list."""
    answers = []
    while match := re.match(rb"HTTP/1\.1 (\d{3})[^\r\n]*\r\n((?:[^\r\n:]+:[^\r\n]*\r\n)*)\r\n", heard):
        status, fields, rest = int(match[1]), match[2].lower(), heard[match.end() :]
        length = re.search(rb"^content-length: *(\d+)\r$", fields, re.MULTILINE)
        if status < 200:
            heard = rest
            continue
        if status in {204, 304}:
            body = b""
        elif b"transfer-encoding: chunked\r\n" in fields:
            assert length is None
            body = b""
            while chunk := re.match(rb"([0-9a-f]+)\r\n", rest):
                size = int(chunk[1], 16)
                piece, rest = rest[chunk.end() :][:size], rest[chunk.end() + size + 2 :]
                body += piece
                if not size:
                    break
        elif length:
            body, rest = rest[: int(length[1])], rest[int(length[1]) :]
        else:
            body, rest = rest, b""
        answers.append((status, body))
        heard = rest
    return answers


def answering(play: Stage, odd: bytes, *, closes: bool) -> None:
    """Let the upstream answer /odd so, and every other path with the path."""

    async def script(upstream: End) -> None:
        while True:
            head = await play.request(upstream)
            path = head.split(b" ", 2)[1]
            if path == b"/odd":
                await upstream.say(odd)
                if closes:
                    return
            else:
                await upstream.say(OK + b"Content-Length: %d\r\n\r\n%s" % (len(path), path))

    play.scripts = [script]


@pytest.mark.parametrize("closes", [False, True], ids=["stays", "closes"])
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
async def test_every_client_gets_its_own_answer(odd: bytes, closes: bool) -> None:
    async with stage(timeout_s=0.5) as play:
        answering(play, odd, closes=closes)
        first = b"GET /odd HTTP/1.1\r\n%s\r\n" % HOST
        last = b"GET /%s HTTP/1.1\r\n%sConnection: close\r\n\r\n"
        mine, *others = finals(await play.exchange(first + last % (b"mine", HOST))) or [(0, b"")]
        assert b"/mine" not in mine[1]
        assert others in ([], [(200, b"/mine")])
        for path in (b"a", b"b", b"c"):
            assert finals(await play.exchange(last % (path, HOST))) == [(200, b"/" + path)]


@pytest.mark.parametrize("late", [POISON, b"x", b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"])
async def test_an_answer_that_comes_before_its_question_is_nobody_s(late: bytes) -> None:
    async with stage() as play:

        async def script(upstream: End) -> None:
            while True:
                path = (await play.request(upstream)).split(b" ", 2)[1]
                await upstream.say(OK + b"Content-Length: %d\r\n\r\n%s" % (len(path), path))
                await upstream.say(late)

        play.scripts = [script]
        for path in (b"a", b"b", b"c"):
            request = b"GET /%s HTTP/1.1\r\n%sConnection: close\r\n\r\n" % (path, HOST)
            # Where what is late comes together with the answer, that one may be refused, but not mixed up.
            [(status, body)] = finals(await play.exchange(request))
            assert status == 502 or (status, body) == (200, b"/" + path)
