"""Bodies read whole: small ones in memory, large ones in an unnamed file, and every way to fail."""

import errno
import mmap
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from proxy import body as body_room
from proxy.body import SPOOL_BYTES, Spooled
from tests.proxy.relay_stage import OK, End, fields, logged, stage
from tests.waiting import until

HEAD = b"POST /xmlrpc.php HTTP/1.1\r\nHost: blog.example\r\n"
GET = b"GET / HTTP/1.1\r\nHost: blog.example\r\nConnection: close\r\n\r\n"


def _target(entry: Path) -> str:
    try:
        return str(entry.readlink())
    except OSError:
        return ""


def _unnamed() -> set[str]:
    return {name for entry in Path("/proc/self/fd").iterdir() if "(deleted)" in (name := _target(entry))}


_OTHERS = _unnamed()  # pytest's own


def _open_files() -> int:
    return len(_unnamed() - _OTHERS)


async def _no_open_files() -> bool:
    return _open_files() == 0


@pytest.mark.parametrize("size", [0, 1, SPOOL_BYTES - 1, SPOOL_BYTES, SPOOL_BYTES + 1, 5 * SPOOL_BYTES + 7])
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_goes_on_with_its_length_whatever_its_size(size: int, chunked: bool) -> None:
    async with stage(spools=True) as play:
        sent = os.urandom(size)
        client = await play.client()
        if chunked:
            await client.say(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
            for start in range(0, size, 50_000):
                piece = sent[start : start + 50_000]
                await client.say(b"%x\r\n%s\r\n" % (len(piece), piece))
            await client.say(b"0\r\nX-T: 1\r\n\r\n")
        else:
            await client.say(HEAD + b"Content-Length: %d\r\n\r\n" % size + sent)
        answer = await client.hear(b"ok")
        assert answer == (OK if not chunked else OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        head, _, got = play.heard[0].partition(b"\r\n\r\n")
        assert got == sent
        assert fields(head).count(b"Content-Length: %d" % size) == 1
        assert b"Transfer-Encoding" not in head
        await until(_no_open_files, "closed file")


async def test_who_asks_whether_to_continue_is_answered_here() -> None:
    async with stage(spools=True) as play:
        client = await play.client()
        await client.say(HEAD + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert await client.hear_head() == b"HTTP/1.1 100 Continue\r\n\r\n"
        await client.say(b"abc")
        assert await client.hear(b"ok") == OK
        assert b"Expect" not in play.heard[0]


@pytest.mark.parametrize("limit", [1000, 2 * SPOOL_BYTES])
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_over_the_limit_is_refused_while_it_comes(limit: int, chunked: bool) -> None:
    async with stage(spools=True, max_bytes=limit) as play:
        client = await play.client()
        if chunked:
            await client.say(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
            await client.say(b"%x\r\n%s\r\n" % (limit + 1, b"x" * (limit + 1)))
        else:
            await client.say(HEAD + b"Content-Length: %d\r\n\r\n" % (limit + 1))
        assert (await client.hear_head()).startswith(b"HTTP/1.1 413 ")
        client.hang_up()
        assert play.connections == 0
        await until(_no_open_files, "closed file")


@pytest.mark.parametrize("begun", [10, 3 * SPOOL_BYTES])
@pytest.mark.parametrize("hard", [False, True])
async def test_a_client_that_hangs_up_leaves_nothing_behind(
    begun: int, hard: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async with stage(spools=True) as play:
        client = await play.client()
        await client.say(HEAD + b"Content-Length: %d\r\n\r\n" % (10 * SPOOL_BYTES) + b"x" * begun)
        if begun > SPOOL_BYTES:
            await until(_some_open_files, "file")
        client.reset() if hard else client.hang_up()
        await until(_no_open_files, "closed file")
        assert (await play.exchange(GET)).endswith(b"ok")
        assert logged(caplog.records) == []


async def _some_open_files() -> bool:
    return _open_files() > 0


async def test_a_client_that_stops_sending_is_not_waited_for_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_room, "_IDLE_S", 0.1)
    async with stage(spools=True) as play:
        client = await play.client()
        await client.say(HEAD + b"Content-Length: 10\r\n\r\nx")
        assert (await client.hear(b"in time.\n")).startswith(b"HTTP/1.1 408 Request Timeout\r\n")


async def test_a_body_that_turns_out_not_to_be_chunked_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    async with stage(spools=True) as play:
        client = await play.client()
        await client.say(HEAD + b"Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n")
        await client.hear_head()  # it is being read now
        await client.say(b"3\r\nabc\r\nzz\r\n")
        got = await client.hear_all()
        assert got.startswith(b"HTTP/1.1 400 Bad Request\r\n")
        assert play.connections == 0
        logged(caplog.records)


_TEMPORARY_FILE = tempfile.TemporaryFile


class _FullDisk:
    """A file on a disk with room for *room* bytes."""

    def __init__(self, room: int) -> None:
        self._file = _TEMPORARY_FILE(buffering=0)
        self._room = room

    def write(self, data: memoryview) -> int:
        if self._room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = self._file.write(data[: self._room])
        self._room -= written
        return written

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()


@pytest.mark.parametrize("room", [0, 1, SPOOL_BYTES + 5])
async def test_a_full_disk_gives_503(
    room: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(**_kwargs: Any) -> _FullDisk:
        return _FullDisk(room)

    async with stage(spools=True) as play:
        monkeypatch.setattr(body_room.tempfile, "TemporaryFile", full)
        client = await play.client()
        await client.say(HEAD + b"Content-Length: %d\r\n\r\n" % (3 * SPOOL_BYTES) + b"x" * (3 * SPOOL_BYTES))
        got = await client.hear(b"later.\n")
        assert got.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        assert got.endswith(b"\r\n\r\nThe request cannot be kept at the moment. Please try again later.\n")
        monkeypatch.undo()
        await until(_no_open_files, "closed file")
        assert (await play.exchange(GET)).endswith(b"ok")
        assert len(logged(caplog.records)) == 1
        assert "No space left on device" in caplog.text


async def test_no_file_at_all_gives_503(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def none(**_kwargs: Any) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    async with stage(spools=True) as play:
        monkeypatch.setattr(body_room.tempfile, "TemporaryFile", none)
        client = await play.client()
        await client.say(HEAD + b"Content-Length: %d\r\n\r\n" % (3 * SPOOL_BYTES) + b"x" * (3 * SPOOL_BYTES))
        assert (await client.hear(b"later.\n")).startswith(b"HTTP/1.1 503 ")
        assert len(logged(caplog.records)) == 1


async def test_an_upstream_that_fails_leaves_no_file_behind(caplog: pytest.LogCaptureFixture) -> None:
    async with stage(spools=True) as play:

        async def script(upstream: End) -> None:
            await upstream.hear_head()
            upstream.reset()

        play.scripts = [script]
        client = await play.client()
        await client.say(HEAD + b"Content-Length: %d\r\n\r\n" % (9 * SPOOL_BYTES) + b"x" * (9 * SPOOL_BYTES))
        assert (await client.hear_head()).startswith(b"HTTP/1.1 502 ")
        await until(_no_open_files, "closed file")
        assert len(logged(caplog.records)) == 1


async def test_a_kept_body_is_sent_again_only_where_that_is_safe() -> None:
    async with stage(spools=True) as play:
        answering = play.scripts[0]

        async def once(upstream: End) -> None:
            await play.request(upstream)
            await upstream.say(OK)
            await upstream.hear_head()

        for method, status, connections in ((b"PUT", b"200", 2), (b"POST", b"502", 1)):
            play.connections, play.scripts = 0, [once, answering]
            assert (await play.exchange(GET)).endswith(b"ok")
            client = await play.client()
            large = b"y" * (2 * SPOOL_BYTES)
            await client.say(b"%s / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (method, len(large), large))
            assert (await client.hear_head()).split()[1] == status
            assert play.connections == connections
            assert play.upstream is not None
            play.upstream._pool.close()


def test_closing_while_somebody_still_looks_is_no_error() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"x" * 5000)
        file.flush()
        body = Spooled(mmap.mmap(file.fileno(), 5000, access=mmap.ACCESS_READ), 5000, file)
        with memoryview(body.view) as looked_at:
            body.close()
            assert looked_at[:2] == b"xx"
        body.close()


async def test_the_pieces_of_a_small_body_are_the_body() -> None:
    assert [piece async for piece in Spooled(b"abc", 3).chunks()] == [b"abc"]
    assert [piece async for piece in Spooled(b"", 0).chunks()] == []
