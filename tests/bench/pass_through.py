"""Passing a small XML-RPC call through: Pingwarden against a bare aiohttp pass-through, side by side in one run.

    python -m tests.bench.pass_through [--rounds 7] [--seconds 2] [--connections 16]

The bare one is what one would write in ten minutes: web.Application, ClientSession, and lxml to look into the body.
Both talk to the same upstream and are asked by the same client, in turns. Figures of a shared machine mean nothing by
themselves; the ratios do, and the CPU time per request most of all.
"""

import argparse
import asyncio
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CALL = (
    b"<?xml version='1.0'?>\n<methodCall>\n<methodName>wp.getUsersBlogs</methodName>\n<params>\n"
    b"<param>\n<value><string>admin</string></value>\n</param>\n"
    b"<param>\n<value><string>a long password of an application</string></value>\n</param>\n</params>\n</methodCall>\n"
)
_BODY = b'<?xml version="1.0" encoding="UTF-8"?>\n<methodResponse><params><param><value><array><data>' + b" " * 600
ANSWER = (
    b"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sat, 01 Jan 2022 00:00:00 GMT\r\n"
    b"Content-Type: text/xml; charset=UTF-8\r\nContent-Length: %d\r\nConnection: keep-alive\r\n\r\n%s"
    % (len(_BODY), _BODY)
)
# At the door the call is read before it goes on; elsewhere it only goes on.
DOOR, ELSEWHERE = b"/xmlrpc.php", b"/wp-json/"
REQUEST = (
    b"POST %s HTTP/1.1\r\nHost: blog.example\r\nUser-Agent: Python-xmlrpc/3.11\r\nAccept-Encoding: gzip\r\n"
    b"Content-Type: text/xml\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\nContent-Length: %d\r\n\r\n%s"
    % (b"%s", len(CALL), CALL)
)


class _Upstream(asyncio.Protocol):
    """Answers every request by the same bytes, as fast as Python can."""

    def __init__(self) -> None:
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            head, _, rest = self._heard.partition(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            if len(rest) < length:
                return
            self._heard = rest[length:]
            self._transport.write(ANSWER)


async def _serve_upstream() -> None:
    server = await asyncio.get_running_loop().create_server(_Upstream, "127.0.0.1", 0)
    _ready(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _serve_bare(upstream: str) -> None:
    import aiohttp
    from aiohttp import web
    from lxml import etree

    async with aiohttp.ClientSession(auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def handle(request: web.Request) -> web.StreamResponse:
            body = await request.read()
            etree.fromstring(body).findtext("methodName")
            headers = {name: value for name, value in request.headers.items() if name.lower() != "connection"}
            async with session.request(
                request.method, upstream + request.path_qs, headers=headers, data=body
            ) as answer:
                response = web.StreamResponse(status=answer.status, headers=answer.headers)
                response.headers.popall("Connection", None)
                await response.prepare(request)
                async for chunk in answer.content.iter_any():
                    await response.write(chunk)
                return response

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handle)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        _ready(runner.addresses[0][1])
        await asyncio.Event().wait()


async def _serve_pingwarden(upstream: str) -> None:
    from proxy.app import running
    from proxy.config import from_mapping

    with tempfile.TemporaryDirectory() as state:
        config = from_mapping(
            {
                "listen": "127.0.0.1:0", "admin_listen": "127.0.0.1:0", "state_dir": state,
                "sites": [{"public_url": "https://blog.example", "upstream": upstream}],
            }
        )  # fmt: skip
        async with running(config) as proxy:
            _ready(proxy.address[1])
            await asyncio.Event().wait()


def _ready(port: int) -> None:
    print(port, flush=True)


class _Client(asyncio.Protocol):
    """Asks again as soon as it is answered."""

    def __init__(self, asker: "_Asker") -> None:
        self._asker = asker
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._ask()

    def _ask(self) -> None:
        self._asked_at = self._asker.time()
        self._missing = 0
        self._transport.write(self._asker.request)

    def data_received(self, data: bytes) -> None:
        if not self._missing:
            head, _, data = data.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            self._missing = len(_BODY)
        self._missing -= len(data)
        if not self._missing:
            self._asker.waits.append(self._asker.time() - self._asked_at)
            if self._asker.going:
                self._ask()
            else:
                self._transport.close()

    def connection_lost(self, _problem: Exception | None) -> None:
        self._asker.lost += 1


class _Asker:
    def __init__(self, path: bytes) -> None:
        self.request = REQUEST % path
        self.waits: list[float] = []
        self.going = True
        self.lost = 0
        self.time = time.perf_counter


async def _ask(port: int, seconds: float, connections: int, path: bytes) -> tuple[float, list[float]]:
    """Return requests per second, and the waits."""
    loop = asyncio.get_running_loop()
    asker = _Asker(path)
    began = loop.time()
    for _ in range(connections):
        await loop.create_connection(lambda: _Client(asker), "127.0.0.1", port)
    await asyncio.sleep(seconds)
    assert asker.lost == 0, "a connection was closed"
    asker.going = False
    return len(asker.waits) / (loop.time() - began), asker.waits


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class _Server:
    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "tests.bench.pass_through", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline() or sys.exit("a server did not start"))

    def measure(self, seconds: float, connections: int, path: bytes = DOOR) -> tuple[float, float, float, float]:
        """Return requests/s, CPU microseconds per request, and the median and 99th percentile of the waits in ms."""
        before = _cpu_s(self.process.pid)
        rate, waits = _run(_ask(self.port, seconds, connections, path))
        waits.sort()
        cpu_us = (_cpu_s(self.process.pid) - before) / len(waits) * 1e6
        return rate, cpu_us, waits[len(waits) // 2] * 1e3, waits[len(waits) * 99 // 100] * 1e3

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def _run(work: Any) -> Any:
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)


def _compare(rounds: int, seconds: float, connections: int) -> None:
    upstream = _Server("--serve", "upstream")
    url = f"http://127.0.0.1:{upstream.port}"
    bare, ours = _Server("--serve", "bare", url), _Server("--serve", "pingwarden", url)
    asked = {
        "upstream alone": (upstream, DOOR),
        "bare aiohttp": (bare, DOOR),
        "pingwarden": (ours, DOOR),
        "pingwarden, at no door": (ours, ELSEWHERE),
    }
    found: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in asked}
    try:
        for number in range(rounds + 1):
            for name, (server, path) in asked.items():
                measured = server.measure(seconds, connections, path)
                if number:  # the first round warms them
                    found[name].append(measured)
    finally:
        for server in (bare, ours, upstream):
            server.stop()
    print(f"{'':<24}{'requests/s':>12}{'CPU µs each':>13}{'p50 ms':>9}{'p99 ms':>9}")
    for name, measured in found.items():
        rate, cpu_us, p50, p99 = (statistics.median(column) for column in zip(*measured, strict=True))
        print(f"{name:<24}{rate:>12.0f}{cpu_us:>13.0f}{p50:>9.2f}{p99:>9.2f}")
    for name in list(asked)[2:]:
        pairs = list(zip(found[name], found["bare aiohttp"], strict=True))
        rate = statistics.median(one[0] / other[0] for one, other in pairs)
        cpu = statistics.median(other[1] / one[1] for one, other in pairs)
        print(f"{name} / bare: {rate:.2f} by requests/s, {cpu:.2f} by CPU")


def main() -> None:
    """Compare, or serve as one of those compared."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--serve", choices=["upstream", "bare", "pingwarden"], help=argparse.SUPPRESS)
    parser.add_argument("url", nargs="?", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        logging.disable(logging.ERROR)  # the last answers of a round find their client gone
    if given.serve == "upstream":
        _run(_serve_upstream())
    elif given.serve:
        _run({"bare": _serve_bare, "pingwarden": _serve_pingwarden}[given.serve](given.url))
    else:
        _compare(given.rounds, given.seconds, given.connections)


if __name__ == "__main__":
    main()
