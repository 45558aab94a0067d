"""Which connections to the upstream are used again, and what is sent again over a new one."""

import asyncio
import ssl
import subprocess
from pathlib import Path

import pytest

from proxy import connection as connection_room
from proxy.connection import Origin, origin_of
from tests.proxy.relay_stage import OK, End, Stage, logged, stage

HEAD = b"POST /x HTTP/1.1\r\nHost: blog.example\r\n"
CLOSING = b"GET /x HTTP/1.1\r\nHost: blog.example\r\nConnection: close\r\n\r\n"


async def test_connections_are_used_again() -> None:
    async with stage() as play:
        for _ in range(5):
            assert (await play.exchange(CLOSING)).endswith(b"ok")
        assert (play.connections, len(play.heard)) == (1, 5)


async def test_a_connection_that_the_upstream_closed_while_idle_is_not_used() -> None:
    async with stage() as play:

        async def once(upstream: End) -> None:
            play.heard.append(await play.request(upstream))
            await upstream.say(OK)

        play.scripts = [once]
        for _ in range(3):
            assert (await play.exchange(HEAD + b"Connection: close\r\nContent-Length: 1\r\n\r\nx")).endswith(b"ok")
        assert (play.connections, len(play.heard)) == (3, 3)


async def _closes_at_the_second_request(play: Stage) -> None:
    async def script(upstream: End) -> None:
        play.heard.append(await play.request(upstream))
        await upstream.say(OK)
        play.heard.append(await play.request(upstream))

    later = play.scripts[0]
    play.scripts = [script, later]
    assert (await play.exchange(CLOSING)).endswith(b"ok")


async def test_what_may_be_repeated_is_when_a_kept_connection_ends_unheard() -> None:
    async with stage() as play:
        await _closes_at_the_second_request(play)
        assert (await play.exchange(CLOSING)).endswith(b"ok")
        assert (play.connections, len(play.heard)) == (2, 3)


@pytest.mark.parametrize(
    "request_",
    [
        HEAD + b"Connection: close\r\nContent-Length: 1\r\n\r\nx",
        b"PATCH /x HTTP/1.1\r\nHost: blog.example\r\nConnection: close\r\n\r\n",
    ],
)
async def test_what_may_have_been_done_is_never_sent_again(request_: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async with stage() as play:
        await _closes_at_the_second_request(play)
        assert b" 502 Bad Gateway" in await play.exchange(request_)
        assert (play.connections, len(play.heard)) == (1, 2)
        assert len(logged(caplog.records)) == 1


async def test_a_new_connection_that_ends_unheard_is_not_tried_again() -> None:
    async with stage() as play:

        async def script(upstream: End) -> None:
            play.heard.append(await play.request(upstream))

        play.scripts = [script]
        assert b" 502 Bad Gateway" in await play.exchange(CLOSING)
        assert len(play.heard) == 1


async def test_an_upstream_that_says_more_than_it_was_asked_is_not_used_again() -> None:
    async with stage() as play:
        play.always(OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
        for _ in range(3):
            assert (await play.exchange(CLOSING)).endswith(b"\r\n\r\nok")
        assert play.connections == 3


@pytest.mark.parametrize(
    ("url", "origin", "base"),
    [
        ("http://127.0.0.1:8080", Origin("127.0.0.1", 8080, tls=False), b""),
        ("http://blog.example/", Origin("blog.example", 80, tls=False), b""),
        ("https://blog.example/in/", Origin("blog.example", 443, tls=True), b"/in"),
        ("http://[::1]:81", Origin("::1", 81, tls=False), b""),
    ],
)
def test_an_upstream_is_an_origin_and_a_path_below_it(url: str, origin: Origin, base: bytes) -> None:
    assert origin_of(url) == (origin, base)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate for localhost, signed by itself."""
    path = tmp_path / "localhost.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    more = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(path), "-out", f"{path}.crt"]
    try:
        subprocess.run([*command.split(), *more], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


@pytest.mark.parametrize("trusted", [False, True])
async def test_an_upstream_that_speaks_tls_must_be_who_it_says(
    trusted: bool, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    back.load_cert_chain(certificate)
    if trusted:
        context = ssl.create_default_context(cafile=certificate)
        monkeypatch.setattr(connection_room, "verifying_tls", lambda: context)
    async with stage() as play:
        server = await asyncio.start_server(play.connected, "127.0.0.1", 0, ssl=back)
        port = server.sockets[0].getsockname()[1]
        async with stage(upstream_url=f"https://localhost:{port}") as front:
            answers = [await front.exchange(CLOSING) for _ in range(2)]
        server.close()
        assert all(answer.endswith(b"ok") is trusted for answer in answers)
        assert len(play.heard) == (2 if trusted else 0)
        if not trusted:
            assert answers[0].startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
        else:
            assert play.connections == 1
