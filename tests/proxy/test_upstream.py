"""Asking the upstream something small."""

import asyncio
import socket

import pytest

from proxy.config import Site
from proxy.upstream import MAX_ANSWER_BYTES, Answer, Unanswered, Upstream, upstream_target
from tests.proxy.relay_stage import End, Stage, fields, stage


def _site(play: Stage, base: str = "") -> Site:
    return Site(public_url="https://blog.example:8443", upstream=f"http://127.0.0.1:{play.upstream_port}{base}")


def _client(play: Stage) -> Upstream:
    assert play.upstream is not None
    return play.upstream


async def test_an_upstream_is_asked_with_the_public_host() -> None:
    async with stage() as play:
        answer = await _client(play).ask(
            _site(play), "POST", "/xmlrpc.php?x", {"User-Agent": "x", "Host": "no"}, b"abc"
        )
        assert isinstance(answer, Answer)
        assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"ok", "2")
        assert play.heard[0].startswith(b"POST /xmlrpc.php?x HTTP/1.1\r\n")
        assert play.heard[0].endswith(b"\r\n\r\nabc")
        assert fields(play.heard[0]) == [
            b"User-Agent: x", b"Host: blog.example:8443", b"Accept-Encoding: identity", b"X-Forwarded-Proto: https",
            b"X-Forwarded-Host: blog.example:8443", b"Content-Length: 3",
        ]  # fmt: skip


async def test_nothing_that_is_asked_can_break_out_of_its_line() -> None:
    async with stage() as play:
        path = "/caf\xe9 x\r\nX-Evil: 1\r\n\r\n"
        await _client(play).ask(_site(play), "GET", path, {"User-Agent": "a\r\nX-Evil: 2", "X-\udce9": "\udcff"})
        assert play.heard[0].split(b"\r\n")[0] == b"GET /caf%C3%A9%20x%0D%0AX-Evil:%201%0D%0A%0D%0A HTTP/1.1"
        assert b"User-Agent: a  X-Evil: 2" in fields(play.heard[0])
        assert b"X-\xe9: \xff" in fields(play.heard[0])


async def test_a_redirect_is_an_answer() -> None:
    async with stage() as play:
        play.always(b"HTTP/1.1 301 Moved\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n")
        answer = await _client(play).ask(_site(play), "GET", "/?p=4", {})
        assert isinstance(answer, Answer)
        assert (answer.status, answer.headers["Location"], len(play.heard)) == (301, "/other", 1)


async def test_a_long_answer_is_read_in_part_and_its_connection_is_not_used_again() -> None:
    async with stage() as play:
        size = MAX_ANSWER_BYTES + 10_000_000
        play.always(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
        for _ in range(2):
            answer = await _client(play).ask(_site(play), "GET", "/", {})
            assert isinstance(answer, Answer)
            assert len(answer.body) == MAX_ANSWER_BYTES
        assert play.connections == 2


async def test_what_could_be_done_twice_goes_over_a_connection_of_its_own() -> None:
    async with stage() as play:
        for method, connections in (("GET", 1), ("GET", 1), ("POST", 2), ("POST", 3), ("GET", 3)):
            assert isinstance(await _client(play).ask(_site(play), method, "/", {}), Answer)
            assert play.connections == connections


async def test_a_chunked_answer_and_one_that_ends_with_the_connection_are_whole() -> None:
    async with stage() as play:

        async def script(upstream: End) -> None:
            await play.request(upstream)
            await upstream.say(b"HTTP/1.1 200 OK\r\n\r\nto the end")

        play.scripts = [script]
        answer = await _client(play).ask(_site(play), "GET", "/", {})
        assert isinstance(answer, Answer)
        assert answer.body == b"to the end"
        play.always(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
        answer = await _client(play).ask(_site(play), "GET", "/", {})
        assert isinstance(answer, Answer)
        assert answer.body == b"abc"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"", Unanswered("The site behind this proxy broke off its answer.", reached=True)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart", Unanswered("The site behind this proxy broke off its answer.", reached=True)),
        (b"no HTTP\r\n\r\n", Unanswered("The site behind this proxy gave an answer that is not HTTP.", reached=True)),
    ],
)  # fmt: skip
async def test_no_answer_is_a_value(said: bytes, expected: Unanswered) -> None:
    async with stage() as play:

        async def script(upstream: End) -> None:
            await play.request(upstream)
            await upstream.say(said)

        play.scripts = [script]
        assert await _client(play).ask(_site(play), "GET", "/", {}) == expected


async def test_who_is_slow_was_reached_but_not_in_time() -> None:
    async with stage() as play:

        async def script(upstream: End) -> None:
            await upstream.closed()

        play.scripts = [script]
        found = await _client(play).ask(_site(play), "GET", "/", {}, timeout_s=0.05)
        assert found == Unanswered("The site behind this proxy did not answer in time.", reached=True, in_time=False)
        assert not _client(play)._live


async def test_who_does_not_listen_was_not_reached() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        async with stage(upstream_url=f"http://127.0.0.1:{bound.getsockname()[1]}") as play:
            site = Site(upstream=f"http://127.0.0.1:{bound.getsockname()[1]}")
            found = await _client(play).ask(site, "POST", "/", {}, b"x")
            assert found == Unanswered("The site behind this proxy cannot be reached.", reached=False)


async def test_many_at_once_do_not_mix() -> None:
    async with stage() as play:

        async def script(upstream: End) -> None:
            while True:
                path = (await play.request(upstream)).split()[1]
                await upstream.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(path), path))

        play.scripts = [script]
        for _ in range(3):
            answers = await asyncio.gather(
                *(_client(play).ask(_site(play), "GET", f"/{number}", {}) for number in range(50))
            )
            assert [one.body for one in answers if isinstance(one, Answer)] == [b"/%d" % number for number in range(50)]
        assert play.connections <= 50


async def test_a_closed_client_says_so() -> None:
    async with stage() as play:
        with pytest.raises(RuntimeError, match="not open"):
            await Upstream(1).ask(_site(play), "GET", "/", {})


@pytest.mark.parametrize(
    ("base", "target", "asked"),
    [
        ("", b"//a/../b?c", b"//a/../b?c"),
        ("/in", b"/", b"/in/"),
        ("/in", b"/?x", b"/in/?x"),
        ("/in/", b"//x", b"/in//x"),
        ("/in", b"*", b"*"),
        ("/in", b"http://a", b"http://a/in"),
        ("/in", b"http://a/x", b"http://a/in/x"),
    ],
)
def test_a_target_goes_below_the_path_of_its_upstream(base: str, target: bytes, asked: bytes) -> None:
    assert upstream_target(Site(upstream=f"http://127.0.0.1:1{base}"), target) == asked
