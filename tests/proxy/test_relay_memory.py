"""Large bodies pass at flat memory, both ways, and at the pace of whoever is slower."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.proxy.relay_stage import End, stage

_PIECE = b"\x00\xffpw" * 16384
_LARGE = 3200 * len(_PIECE)  # 210 MB
_MIB = 2**20


class _Relay:
    """The relay in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert process.stdout is not None
        self.port = int(process.stdout.readline())

    def peak(self) -> int:
        """The most memory that it ever held, in bytes."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def _relay(upstream_port: int, *mode: str) -> Iterator[_Relay]:
    command = [sys.executable, "-m", "tests.proxy.relay_serve", f"http://127.0.0.1:{upstream_port}", *mode]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield _Relay(process)
        finally:
            process.terminate()


async def _send(end: End, size: int) -> None:
    for start in range(0, size, len(_PIECE)):
        await end.say(_PIECE[: min(len(_PIECE), size - start)])


async def _take(end: End, size: int) -> None:
    """Hear *size* bytes, and that they are the right ones."""
    expected = _PIECE * 2
    at = 0
    while at < size:
        piece = await end.reader.read(len(_PIECE))
        assert piece
        assert expected.startswith(piece, at % len(_PIECE))
        at += len(piece)


@pytest.mark.parametrize("mode", [(), ("spool",)])
@pytest.mark.parametrize("framing", ["measured", "chunked"])
async def test_200_mb_up_and_down_need_no_memory(mode: tuple[str, ...], framing: str) -> None:
    async with stage() as play:
        chunked = framing == "chunked"
        size = _LARGE if not mode else _LARGE // 2

        async def script(upstream: End) -> None:
            head = await upstream.hear_head()
            if chunked and not mode:
                assert b"\r\nTransfer-Encoding: chunked\r\n" in head
                while int(await upstream.hear(b"\r\n"), 16):
                    await upstream.hear(b"\r\n")
            else:
                assert b"\r\nContent-Length: %d\r\n" % size in head
                await _take(upstream, size)
            await upstream.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
            await _send(upstream, size)
            await upstream.closed()

        play.scripts = [script]
        with _relay(play.upstream_port, *mode) as relay:
            await asyncio.to_thread(relay.peak)
            before = await asyncio.to_thread(relay.peak)
            client = await play.client(relay.port)
            await client.say(b"POST / HTTP/1.1\r\nHost: blog.example\r\n")
            if chunked:
                await client.say(b"Transfer-Encoding: chunked\r\n\r\n")
                for _ in range(0, size, len(_PIECE)):
                    await client.say(b"%x\r\n%s\r\n" % (len(_PIECE), _PIECE))
                await client.say(b"0\r\n\r\n")
            else:
                await client.say(b"Content-Length: %d\r\n\r\n" % size)
                await _send(client, size)
            await client.hear_head()
            await _take(client, size)
            client.hang_up()
            grown = await asyncio.to_thread(relay.peak) - before
        assert grown < 20 * _MIB, f"{grown / _MIB:.1f} MiB"


async def test_an_upstream_that_does_not_read_stops_the_client() -> None:
    async with stage(timeout_s=60) as play:
        go_on = asyncio.Event()

        async def script(upstream: End) -> None:
            await upstream.hear_head()
            await go_on.wait()
            await _take(upstream, _LARGE)
            await upstream.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        play.scripts = [script]
        client = await play.client()
        await client.say(b"POST / HTTP/1.1\r\nHost: blog.example\r\nContent-Length: %d\r\n\r\n" % _LARGE)
        sending = asyncio.create_task(_send(client, _LARGE))
        before = -1
        while before != (waiting := client.writer.transport.get_write_buffer_size()) or waiting == 0:
            before = waiting
            await asyncio.sleep(0.1)  # until nothing moves any more
        assert not sending.done()
        go_on.set()
        await sending
        assert b" 200 OK\r\n" in await client.hear_head()
