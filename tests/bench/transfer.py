"""A large upload and a large download, beside the bare aiohttp pass-through, in turns; and what memory they take.

python -m tests.bench transfer
"""

import asyncio
import socket
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.figure import Figure, at_least, at_most
from tests.bench.loads import median_ratio, peak_mb, rss_mb
from tests.bench.served import Server, ready

MEGABYTES = 200
ROUNDS = 5
_PIECE = b"\x55" * 2**18
_BYTES = MEGABYTES * 2**20
_UP = (
    b"POST /wp-admin/async-upload.php HTTP/1.1\r\nHost: blog.example\r\nContent-Type: application/octet-stream\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n" % _BYTES
)
_DOWN = b"GET /wp-content/uploads/large.zip HTTP/1.1\r\nHost: blog.example\r\nConnection: close\r\n\r\n"


def measure() -> list[Figure]:
    """Send and fetch in turns."""
    site = Server("warehouse")
    bare, ours = Server("bare", site.url), Server("pingwarden", site.url)
    try:
        return [*_compare("upload", upload, bare, ours), *_compare("download", download, bare, ours)]
    finally:
        for server in (bare, ours, site):
            server.stop()


def _compare(what: str, move: Callable[[int], None], bare: Server, ours: Server) -> list[Figure]:
    for server in (bare, ours):
        move(server.port)  # the first one warms them
    rest = rss_mb(ours.pid)
    Path(f"/proc/{ours.pid}/clear_refs").write_text("5")  # forgets the highest mark of memory
    speeds: dict[Server, list[float]] = {bare: [], ours: []}
    cpu: dict[Server, list[float]] = {bare: [], ours: []}
    for _ in range(ROUNDS):
        for server in (bare, ours):
            before, began = server.cpu_s(), time.perf_counter()
            move(server.port)
            speeds[server].append(MEGABYTES / (time.perf_counter() - began))
            cpu[server].append(server.cpu_s() - before)
    rate, work = median_ratio(speeds[ours], speeds[bare]), median_ratio(cpu[bare], cpu[ours])
    more = peak_mb(ours.pid) - rest
    seen = f"{rate:.2f} by MB/s ({median(speeds[ours]):.0f} MB/s), {work:.2f} by CPU"
    size = f"{what} of {MEGABYTES} MB"
    return [
        at_least(f"{size}, against bare aiohttp", min(rate, work), 0.9, seen),
        at_most(f"{size}: most memory above what it takes at rest", more, 20, f"{more:.1f} MB", " MB"),
    ]


def upload(port: int) -> None:
    """Send it, and see that it arrived."""
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(_UP)
        for _ in range(_BYTES // len(_PIECE)):
            sock.sendall(_PIECE)
        answer = sock.recv(2**16)
    assert answer.startswith(b"HTTP/1.1 200"), answer


def download(port: int) -> None:
    """Fetch it, and see that all of it came."""
    buffer, heard = bytearray(2**18), 0
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(_DOWN)
        while count := sock.recv_into(buffer):
            heard += count
    assert _BYTES < heard < _BYTES + 2000, heard


class _Warehouse(asyncio.Protocol):
    """Takes what is sent, gives what is asked for."""

    def __init__(self) -> None:
        self._head = b""
        self._left = -1
        self._room = asyncio.Event()
        self._room.set()
        self._giving: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    def data_received(self, data: bytes) -> None:
        if self._left < 0:
            self._head += data
            head, end, data = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            self._head = b""
            if head.startswith(b"GET"):
                self._giving = asyncio.create_task(self._give())
                return
            self._left = int(head.lower().partition(b"content-length:")[2].partition(b"\r")[0])
        self._left -= len(data)
        if self._left == 0:
            self._left = -1
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async def _give(self) -> None:
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % _BYTES)
        for _ in range(_BYTES // len(_PIECE)):
            await self._room.wait()
            self._transport.write(_PIECE)


async def serve_warehouse() -> None:
    """A site with large files."""
    server = await asyncio.get_running_loop().create_server(_Warehouse, "127.0.0.1", 0)
    ready(server.sockets[0].getsockname()[1])
    await server.serve_forever()
