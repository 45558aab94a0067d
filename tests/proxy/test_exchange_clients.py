"""Clients that hang up, stop sending, stop reading, or send what is no body."""

import asyncio
import logging

import pytest

from tests.proxy.relay_stage import End, Stage, logged, stage
from tests.waiting import until

HEAD = b"POST /x HTTP/1.1\r\nHost: blog.example\r\n"
GET = b"GET /x HTTP/1.1\r\nHost: blog.example\r\n\r\n"


async def _exchanges_end(play: Stage) -> None:
    """Wait until the proxy has given up all that it had begun."""

    async def none() -> bool:
        assert play.upstream is not None
        return not play.upstream._live

    await until(none, "end of the exchanges")


async def test_a_client_that_hangs_up_while_it_waits_ends_the_exchange(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with stage() as play:
        heard, ended = asyncio.Event(), asyncio.Event()

        async def script(upstream: End) -> None:
            await play.request(upstream)
            heard.set()
            await upstream.closed()
            ended.set()

        play.scripts = [script]
        client = await play.client()
        await client.say(GET)
        await heard.wait()
        client.hang_up()
        await asyncio.wait_for(ended.wait(), 5)
        await _exchanges_end(play)
        assert logged(caplog.records) == []


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 100\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"]
)
@pytest.mark.parametrize("hard", [False, True])
async def test_a_client_that_hangs_up_while_it_sends_ends_the_exchange(
    framing: bytes, hard: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage() as play:
        heard, ended = asyncio.Event(), asyncio.Event()

        async def script(upstream: End) -> None:
            await upstream.hear(b"abc")
            heard.set()
            await upstream.closed()
            ended.set()

        play.scripts = [script]
        client = await play.client()
        await client.say(HEAD + framing)
        await heard.wait()
        client.reset() if hard else client.hang_up()
        await asyncio.wait_for(ended.wait(), 5)
        await _exchanges_end(play)
        assert logged(caplog.records) == []


@pytest.mark.parametrize("hard", [False, True])
async def test_a_client_that_hangs_up_while_it_reads_ends_the_exchange(
    hard: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage() as play:
        ended = asyncio.Event()

        async def script(upstream: End) -> None:
            await play.request(upstream)
            await upstream.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
            try:
                while True:
                    await upstream.say(b"x" * 65536)
            except ConnectionError:
                ended.set()

        play.scripts = [script]
        client = await play.client()
        await client.say(GET)
        await client.hear_bytes(100_000)
        client.reset() if hard else client.hang_up()
        await asyncio.wait_for(ended.wait(), 5)
        await _exchanges_end(play)
        assert logged(caplog.records) == []


async def test_a_client_that_does_not_read_is_not_waited_for_forever(caplog: pytest.LogCaptureFixture) -> None:
    async with stage(timeout_s=0.3) as play:
        ended = asyncio.Event()

        async def script(upstream: End) -> None:
            await play.request(upstream)
            await upstream.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
            try:
                while True:
                    await upstream.say(b"x" * 65536)
            except ConnectionError:
                ended.set()

        play.scripts = [script]
        client = await play.client()
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await client.say(GET)
        await asyncio.wait_for(ended.wait(), 10)
        await _exchanges_end(play)
        logged(caplog.records)


async def test_a_client_that_stops_sending_is_told_408(caplog: pytest.LogCaptureFixture) -> None:
    async with stage(timeout_s=0.2) as play:

        async def script(upstream: End) -> None:
            await upstream.closed()

        play.scripts = [script]
        client = await play.client()
        await client.say(HEAD + b"Content-Length: 100\r\n\r\nabc")
        got = await client.hear(b"in time.\n")
        assert got.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert got.endswith(b"\r\n\r\nThe request did not arrive in time.\n")
        assert b"\r\nConnection: close\r\n" in got
        assert len(logged(caplog.records)) == 1


async def test_a_body_that_turns_out_not_to_be_chunked_is_told_400(caplog: pytest.LogCaptureFixture) -> None:
    async with stage() as play:
        heard = asyncio.Event()

        async def script(upstream: End) -> None:
            await upstream.hear(b"abc\r\n")
            heard.set()
            await upstream.closed()

        play.scripts = [script]
        client = await play.client()
        await client.say(HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        await heard.wait()
        await client.say(b"zz\r\n")
        got = await client.hear_all()
        assert b" 400 Bad Request\r\n" in got
        await _exchanges_end(play)
        logged(caplog.records)
