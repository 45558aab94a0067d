"""Those that are measured and those that they are compared with, each in a process of its own.

python -m tests.bench.served NAME [ARGUMENT...] serves on a free port of the loopback address and prints it.
"""

import asyncio
import logging
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from tests.bench.loads import cpu_s, run
from tests.real.process import Process, free_port, listens

ROOT = Path(__file__).parents[2]
_MITMPROXY = Path(tempfile.gettempdir()) / "pingwarden-bench-mitmproxy"
_BODY = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<methodResponse><params><param><value><array><data>%s</data></array></value>'
    b"</param></params></methodResponse>\n" % (b" " * 600)
)
ANSWER = (
    b"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sat, 01 Jan 2022 00:00:00 GMT\r\n"
    b"Content-Type: text/xml; charset=UTF-8\r\nContent-Length: %d\r\nConnection: keep-alive\r\n\r\n%s"
    % (len(_BODY), _BODY)
)


class Server:
    """A server in its own process; the kernel ends it when we die."""

    def __init__(self, name: str, *arguments: str) -> None:
        command = ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", "tests.bench.served", name, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline() or sys.exit(f"{name} did not start"))
        self.url = f"http://127.0.0.1:{self.port}"
        self.pid = self.process.pid

    def cpu_s(self) -> float:
        """The processor time that it has used."""
        return cpu_s(self.pid)

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait()


class Program:
    """A server that is somebody else's program."""

    def __init__(self, command: list[str], port: int, directory: Path) -> None:
        self._directory = directory
        self._process = Process(command, directory / "log")
        self._process.wait_until(lambda: listens(port), command[0], seconds=60)
        self.port = port
        self.pid = self._process.pid

    def cpu_s(self) -> float:
        """The processor time that it has used."""
        return cpu_s(self.pid)

    def stop(self) -> None:
        """End it."""
        self._process.stop()
        shutil.rmtree(self._directory, ignore_errors=True)


_NGINX = """
daemon off; master_process off; pid {directory}/pid; error_log {directory}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off; client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/f; uwsgi_temp_path {directory}/u; scgi_temp_path {directory}/s;
    upstream site {{ server 127.0.0.1:{upstream}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests 1000000;
        location / {{
            proxy_pass http://site; proxy_http_version 1.1;
            proxy_set_header Connection ""; proxy_set_header Host $host;
        }}
    }}
}}
"""


def nginx(upstream: int) -> Program | None:
    """Start an nginx that passes on to the port *upstream*; None where there is no nginx."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        print("  nginx is not installed and left out", file=sys.stderr)
        return None
    directory, port = Path(tempfile.mkdtemp(prefix="pingwarden-bench-")), free_port()
    file = directory / "nginx.conf"
    file.write_text(_NGINX.format(directory=directory, upstream=upstream, port=port))
    return Program([program, "-c", str(file), "-e", str(directory / "error.log")], port, directory)


def mitmproxy(upstream: int) -> Program | None:
    """Start a mitmproxy before the port *upstream*, installed into an environment of its own at the first call."""
    program = _MITMPROXY / "bin" / "mitmdump"
    if not program.exists():
        print(f"  installing mitmproxy into {_MITMPROXY}", file=sys.stderr)
        venv.create(_MITMPROXY, with_pip=True)
        done = subprocess.run([_MITMPROXY / "bin" / "pip", "install", "-q", "mitmproxy"], check=False)
        if done.returncode or not program.exists():
            print("  mitmproxy cannot be installed and is left out", file=sys.stderr)
            return None
    directory, port = Path(tempfile.mkdtemp(prefix="pingwarden-bench-")), free_port()
    listen = ["--listen-host", "127.0.0.1", "--listen-port", str(port), "--set", f"confdir={directory}"]
    return Program([str(program), "-q", "--mode", f"reverse:http://127.0.0.1:{upstream}", *listen], port, directory)


# --- what the processes do


class _Answerer(asyncio.Protocol):
    """Answers every request at once by the next bytes, as fast as Python can."""

    def __init__(self, next_answer: Callable[[], bytes]) -> None:
        self._heard = b""
        self._next = next_answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            head, _, rest = self._heard.partition(b"\r\n\r\n")
            lines = head.lower().split(b"\r\n")
            length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
            if len(rest) < length:
                return
            self._heard = rest[length:]
            self._transport.write(self._next())


async def answering(next_answer: Callable[[], bytes]) -> None:
    """Serve for ever; each request is answered by *next_answer*."""
    server = await asyncio.get_running_loop().create_server(lambda: _Answerer(next_answer), "127.0.0.1", 0)
    ready(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def serve_upstream() -> None:
    """A site that answers everything at once."""
    await answering(lambda: ANSWER)


async def serve_bare(upstream: str) -> None:
    """What one would write in ten minutes: web.Application, ClientSession, and lxml to look into the body."""
    import aiohttp
    from aiohttp import web
    from lxml import etree

    async with aiohttp.ClientSession(auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def handle(request: web.Request) -> web.StreamResponse:
            small = (request.content_length or 0) < 2**20
            body: Any = await request.read() if small else request.content
            if small and body:
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

        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/{path:.*}", handle)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        ready(runner.addresses[0][1])
        await asyncio.Event().wait()


async def serve_pingwarden(upstream: str, public_url: str = "https://blog.example") -> None:
    """Pingwarden with the limits that it has by itself, and a database of its own; it may fetch from this machine."""
    from proxy.app import running
    from proxy.commands.serve import settle_memory
    from proxy.config import from_mapping

    with tempfile.TemporaryDirectory() as state:
        config = from_mapping(
            {
                "listen": "127.0.0.1:0", "admin_listen": "127.0.0.1:0", "state_dir": state,
                "sites": [{"public_url": public_url, "upstream": upstream}],
                "fetch": {"allow_networks": ["127.0.0.0/8"]},
            }
        )  # fmt: skip
        async with running(config) as proxy:
            settle_memory()
            ready(proxy.address[1])
            await asyncio.Event().wait()


def ready(port: int) -> None:
    """Tell whoever started us."""
    print(port, flush=True)


def served(name: str) -> Callable[..., Coroutine[Any, Any, None]]:
    """Return what serves under *name*."""
    from tests.bench import judging, transfer

    known: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {
        "upstream": serve_upstream,
        "bare": serve_bare,
        "pingwarden": serve_pingwarden,
        "warehouse": transfer.serve_warehouse,
        "wordpress": judging.serve_wordpress,
        "sources": judging.serve_sources,
        "judging": judging.serve_judging,
    }
    return known[name]


if __name__ == "__main__":
    logging.disable(logging.ERROR)  # the last answers of a round find their client gone
    run(served(sys.argv[1])(*sys.argv[2:]))
