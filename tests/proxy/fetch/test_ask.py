"""The one place that connects: only to the address that was checked, once, and only if it may be asked."""

import asyncio
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from proxy import urls
from proxy.addresses import AddressPolicy
from proxy.connection import Connection
from proxy.fetch.answer import FetchFailed
from proxy.fetch.ask import Asked, Asker, NotConnected, may_ask
from proxy.ping import Failure

LAB = AddressPolicy.of(["127.0.1.0/24"])


def asker(policy: AddressPolicy = LAB, tls: ssl.SSLContext | None = None) -> Asker:
    return Asker(policy, connect_timeout_s=1.0, max_bytes=1000, tls=tls)


async def hello(request: web.Request) -> web.Response:
    return web.Response(text="hello")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://a.example/", "127.0.0.1"),
        ("http://a.example:81/", "8.8.8.8"),
        ("http://a.example/", "169.254.169.254"),
        ("http://a.example/", "::1"),
        ("http://a.example/", "fe80::1"),
        ("http://a.example/", "fe80::1%2"),
        ("http://a.example/", "2606:4700:4700::1111%eth0"),
        ("http://a.example/", "::ffff:127.0.0.1"),
        ("http://127.0.1.2/", "127.0.1.1"),
        ("http://1.1.1.1/", "8.8.8.8"),
        ("http://a.example/", "nonsense"),
        ("http://a.example/", ""),
    ],
)
async def test_no_connection_is_made_to_another_or_an_unfit_address(
    url: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was checked before, what is about to be connected to decides."""
    made: list[Any] = []
    monkeypatch.setattr(Connection, "__init__", lambda *given: made.append(given))
    answer = await asker().ask(urls.parse(url), address, {})
    assert isinstance(answer, FetchFailed)
    assert (answer.failure, made) == (Failure.NOT_PUBLIC, [])


@pytest.mark.parametrize("value", ["x\r\nHost: other.example", "x\ny", "x\0"])
async def test_no_value_reaches_beyond_its_line(internet: Any, value: str) -> None:
    """What a stranger's page gave as its ETag is sent back to it."""
    server = await internet.serve(hello)
    answer = await asker().ask(urls.parse(server.url("a.example")), "127.0.1.1", {"If-None-Match": value})
    assert isinstance(answer, FetchFailed)
    assert server.hits == []


async def test_interim_answers_are_passed_over(internet: Any) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
        writer.write(early + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")

    server = await internet.serve_raw(talk)
    answer = await asker().ask(urls.parse(server.url("a.example")), "127.0.1.1", {})
    assert isinstance(answer, Asked)
    assert answer.body == b"hello"


def test_this_machines_own_addresses_are_recognised() -> None:
    """A listener on all addresses is on each of them, and loopback is not all."""
    everywhere = AddressPolicy.of(["0.0.0.0/0", "::/0"], own_endpoints=[("0.0.0.0", 8701)])
    assert not may_ask(everywhere, "127.0.0.1", 8701)
    assert may_ask(everywhere, "203.0.113.77", 8701)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("203.0.113.77", 9))  # picks a route and sends nothing
        except OSError:
            pytest.skip("this machine has no address but loopback")
        own = probe.getsockname()[0]
    assert not may_ask(everywhere, own, 8701)


async def test_an_answer_comes_back(internet: Any) -> None:
    """Status, headers and body."""
    server = await internet.serve(hello)
    answer = await asker().ask(urls.parse(server.url("a.example")), "127.0.1.1", {"User-Agent": "x"})
    assert isinstance(answer, Asked)
    assert (answer.status, answer.body, answer.truncated) == (200, b"hello", False)
    assert server.headers[0]["Host"] == f"a.example:{server.port}"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://a.example:{}/", "127.0.0.1"),
        ("http://a.example:{}/", "8.8.8.8"),
        ("http://127.0.0.1:{}/", "127.0.0.1"),
        ("http://127.0.0.1:{}/", "127.0.1.1"),
        ("http://127.0.0.1:{}/", "8.8.8.8"),
    ],
)
async def test_an_unfit_address_is_refused_even_if_nobody_checked_before(internet: Any, url: str, address: str) -> None:
    """The guard stands alone: a literal in the URL is not asked because some other address was checked."""
    inside = await internet.serve(hello, address="127.0.0.1")
    answer = await asker().ask(urls.parse(url.format(inside.port)), address, {})
    assert isinstance(answer, FetchFailed)
    assert answer.failure is Failure.NOT_PUBLIC
    assert inside.hits == []


async def test_nobody_listening_is_not_a_failure_yet(internet: Any) -> None:
    """Another address of the host may be better."""
    server = await internet.serve(hello)
    answer = await asker().ask(urls.parse(server.url("a.example")), "127.0.1.2", {})
    assert answer == NotConnected(timed_out=False)


async def test_a_server_that_does_not_accept_is_given_up(internet: Any) -> None:
    """The connect limit is shorter than the whole."""
    with socket.socket() as full:
        full.bind(("127.0.1.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:  # the queue of a listener that never accepts
            filler.setblocking(False)
            filler.connect_ex(("127.0.1.1", port))
        quick = Asker(LAB, connect_timeout_s=0.2, max_bytes=1000)
        answer = await quick.ask(urls.parse(f"http://a.example:{port}/"), "127.0.1.1", {})
        for filler in fillers:
            filler.close()
    assert answer == NotConnected(timed_out=True)


async def close_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    pass


async def test_a_broken_connection_is_not_tried_again(internet: Any) -> None:
    """A repeated request would be one that nobody budgeted for."""
    server = await internet.serve_raw(close_at_once)
    answer = await asker().ask(urls.parse(server.url("a.example")), "127.0.1.1", {})
    assert isinstance(answer, FetchFailed)
    assert answer.failure is Failure.UNREACHABLE
    assert server.connections == 1


GARBAGE = {
    "not HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "redis": b"-ERR wrong number of arguments for 'get' command\r\n",
    "nothing but line ends": b"\r\n" * 100,
    "a short body": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
    "a broken chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nx\r\n0\r\n\r\n",
    "a chunk that breaks off": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a bad length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab",
    "false gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab",
    "many headers": b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(1000)) + b"\r\n",
    "a long header": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
    "a long header name": b"HTTP/1.1 200 OK\r\n" + b"y" * 20_000 + b": x\r\n\r\n",
    "a long status line": b"HTTP/1.1 200 " + b"O" * 20_000 + b"\r\n\r\n",
    "a status of words": b"HTTP/1.1 OK 200\r\n\r\n",
}


@pytest.mark.parametrize("kind", GARBAGE)
async def test_a_broken_answer_is_bad_luck(internet: Any, kind: str) -> None:
    """It is a value, whatever comes, and the connection is closed."""
    closed = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GARBAGE[kind])
        writer.write_eof()
        await reader.read()
        closed.set()

    server = await internet.serve_raw(talk)
    async with asyncio.timeout(5):
        answer = await asker().ask(urls.parse(server.url("a.example")), "127.0.1.1", {})
        await closed.wait()
    assert isinstance(answer, FetchFailed)
    assert answer.failure is Failure.UNREACHABLE
    assert server.connections == 1


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y" * 1000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", b"x" * 1000),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
        (b"", b"\r\n"),
    ],
)
async def test_endless_headers_end(internet: Any, head: bytes, line: bytes) -> None:
    """Headers, trailers, chunk extensions and interim answers that never stop are not listened to for long."""
    sent = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(head)
        while True:
            writer.write(line * 100)
            sent += len(line) * 100
            await writer.drain()

    server = await internet.serve_raw(talk)
    async with asyncio.timeout(5):
        answer = await asker().ask(urls.parse(server.url("a.example")), "127.0.1.1", {})
    assert isinstance(answer, FetchFailed)
    assert answer.failure is Failure.UNREACHABLE
    assert sent < 20_000_000


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for a.example, signed by itself."""
    path = tmp_path_factory.mktemp("tls") / "a.example.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=a.example"
    more = ["-addext", "subjectAltName=DNS:a.example", "-keyout", str(path), "-out", f"{path}.crt"]
    try:
        subprocess.run([*command.split(), *more], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.mark.parametrize(("host", "trusted", "good"), [("a", True, True), ("b", True, False), ("a", False, False)])
async def test_tls_is_verified(internet: Any, certificate: Path, host: str, trusted: bool, good: bool) -> None:
    """A certificate must be trusted and for this very name."""
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(certificate)
    server = await internet.serve(hello, tls=ours)
    theirs = ssl.create_default_context(cafile=certificate if trusted else None)
    url = urls.parse(f"https://{host}.example:{server.port}/")
    answer = await asker(tls=theirs).ask(url, "127.0.1.1", {})
    assert isinstance(answer, Asked) is good
    if not good:
        assert isinstance(answer, FetchFailed)
        assert "TLS" in answer.sentence
        assert answer.failure is Failure.UNREACHABLE


async def test_nothing_is_taken_from_the_environment(
    internet: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No proxy, no .netrc; and none of the headers that tell more than is needed."""
    server = await internet.serve(hello)
    inside = await internet.serve(hello, address="127.0.0.1")
    netrc = tmp_path / "netrc"
    netrc.write_text("default login user password secret\n")
    netrc.chmod(0o600)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{inside.port}")
    monkeypatch.setenv("NETRC", str(netrc))
    answer = await asker().ask(urls.parse(server.url("a.example")), "127.0.1.1", {"User-Agent": "x"})
    assert isinstance(answer, Asked)
    assert inside.hits == []
    assert set(server.headers[0]) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
