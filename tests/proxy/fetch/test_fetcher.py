"""The fetcher against a small internet of real sockets on loopback."""

import asyncio
import gzip
import itertools
import time
from typing import Any

import pytest
from aiohttp import web

from proxy.fetch import Fetched, FetchFailed
from proxy.ping import Failure

words = str.split

BLOG = "https://blog.example/"


async def hello(request: web.Request) -> web.Response:
    return web.Response(text=f"hello {request.path_qs}", content_type="text/html")


async def test_a_page_is_fetched(internet: Any, open_fetcher: Any) -> None:
    """With everything that the evidence needs, and headers that say who asks."""
    server = await internet.serve(hello)
    internet.names["a.example"] = ["127.0.1.1"]
    page = await open_fetcher().fetch(server.url("A.example", "/x?y=1#z"), public_url=BLOG)
    assert page == Fetched(
        server.url("a.example", "/x?y=1"), 200, 0, "text/html; charset=utf-8", b"hello /x?y=1", False, "127.0.1.1"
    )
    assert server.headers == [
        {
            "Host": f"a.example:{server.port}",
            "User-Agent": "Pingwarden/0.1 (verifying a linkback; +https://blog.example/.well-known/pingwarden)",
            "Accept": "text/html,application/xhtml+xml,text/plain;q=0.8,*/*;q=0.5",
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        }
    ]


@pytest.mark.parametrize("url", ["", "x", "ftp://a.example/", "http://u:p@a.example/", "http://[::1]/", "http://a b/"])
async def test_what_is_no_url_is_never_fetched(open_fetcher: Any, url: str) -> None:
    """It is a value, with a sentence."""
    failed = await open_fetcher().fetch(url, public_url=BLOG)
    assert failed.failure is Failure.NOT_PUBLIC
    assert failed.sentence.startswith("The URL ")


@pytest.mark.parametrize(
    ("status", "failure"),
    [(404, Failure.GONE), (403, Failure.FORBIDDEN), (500, Failure.SERVER_ERROR), (204, Failure.OTHER_STATUS)],
)
async def test_an_answer_that_is_no_page(internet: Any, open_fetcher: Any, status: int, failure: Failure) -> None:
    """The table of statuses is tested beside `failed_status`."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status)

    server = await internet.serve(answer)
    internet.names["a.example"] = ["127.0.1.1"]
    failed = await open_fetcher().fetch(server.url("a.example"), public_url=BLOG)
    assert (failed.failure, failed.status, failed.url) == (failure, status, server.url("a.example"))


async def test_a_host_that_says_retry_after_is_left_alone(internet: Any, open_fetcher: Any, clock: Any) -> None:
    """Until then nobody asks it, for whatever page."""

    async def busy(request: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": "300"})

    server = await internet.serve(busy)
    internet.names |= {"a.example": ["127.0.1.1"], "b.example": ["127.0.1.1"]}
    fetcher = open_fetcher()
    first = await fetcher.fetch(server.url("a.example", "/1"), public_url=BLOG)
    assert (first.failure, first.retry_after_s) == (Failure.FORBIDDEN, 300.0)
    clock.time += 100
    second = await fetcher.fetch(server.url("a.example", "/2"), public_url=BLOG)
    assert (second.failure, second.retry_after_s) == (Failure.OVER_BUDGET, 200.0)
    await fetcher.fetch(server.url("b.example", "/3"), public_url=BLOG)
    clock.time += 200
    await fetcher.fetch(server.url("a.example", "/4"), public_url=BLOG)
    assert server.hits == ["/1", "/3", "/4"]


def redirecting(target: str, status: int = 302) -> Any:
    async def redirect(request: web.Request) -> web.Response:
        number = int(request.path.strip("/") or 0)
        if "{" not in target:
            location = target
        elif number == 0:
            return web.Response(text="arrived")
        else:
            location = target.format(number - 1)
        return web.Response(status=status, headers={"Location": location, "Set-Cookie": "a=b"})

    return redirect


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed_to_their_end(internet: Any, open_fetcher: Any, status: int) -> None:
    """Each with a connection of its own, and without the cookies that were set on the way."""
    server = await internet.serve(redirecting("/{}", status))
    internet.names["a.example"] = ["127.0.1.1"]
    page = await open_fetcher().fetch(server.url("a.example", "/5"), public_url=BLOG)
    assert (page.url, page.redirects, page.body) == (server.url("a.example", "/0"), 5, b"arrived")
    assert server.hits == ["/5", "/4", "/3", "/2", "/1", "/0"]
    assert not any("Cookie" in headers or "Referer" in headers for headers in server.headers)
    assert {headers["User-Agent"][:10] for headers in server.headers} == {"Pingwarden"}


async def test_too_many_redirects_are_not_followed(internet: Any, open_fetcher: Any) -> None:
    """The sixth is not asked."""
    server = await internet.serve(redirecting("/{}"))
    internet.names["a.example"] = ["127.0.1.1"]
    failed = await open_fetcher().fetch(server.url("a.example", "/9"), public_url=BLOG)
    assert (failed.failure, failed.redirects, failed.status) == (Failure.REDIRECTS, 5, 302)
    assert len(server.hits) == 6


async def test_a_circle_of_redirects_ends(internet: Any, open_fetcher: Any) -> None:
    """A page is asked once on one journey."""
    server = await internet.serve(redirecting("/7"))
    internet.names["a.example"] = ["127.0.1.1"]
    failed = await open_fetcher().fetch(server.url("a.example", "/1"), public_url=BLOG)
    assert failed.failure is Failure.REDIRECTS
    assert server.hits == ["/1", "/7"]


INSIDE = words(
    """
http://127.0.0.1:{port}/ http://localhost:{port}/ http://LOCALHOST.:{port}/ http://127.0.0.1.:{port}/ //127.0.0.1:{port}/
http://2130706433:{port}/ http://0x7f000001:{port}/ http://0x7f.0.0.1:{port}/ http://0177.0.0.1:{port}/ http://127.1:{port}/
http://017700000001:{port}/ http://127.0.1:{port}/ http://0:{port}/ http://0.0.0.0:{port}/ http://inside.example:{port}/
http://mixed.example:{port}/ http://mapped.example:{port}/ http://six.example:{port}/ http://any.example:{port}/
http://[::1]:{port}/ http://[::ffff:127.0.0.1]:{port}/ http://[::]:{port}/ http://user@127.0.0.1:{port}/
http://１２７.0.0.1:{port}/ http://ⓛocalhost:{port}/ http://127。0。0。1:{port}/ https://127.0.0.1:{port}/
"""
)


@pytest.mark.parametrize("location", INSIDE)
async def test_a_redirect_never_leads_inside(internet: Any, open_fetcher: Any, location: str) -> None:
    """Every hop is checked like the first, in every spelling; the server inside hears nothing."""
    secret = await internet.serve(hello, address="127.0.0.1")
    server = await internet.serve(redirecting(location.format(port=secret.port)))
    internet.names |= {"a.example": ["127.0.1.1"], "localhost": ["127.0.0.1", "::1"], "inside.example": ["127.0.0.1"]}
    internet.names |= {"mixed.example": ["127.0.1.1", "127.0.0.1"], "mapped.example": ["::ffff:127.0.0.1"]}
    internet.names |= {"six.example": ["::1"], "any.example": ["0.0.0.0"]}
    fetcher = open_fetcher()
    failed = await fetcher.fetch(server.url("a.example", "/1"), public_url=BLOG)
    assert failed.failure is Failure.NOT_PUBLIC
    assert (len(server.hits), secret.hits) == (1, [])
    direct = location.format(port=secret.port)
    if not direct.startswith("//"):
        assert (await fetcher.fetch(direct, public_url=BLOG)).failure is Failure.NOT_PUBLIC
        assert secret.hits == []


async def test_a_chain_into_the_inside_stops_at_its_last_step(internet: Any, open_fetcher: Any) -> None:
    """Through three hosts that may be asked to one that may not."""
    secret = await internet.serve(hello, address="127.0.0.1")
    third = await internet.serve(redirecting(secret.url("inside.example")), address="127.0.1.3")
    second = await internet.serve(redirecting(third.url("c.example")), address="127.0.1.2")
    first = await internet.serve(redirecting(second.url("b.example")), address="127.0.1.1")
    internet.names |= {"a.example": ["127.0.1.1"], "b.example": ["127.0.1.2"], "c.example": ["127.0.1.3"]}
    internet.names["inside.example"] = ["127.0.0.1"]
    failed = await open_fetcher().fetch(first.url("a.example"), public_url=BLOG)
    assert (failed.failure, failed.redirects) == (Failure.NOT_PUBLIC, 3)
    assert failed.url == secret.url("inside.example")
    assert secret.hits == []


async def test_a_name_that_changes_between_look_ups_gains_nothing(internet: Any, open_fetcher: Any) -> None:
    """A fetch looks a name up once and connects to that answer; the next fetch looks again."""
    secret = await internet.serve(hello, address="127.0.0.1")
    server = await internet.serve(hello, address="127.0.1.1", port=secret.port)
    answers = itertools.cycle([["127.0.1.1"], ["127.0.0.1"]])
    internet.names["rebind.example"] = lambda: next(answers)
    fetcher = open_fetcher()
    outcomes = [await fetcher.fetch(server.url("rebind.example", f"/{n}"), public_url=BLOG) for n in range(10)]
    assert [isinstance(outcome, Fetched) for outcome in outcomes] == [True, False] * 5
    assert (len(server.hits), secret.hits) == (5, [])
    assert len(internet.looked_up) == 10


async def test_ourselves_we_do_not_ask(internet: Any, open_fetcher: Any) -> None:
    """Not by any name, nor by a redirect, even where the network is allowed."""
    admin = await internet.serve(hello, address="127.0.1.9")
    server = await internet.serve(redirecting(admin.url("friend.example")))
    internet.names |= {"a.example": ["127.0.1.1"], "friend.example": ["127.0.1.9"]}
    fetcher = open_fetcher([("127.0.1.9", admin.port)])
    for url in (admin.url("friend.example"), admin.url("127.0.1.9"), server.url("a.example")):
        assert (await fetcher.fetch(url, public_url=BLOG)).failure is Failure.NOT_PUBLIC
    assert admin.hits == []


async def test_a_listener_that_comes_later_is_refused_too(internet: Any, open_fetcher: Any) -> None:
    """A port that the system chose is known only then."""
    server = await internet.serve(hello)
    internet.names["a.example"] = ["127.0.1.1"]
    fetcher = open_fetcher()
    assert isinstance(await fetcher.fetch(server.url("a.example"), public_url=BLOG), Fetched)
    fetcher.refuse("127.0.1.1", server.port)
    assert (await fetcher.fetch(server.url("a.example", "/2"), public_url=BLOG)).failure is Failure.NOT_PUBLIC
    assert len(server.hits) == 1


async def test_the_next_address_is_tried_when_nobody_listens(internet: Any, open_fetcher: Any) -> None:
    """And the one that answered is reported; when none does, the source is unreachable."""
    server = await internet.serve(hello, address="127.0.1.2")
    internet.names |= {"a.example": ["127.0.1.1", "127.0.1.2"], "b.example": ["127.0.1.1"]}
    fetcher = open_fetcher()
    assert (await fetcher.fetch(server.url("a.example"), public_url=BLOG)).address == "127.0.1.2"
    assert (await fetcher.fetch(server.url("b.example"), public_url=BLOG)).failure is Failure.UNREACHABLE


DRIPS = {
    "nothing": (b"", b""),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "body": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("kind", DRIPS)
async def test_a_slow_drip_ends_with_the_time_limit(internet: Any, open_fetcher: Any, kind: str) -> None:
    """However busy it looks, and the connection is closed."""
    closed = asyncio.Event()
    head, drop = DRIPS[kind]

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        listening = asyncio.create_task(reader.read())
        while not listening.done():
            writer.write(drop)
            await asyncio.wait({listening}, timeout=0.02)
        closed.set()

    server = await internet.serve_raw(drip)
    internet.names["a.example"] = ["127.0.1.1"]
    started = time.monotonic()
    failed = await open_fetcher(timeout_s=0.4).fetch(server.url("a.example"), public_url=BLOG)
    assert failed.failure is Failure.TIMEOUT
    assert 0.3 < time.monotonic() - started < 4
    async with asyncio.timeout(4):
        await closed.wait()


async def test_a_long_page_is_cut_and_a_bomb_does_not_go_off(internet: Any, open_fetcher: Any) -> None:
    """The start of a page is evidence too."""
    bomb = gzip.compress(bytes(50_000_000))

    async def big(request: web.Request) -> web.StreamResponse:
        if request.path == "/bomb":
            return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 10_000)

    server = await internet.serve(big)
    internet.names["a.example"] = ["127.0.1.1"]
    fetcher = open_fetcher(max_bytes=100_000)
    for path in ("/bomb", "/endless"):
        page = await fetcher.fetch(server.url("a.example", path), public_url=BLOG)
        assert (len(page.body), page.truncated) == (100_000, True)


async def test_a_page_is_not_asked_for_again_within_a_minute(internet: Any, open_fetcher: Any, clock: Any) -> None:
    """Then with a question, which a 304 answers; the peer that was asked is told."""
    version = 1

    async def versioned(request: web.Request) -> web.Response:
        tag = f'"{version}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304)
        return web.Response(text=f"version {version}", headers={"ETag": tag})

    server = await internet.serve(versioned)
    internet.names["a.example"] = ["127.0.1.1"]
    fetcher = open_fetcher()
    seen = []
    for step, new_version in ((0, 1), (59, 1), (2, 1), (30, 2), (31, 2), (10, 2)):
        clock.time += step
        version = new_version
        page = await fetcher.fetch(server.url("a.example"), public_url=BLOG)
        seen.append((page.status, page.body, page.from_cache, len(server.hits)))
    assert seen == [
        (200, b"version 1", False, 1),
        (200, b"version 1", True, 1),
        (200, b"version 1", True, 2),
        (200, b"version 1", True, 2),
        (200, b"version 2", False, 3),
        (200, b"version 2", True, 3),
    ]


async def test_no_store_is_honoured_after_the_minute(internet: Any, open_fetcher: Any, clock: Any) -> None:
    """Nothing is kept, so nothing can be asked about."""

    async def private(request: web.Request) -> web.Response:
        return web.Response(text="x", headers={"ETag": '"1"', "Cache-Control": "no-store"})

    server = await internet.serve(private)
    internet.names["a.example"] = ["127.0.1.1"]
    fetcher = open_fetcher()
    for step in (0, 30, 31):
        clock.time += step
        await fetcher.fetch(server.url("a.example"), public_url=BLOG)
    assert len(server.hits) == 2
    assert not any("If-None-Match" in headers for headers in server.headers)


async def test_a_304_that_nobody_asked_for_is_no_page(internet: Any, open_fetcher: Any) -> None:
    """There is nothing that it could confirm."""

    async def not_modified(request: web.Request) -> web.Response:
        return web.Response(status=304)

    server = await internet.serve(not_modified)
    internet.names["a.example"] = ["127.0.1.1"]
    failed = await open_fetcher().fetch(server.url("a.example"), public_url=BLOG)
    assert (failed.failure, failed.status) == (Failure.OTHER_STATUS, 304)


async def test_a_redirected_page_is_kept_under_both_names(internet: Any, open_fetcher: Any, clock: Any) -> None:
    """Within the minute no name of it is asked; later the redirect is walked again and its end is asked about."""

    async def moved(request: web.Request) -> web.Response:
        if request.path != "/end":
            return web.Response(status=301, headers={"Location": "/end", "ETag": '"wrong"'})
        known = request.headers.get("If-None-Match") == '"1"'
        return web.Response(status=304) if known else web.Response(text="end", headers={"ETag": '"1"'})

    server = await internet.serve(moved)
    internet.names["a.example"] = ["127.0.1.1"]
    fetcher = open_fetcher()
    first = await fetcher.fetch(server.url("a.example", "/start"), public_url=BLOG)
    again = await fetcher.fetch(server.url("a.example", "/start"), public_url=BLOG)
    end = await fetcher.fetch(server.url("a.example", "/end"), public_url=BLOG)
    assert [(p.redirects, p.from_cache) for p in (first, again, end)] == [(1, False), (1, True), (0, True)]
    assert server.hits == ["/start", "/end"]
    other = await fetcher.fetch(server.url("a.example", "/other"), public_url=BLOG)
    assert (other.redirects, other.from_cache, other.body) == (1, True, b"end")
    assert server.hits == ["/start", "/end", "/other"]
    clock.time += 66
    later = await fetcher.fetch(server.url("a.example", "/start"), public_url=BLOG)
    assert (later.redirects, later.from_cache, later.body) == (1, True, b"end")
    assert server.hits == ["/start", "/end", "/other", "/start", "/end"]
    assert "If-None-Match" not in server.headers[3]


async def test_the_same_url_at_the_same_time_is_one_fetch(internet: Any, open_fetcher: Any) -> None:
    """Also when the first who asked goes away."""
    go_on = asyncio.Event()

    async def slow(request: web.Request) -> web.Response:
        await go_on.wait()
        return web.Response(text="x")

    server = await internet.serve(slow)
    internet.names["a.example"] = ["127.0.1.1"]
    fetcher = open_fetcher()
    url = server.url("a.example")
    asking = [asyncio.create_task(fetcher.fetch(url + "#" * n, public_url=BLOG)) for n in range(2) for _ in range(50)]
    await server.was_asked.wait()
    asking[0].cancel()
    go_on.set()
    pages = await asyncio.gather(*asking[1:])
    assert {page.body for page in pages} == {b"x"}
    assert len(server.hits) == 1


async def test_closing_ends_what_is_under_way(internet: Any, open_fetcher: Any) -> None:
    """Whoever waits is told, and nothing stays behind."""

    async def never(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    server = await internet.serve(never)
    internet.names["a.example"] = ["127.0.1.1"]
    fetcher = open_fetcher()
    asking = [asyncio.create_task(fetcher.fetch(server.url("a.example", f"/{n}"), public_url=BLOG)) for n in range(5)]
    await server.was_asked.wait()
    await fetcher.__aexit__(None, None, None)
    assert {failed.failure for failed in await asyncio.gather(*asking)} == {Failure.OVER_BUDGET}
    assert fetcher._flights == {}


async def test_addresses_of_a_host_are_looked_up_for_comparison(internet: Any, open_fetcher: Any, clock: Any) -> None:
    """They need not be public, are known for a minute, and a literal is its own answer."""
    internet.names["a.example"] = ["10.0.0.1", "2606:4700::1"]
    fetcher = open_fetcher()
    for _ in range(5):
        assert await fetcher.resolves_to("A.example") == {"10.0.0.1", "2606:4700::1"}
    assert internet.looked_up == ["a.example"]
    assert await fetcher.resolves_to("nowhere.example") == frozenset()
    assert await fetcher.resolves_to("192.0.2.1") == {"192.0.2.1"}


async def test_a_dead_name_server_does_not_hang_us(internet: Any, open_fetcher: Any) -> None:
    """The caller is told in time, and other names still resolve."""
    server = await internet.serve(hello)
    internet.names["good.example"] = ["127.0.1.1"]
    resolve = internet.resolve

    async def sometimes(host: str) -> Any:
        if host.startswith("dead"):
            await asyncio.Event().wait()
        return await resolve(host)

    internet.resolve = sometimes
    fetcher = open_fetcher(timeout_s=0.3)
    dead = [asyncio.create_task(fetcher.fetch(f"http://dead{n}.example/", public_url=BLOG)) for n in range(100)]
    await asyncio.sleep(0.05)
    assert isinstance(await fetcher.fetch(server.url("good.example"), public_url=BLOG), Fetched)
    assert {failed.failure for failed in await asyncio.gather(*dead)} == {Failure.TIMEOUT}
    assert await fetcher.resolves_to("dead.example") == frozenset()


async def test_a_refresh_header_is_told_and_not_followed(internet: Any, open_fetcher: Any) -> None:
    """What it means is for the one who judges the page."""

    async def refresh(request: web.Request) -> web.Response:
        return web.Response(text="x", headers={"Refresh": "0; url=http://127.0.0.1/"})

    server = await internet.serve(refresh)
    internet.names["a.example"] = ["127.0.1.1"]
    page = await open_fetcher().fetch(server.url("a.example"), public_url=BLOG)
    assert (page.refresh, page.redirects, len(server.hits)) == ("0; url=http://127.0.0.1/", 0, 1)


def test_failures_and_pages_are_values() -> None:
    """They can be compared and kept."""
    assert FetchFailed(Failure.GONE, "x") == FetchFailed(Failure.GONE, "x")
