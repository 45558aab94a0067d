"""Trackbacks at every door, and forms that are none."""

import asyncio
import time
from pathlib import Path

import pytest

from proxy.ping import State
from proxy.wire.trackback import error_reply, ok_reply
from tests.stage import FORM, HOME, LINKS, NO_LINK, POST, on_stage

# How a trackback can name the post alpha (number 4), and where the approved one is delivered.
DOORS = [
    ("/2026/alpha/trackback/", ""),
    ("/2026/alpha/trackback", ""),
    ("/2026/alpha/%74rackback/?any=query", ""),
    ("/wp-trackback.php?p=4", ""),
    ("/wp-trackback.php/4", ""),
    ("/?p=4&tb=1", ""),
    ("/", "&tb=1&p=4"),
    ("/2026/alpha/", "&tb=1"),
    ("/2026/alpha/", "&+tb=0"),
    ("/2026/alpha/", "&tb[]=x"),
    ("/?tb=1&x=/4", ""),
    ("/author/admin/?tb=1&z=/4", ""),
]


@pytest.mark.parametrize(("path", "more"), DOORS)
async def test_every_door_is_judged_and_delivered_to_the_post_that_was_meant(
    tmp_path: Path, path: str, more: str
) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        body = f"url={stage.web.url('bread.example/a')}&title=T{more}".encode()
        assert await stage.post(path, body, FORM) == (200, ok_reply())
        (ping,) = await stage.settled(State.DELIVERED)
        assert ping.linkback.target_url == POST
        (got,) = stage.wordpress.pings
        assert got.path == "/2026/alpha/trackback/"
        assert b"tb" not in got.body
        assert b"charset" not in got.body


async def test_a_link_to_the_number_counts_as_one_to_the_permalink(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS.replace(POST, f"{HOME}/?p=4")
        await stage.trackback(stage.web.url("bread.example/a"))
        await stage.settled(State.DELIVERED)


@pytest.mark.parametrize(("path", "more"), DOORS)
async def test_a_page_without_the_link_is_refused_at_every_door(tmp_path: Path, path: str, more: str) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = NO_LINK
        body = f"url={stage.web.url('bread.example/a')}&title=T{more}".encode()
        refused = error_reply("The source URL does not contain a link to the target URL.")
        assert await stage.post(path, body, FORM) == (200, refused)
        assert stage.wordpress.pings == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (b"title=T", b"url"),
        (b"url=http://bread.example/a", b"title"),
        (b"url=http://bread.example/a&title=T&charset=BASE64", b"charset"),
        (b"url=http://bread.example/a&title[]=T", b"title"),
        (b"url=javascript:x&title=T", b"URL"),
        (b"url=http://bread.example/a&title=T&p=4&name=beta", b"more than one way"),
    ],
)
async def test_a_malformed_trackback_is_error_1_with_the_reason(tmp_path: Path, fields: bytes, sentence: bytes) -> None:
    async with on_stage(tmp_path) as stage:
        status, body = await stage.post("/2026/alpha/trackback/", fields, FORM)
        assert status == 200
        assert b"<error>1</error>" in body
        assert sentence in body
        assert stage.wordpress.pings == []


async def test_a_post_that_does_not_exist_takes_no_trackback(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        status, body = await stage.trackback(stage.web.url("bread.example/a"), "/wp-trackback.php?p=99")
        assert status == 200
        assert b"<error>1</error>" in body
        assert await stage.all_pings() == []


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/contact/", b"name=Anna&message=hello", FORM),
        ("/wp-login.php", b"log=a&tb=1", FORM),
        ("/2026/alpha/trackback/", b"url=x&title=y", {"Content-Type": "text/plain"}),
        ("/2026/alpha/", b"tb=&url=x&title=y", FORM),
        ("/2026/alpha/", b"\x00\xff&=%", {"Content-Type": ""}),
    ],
    ids=["a contact form", "the log-in", "no form to PHP", "an empty tb", "bytes without a type"],
)
async def test_what_wordpress_takes_for_no_trackback_goes_on_byte_for_byte(
    tmp_path: Path, path: str, body: bytes, headers: dict[str, str]
) -> None:
    async with on_stage(tmp_path) as stage:
        stage.wordpress.say(b"thanks", 200, "text/html")
        assert await stage.post(path, body, headers) == (200, b"thanks")
        assert stage.wordpress.received[0].body == body


async def test_two_content_types_could_be_read_in_two_ways_and_are_refused(tmp_path: Path) -> None:
    from multidict import CIMultiDict

    async with on_stage(tmp_path) as stage:
        headers = CIMultiDict([("Host", "blog.example"), ("Content-Type", "text/plain"), *FORM.items()])
        async with stage.http.post(stage.address + "/", data=b"tb=1", headers=headers) as answer:
            assert answer.status == 400
        assert stage.wordpress.received == []


AMBIGUOUS = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx--b\r\n--b--\r\n'


@pytest.mark.parametrize(("path", "status"), [("/contact/", 400), ("/2026/alpha/trackback/", 200)])
async def test_a_form_that_can_be_read_in_two_ways_is_refused(tmp_path: Path, path: str, status: int) -> None:
    async with on_stage(tmp_path) as stage:
        got = await stage.post(path, AMBIGUOUS, {"Content-Type": "multipart/form-data; boundary=b"})
        assert got[0] == status
        assert b"can be read in two ways" in got[1]
        assert stage.wordpress.received == []


@pytest.mark.parametrize("content_type", [None, "", " "])
async def test_a_body_without_a_type_is_read_as_a_form(tmp_path: Path, content_type: str | None) -> None:
    async with on_stage(tmp_path) as stage:
        head = b"POST /?tb=1&p=4 HTTP/1.1\r\nHost: blog.example\r\nConnection: close\r\n"
        if content_type is not None:
            head += f"Content-Type: {content_type}\r\n".encode()
        body = b"url=http://bread.example/a&title=T"
        reader, writer = await asyncio.open_connection("127.0.0.1", int(stage.address.rpartition(":")[2]))
        writer.write(head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        answer = await reader.read()
        writer.close()
        assert b"<response>" in answer
        assert stage.wordpress.pings == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/", b"tb=1&p=4&url=http://bread.example/a&title=T&" + b"a=1&" * 1000 + b"tb="),
        ("/?tb=1&p=4&" + "a=1&" * 1000 + "tb=", b"url=http://bread.example/a&title=T"),
        ("/index.php/2026/alpha/trackback/.", b"url=http://bread.example/a&title=T"),
        ("/index.php/2026/alpha/trackback/x/%2e%2e/", b"url=http://bread.example/a&title=T"),
    ],
    ids=["emptied after 1,000 variables", "the same in the query", "a dot behind it", "dot segments behind it"],
)
async def test_what_php_or_nginx_read_otherwise_than_it_looks_is_judged(tmp_path: Path, path: str, body: bytes) -> None:
    async with on_stage(tmp_path) as stage:
        assert (await stage.post(path, body, FORM))[1].startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<response>')
        assert stage.wordpress.pings == []


async def test_a_site_that_is_slow_to_name_its_post_does_not_keep_the_sender_waiting(tmp_path: Path) -> None:
    async with on_stage(tmp_path, answer_within_s=1) as stage:
        release = stage.wordpress.slow["/?p=4"] = asyncio.Event()
        stage.web.pages["bread.example/a"] = LINKS
        began = time.monotonic()
        status, body = await stage.trackback(stage.web.url("bread.example/a"), "/wp-trackback.php?p=4")
        assert time.monotonic() - began < 5
        assert (status, body) == (200, ok_reply())
        release.set()
        (ping,) = await stage.settled(State.DELIVERED)
        assert ping.linkback.target_url == f"{HOME}/?p=4"
        assert stage.wordpress.pings[0].path == "/?p=4&tb=1"


async def test_a_client_over_its_limit_has_nobody_asked_for_the_post(tmp_path: Path) -> None:
    limits = {"linkbacks_per_client_per_minute": 2}
    async with on_stage(tmp_path, limits=limits) as stage:
        source = stage.web.url("bread.example/a")
        told = [await stage.post(f"/?p={post}&tb=1", f"url={source}&title=T".encode(), FORM) for post in (97, 98)]
        assert {status for status, _ in told} == {200}
        asked = len(stage.wordpress.received)
        assert asked >= 2
        for post in range(4, 50):
            status, _ = await stage.post(f"/?p={post}&tb=1", f"url={source}&title=T".encode(), FORM)
            assert status == 429
        assert len(stage.wordpress.received) == asked


async def test_a_trackback_counts_once_for_its_client_and_once_for_its_post(tmp_path: Path) -> None:
    limits = {"linkbacks_per_client_per_minute": 4, "linkbacks_per_target_per_hour": 2}
    async with on_stage(tmp_path, limits=limits) as stage:
        source = stage.web.url("bread.example/a")
        ways = [
            "/2026/alpha/trackback/",
            "/?p=4&tb=1",
            "/wp-trackback.php?p=4",
            "/2026/beta/trackback/",
            "/2026/gamma/trackback/",
        ]
        told = [(await stage.post(path, f"url={source}{n}&title=T".encode(), FORM))[0] for n, path in enumerate(ways)]
        assert told == [200, 200, 429, 200, 429]
