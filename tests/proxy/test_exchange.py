"""Sending and receiving at once, and every way in which that can come to nothing."""

import asyncio
import socket
from errno import EMFILE

import pytest

from tests.proxy.relay_stage import OK, End, logged, stage

HEAD = b"POST /x HTTP/1.1\r\nHost: blog.example\r\n"
GET = b"GET /x HTTP/1.1\r\nHost: blog.example\r\n\r\n"
CLOSING = b"GET /x HTTP/1.1\r\nHost: blog.example\r\nConnection: close\r\n\r\n"


# --- both ways at once


async def test_both_bodies_stream() -> None:
    async with stage() as play:
        done = asyncio.Event()

        async def script(upstream: End) -> None:
            await upstream.hear_head()
            assert await upstream.hear_bytes(3) == b"one"
            await upstream.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nuno\r\n")
            assert await upstream.hear_bytes(3) == b"two"
            await upstream.say(b"3\r\ndos\r\n0\r\n\r\n")
            done.set()

        play.scripts = [script]
        client = await play.client()
        await client.say(HEAD + b"Content-Length: 6\r\n\r\none")
        assert (await client.hear(b"uno\r\n")).endswith(b"\r\n\r\n3\r\nuno\r\n")
        await client.say(b"two")
        assert await client.hear(b"0\r\n\r\n") == b"3\r\ndos\r\n0\r\n\r\n"
        await done.wait()


async def test_the_upstream_says_whether_to_continue() -> None:
    async with stage() as play:

        async def script(upstream: End) -> None:
            assert b"\r\nExpect: 100-continue\r\n" in await upstream.hear_head()
            await upstream.say(b"HTTP/1.1 100 Continue\r\n\r\n")
            assert await upstream.hear_bytes(3) == b"abc"
            await upstream.say(OK)

        play.scripts = [script]
        client = await play.client()
        await client.say(HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert await client.hear_head() == b"HTTP/1.1 100 Continue\r\n\r\n"
        await client.say(b"abc")
        assert await client.hear(b"ok") == OK


async def test_the_upstream_may_refuse_instead() -> None:
    async with stage() as play:

        async def script(upstream: End) -> None:
            await upstream.hear_head()
            await upstream.say(b"HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno")
            await upstream.closed()

        play.scripts = [script]
        client = await play.client()
        await client.say(HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        refusal = b"HTTP/1.1 417 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"
        assert await client.hear_bytes(len(refusal)) == refusal


async def test_interim_answers_come_through_to_who_can_know_them() -> None:
    async with stage() as play:

        async def script(upstream: End) -> None:
            await play.request(upstream)
            await upstream.say(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            await upstream.say(b"HTTP/1.1 102 Processing\r\n\r\n" + OK)

        play.scripts = [script]
        client = await play.client()
        await client.say(GET)
        hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
        assert await client.hear(b"ok") == hints + OK
        assert (await play.exchange(b"GET / HTTP/1.0\r\n\r\n")).count(b"HTTP/1.1") == 1


async def test_an_early_answer_reaches_a_client_that_is_still_sending(caplog: pytest.LogCaptureFixture) -> None:
    async with stage() as play:

        async def script(upstream: End) -> None:
            await upstream.hear_head()
            await upstream.say(b"HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\nmuch")
            await upstream.closed()

        play.scripts = [script]
        client = await play.client()
        await client.say(HEAD + b"Content-Length: 1000000\r\n\r\nabc")
        assert await client.hear(b"much") == (
            b"HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmuch"
        )
        await client.say(b"d" * 999_997)
        assert await client.hear_all() == b""
        assert logged(caplog.records) == []


async def test_an_upstream_that_answers_early_and_closes_is_heard(caplog: pytest.LogCaptureFixture) -> None:
    async with stage() as play:

        async def script(upstream: End) -> None:
            await upstream.hear_head()
            await upstream.say(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 4\r\n\r\nmuch")

        play.scripts = [script]
        client = await play.client()
        await client.say(HEAD + b"Content-Length: 1000000\r\n\r\nabc")
        assert (await client.hear(b"much")).startswith(b"HTTP/1.1 413 Too Large\r\n")
        assert logged(caplog.records) == []


# --- an upstream in trouble


async def test_nobody_listening_gives_502(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound, but nobody listens
        async with stage(upstream_url=f"http://127.0.0.1:{bound.getsockname()[1]}") as play:
            got = await play.exchange(CLOSING)
        assert got.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
        assert got.endswith(b"\r\n\r\nThe site behind this proxy cannot be reached.\n")
        assert logged(caplog.records) == [
            "site=site GET '/x' status=502: The site behind this proxy cannot be reached."
        ]


async def test_a_proxy_without_file_descriptors_says_so(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none_left(_origin: object) -> None:
        raise OSError(EMFILE, "Too many open files")

    monkeypatch.setattr("proxy.exchange.connect", none_left)
    async with stage(upstream_url="http://127.0.0.1:9") as play:
        got = await play.exchange(CLOSING)
    assert got.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
    (line,) = logged(caplog.records)
    assert line.endswith("This proxy has no file descriptors left; a higher LimitNOFILE gives it more.")


async def test_silence_gives_504(caplog: pytest.LogCaptureFixture) -> None:
    async with stage(timeout_s=0.2) as play:

        async def script(upstream: End) -> None:
            await play.request(upstream)
            await upstream.closed()

        play.scripts = [script]
        got = await play.exchange(CLOSING)
        assert got.startswith(b"HTTP/1.1 504 Gateway Timeout\r\n")
        assert got.endswith(b"\r\n\r\nThe site behind this proxy did not answer in time.\n")
        assert len(logged(caplog.records)) == 1


@pytest.mark.parametrize(
    "garbage",
    [
        b"", b"HTTP/1.1 2", b"HTTP/1.1 200 OK\r\nX: y", b"SSH-2.0-OpenSSH\r\n", b"\x00\x01\x02", b"HTTP/1.1 999999 X\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000 + b"\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n",
    ],
)  # fmt: skip
async def test_what_is_no_answer_gives_502(garbage: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async with stage() as play:

        async def script(upstream: End) -> None:
            await play.request(upstream)
            await upstream.say(garbage)

        play.scripts = [script]
        got = await play.exchange(CLOSING)
        assert got.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
        assert got.count(b"HTTP/1.1 ") == 1
        assert len(logged(caplog.records)) == 1


@pytest.mark.parametrize(
    "cut",
    [
        b"Content-Length: 10\r\n\r\npart",
        b"Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\n0\r\n",
    ],
)
@pytest.mark.parametrize("hard", [False, True])
async def test_a_cut_answer_is_cut_for_the_client_too(cut: bytes, hard: bool, caplog: pytest.LogCaptureFixture) -> None:
    async with stage() as play:
        arrived = asyncio.Event()

        async def script(upstream: End) -> None:
            await play.request(upstream)
            await upstream.say(b"HTTP/1.1 200 OK\r\n" + cut)
            await arrived.wait()
            if hard:
                upstream.reset()

        play.scripts = [script]
        client = await play.client()
        await client.say(GET)
        await client.hear(b"part")
        arrived.set()
        assert (await client.hear_all()).strip() == b""  # neither the rest nor a last chunk
        lines = logged(caplog.records)
        assert len(lines) == 1
        assert lines[0].endswith("The site behind this proxy broke off its answer. The client has a part of it.")


async def test_an_answer_that_turns_to_garbage_is_cut(caplog: pytest.LogCaptureFixture) -> None:
    async with stage() as play:
        arrived = asyncio.Event()

        async def script(upstream: End) -> None:
            await play.request(upstream)
            await upstream.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n")
            await arrived.wait()
            await upstream.say(b"zz\r\n")
            await upstream.closed()

        play.scripts = [script]
        client = await play.client()
        await client.say(GET)
        await client.hear(b"part")
        arrived.set()
        assert (await client.hear_all()).strip() == b""
        assert len(logged(caplog.records)) == 1


async def test_a_reset_in_a_body_that_ends_with_the_connection_shows() -> None:
    async with stage() as play:
        arrived = asyncio.Event()

        async def script(upstream: End) -> None:
            await play.request(upstream)
            await upstream.say(b"HTTP/1.1 200 OK\r\n\r\npart")
            await arrived.wait()
            upstream.reset()

        play.scripts = [script]
        for version in (b"1.0", b"1.1"):
            arrived.clear()
            client = await play.client()
            await client.say(b"GET / HTTP/%s\r\nHost: blog.example\r\n\r\n" % version)
            await client.hear(b"part")
            arrived.set()
            rest = await client.hear_all()
            assert rest == b"<reset>" if version == b"1.0" else b"0\r\n\r\n" not in rest


async def test_a_stall_in_the_middle_of_an_answer_ends_it(caplog: pytest.LogCaptureFixture) -> None:
    async with stage(timeout_s=0.2) as play:

        async def script(upstream: End) -> None:
            await play.request(upstream)
            await upstream.say(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\npart")
            await upstream.closed()

        play.scripts = [script]
        client = await play.client()
        await client.say(GET)
        await client.hear(b"part")
        await client.closed()
        assert len(logged(caplog.records)) == 1
