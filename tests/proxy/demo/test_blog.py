"""The demo's stand-in for WordPress, asked over a real socket."""

from collections.abc import AsyncIterator
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio

from proxy.demo.blog import POSTS, Blog
from proxy.wire.response import Fault, Success, read_response
from proxy.wire.trackback import error_reply, ok_reply
from proxy.wire.xmlrpc import build_ping
from tests.stage import FORM, XML, serving

HOME = "http://blog.example"
RYE = f"{HOME}/2026/rye/"
SOURCE = "http://a.example/x?y=1&z=2"
Asked = tuple[Blog, aiohttp.ClientSession]


@pytest_asyncio.fixture
async def asked() -> AsyncIterator[Asked]:
    """The blog, and a client that asks it."""
    blog = Blog(HOME)
    async with serving(blog.handle) as port, aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
        yield blog, http


@pytest.mark.parametrize(("path", "number"), [(path, number) for number, path in enumerate(POSTS, start=1)])
async def test_a_post_says_where_pings_go_and_which_number_it_has(asked: Asked, path: str, number: int) -> None:
    async with asked[1].get(path) as answer:
        assert answer.status == 200
        assert answer.headers["X-Pingback"] == f"{HOME}/xmlrpc.php"
        assert answer.headers["Link"] == f"<{HOME}/?p={number}>; rel=shortlink"
        assert POSTS[path][0] in await answer.text()


async def test_what_is_no_post_is_not_there(asked: Asked) -> None:
    async with asked[1].get("/2026/") as answer:
        assert answer.status == 404


async def test_a_pingback_is_stored(asked: Asked) -> None:
    blog, http = asked
    async with http.post("/xmlrpc.php", data=build_ping(SOURCE, RYE), headers=XML) as answer:
        assert isinstance(read_response(await answer.read()), Success)
    assert blog.stored == [(SOURCE, RYE)]


@pytest.mark.parametrize(("method", "expected"), [("demo.sayHello", Success("Hello!")), ("wp.getPosts", -32601)])
async def test_other_calls_store_nothing(asked: Asked, method: str, expected: Success | int) -> None:
    blog, http = asked
    call = f"<methodCall><methodName>{method}</methodName><params/></methodCall>"
    async with http.post("/xmlrpc.php", data=call.encode(), headers=XML) as answer:
        said = read_response(await answer.read())
    assert (said.code if isinstance(said, Fault) else said) == expected
    assert blog.stored == []


@pytest.mark.parametrize(
    ("path", "expected", "stored"),
    [
        ("/2026/rye/trackback/", ok_reply(), [(SOURCE, "/2026/rye/")]),
        ("/2026/nothing/trackback/", error_reply("no such post"), []),
    ],
)
async def test_a_trackback_is_stored_where_there_is_a_post(
    asked: Asked, path: str, expected: bytes, stored: list[tuple[str, str]]
) -> None:
    blog, http = asked
    async with http.post(path, data=urlencode({"url": SOURCE, "title": "T"}).encode(), headers=FORM) as answer:
        assert await answer.read() == expected
    assert blog.stored == stored
