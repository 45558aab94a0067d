"""Passwords at the XML-RPC door: who guesses too often is turned away before WordPress is asked."""

import asyncio
import gzip
import logging
from pathlib import Path
from xmlrpc.client import dumps

import pytest
from aiohttp import web

from proxy.wire.response import Fault, fault_response, member_fault, multicall_response, read_response, success_response
from tests.stage import LINKS, POST, XML, Got, Stage, on_stage
from tests.waiting import until

WRONG = fault_response(403, "Incorrect username or password.")
RIGHT = success_response("welcome")
HELLO = dumps((), "demo.sayHello").encode()


def log_in(password: str, method: str = "wp.getUsersBlogs") -> bytes:
    """A call that logs in."""
    return dumps(("me", password), method).encode()


def many(*passwords: str, ping: str = "") -> bytes:
    """A multicall that tries all these passwords, with a ping in front if its source is given."""
    calls = [{"methodName": "wp.getUsersBlogs", "params": ["me", word]} for word in passwords]
    if ping:
        calls.insert(0, {"methodName": "pingback.ping", "params": [ping, POST]})
    return dumps((calls,), "system.multicall").encode()


async def as_wordpress(got: Got) -> web.StreamResponse:
    """Take the password "right" alone, and count each wrong one as a fault, as WordPress does."""
    if b"system.multicall" in got.body:
        faults = [member_fault(403, "no")] * got.body.count(b"<value><string>wp.getUsersBlogs")
        return web.Response(body=multicall_response(faults), content_type="text/xml")
    return web.Response(body=RIGHT if b"right" in got.body else WRONG, content_type="text/xml")


async def call(stage: Stage, body: bytes, address: str = "192.0.2.1", **headers: str) -> int:
    """Send a call from *address* and return the status; WordPress answers as it does."""
    stage.wordpress.answers.append(as_wordpress)
    before = len(stage.wordpress.received)
    status, _ = await stage.post("/xmlrpc.php", body, XML | {"X-Forwarded-For": address} | headers)
    if len(stage.wordpress.received) == before:
        stage.wordpress.answers.pop()
    return status


def limit(failed: int) -> dict[str, int]:
    """So many failed log-ins in an hour."""
    return {"failed_logins_per_client_per_hour": failed}


async def test_over_the_limit_wordpress_is_not_asked_any_more(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with on_stage(tmp_path, limits=limit(3)) as stage:
        assert [await call(stage, log_in(f"guess {n}")) for n in range(5)] == [200, 200, 200, 429, 429]
        assert len(stage.wordpress.received) == 3
        # Not even with the right password, not with a call without one, and not with a ping.
        assert await call(stage, log_in("right")) == 429
        assert await call(stage, HELLO) == 429
        assert await call(stage, log_in("right"), "192.0.2.2") == 200
        headers = XML | {"Host": "blog.example", "X-Forwarded-For": "192.0.2.1"}
        async with stage.http.post(stage.address + "/xmlrpc.php", data=HELLO, headers=headers) as answer:
            assert int(answer.headers["Retry-After"]) > 0
        async with stage.http.get(stage.address + "/", headers=headers) as page:
            assert page.status == 200
    failed = [
        one.getMessage() for one in caplog.records if one.name == "pingwarden.login" and one.levelno > logging.INFO
    ]
    assert failed == ["failed log-in ip=192.0.2.1 site=blog"] * 3


async def test_a_multicall_full_of_guesses_never_arrives(tmp_path: Path) -> None:
    guesses = [f"guess {n}" for n in range(500)]
    async with on_stage(tmp_path, limits=limit(20)) as stage:
        assert await call(stage, many(*guesses)) == 429
        assert await call(stage, many(*guesses, ping="http://bread.example/a")) == 200  # over multicall_members
        assert stage.wordpress.received == []
        assert await stage.all_pings() == []
        assert await call(stage, many(*guesses[:20])) == 200
        assert await call(stage, many(*guesses[20:21])) == 429
        assert len(stage.wordpress.received) == 1


async def test_guesses_beside_a_ping_count_too(tmp_path: Path) -> None:
    async with on_stage(tmp_path, limits=limit(3)) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        source = stage.web.url("bread.example/a")
        assert await call(stage, many("a", "b", "c", ping=source)) == 200
        assert len(await stage.all_pings()) == 1
        assert await call(stage, HELLO) == 429


async def test_fifty_clients_at_once_get_no_further_than_the_limit(tmp_path: Path) -> None:
    async with on_stage(tmp_path, limits=limit(2)) as stage:
        stage.wordpress.answers = [as_wordpress] * 1000
        headers = [XML | {"X-Forwarded-For": f"198.51.100.{client}"} for client in range(50)]
        calls = [stage.post("/xmlrpc.php", log_in(f"guess {n}"), one) for n in range(6) for one in headers]
        statuses = [status for status, _ in await asyncio.gather(*calls)]
        assert statuses.count(200) == len(stage.wordpress.received) == 100
        assert {*statuses} <= {200, 429, 504}  # 504: on a machine so busy that no connection came about in time
        assert await call(stage, log_in("right"), "203.0.113.5") == 200


async def test_whoever_hangs_up_has_guessed_all_the_same(tmp_path: Path) -> None:
    async with on_stage(tmp_path, limits=limit(2)) as stage:
        silent = asyncio.Event()

        async def wait(_got: Got) -> web.StreamResponse:
            await silent.wait()
            return web.Response(body=WRONG)

        for number in range(2):
            stage.wordpress.answers.append(wait)
            hasty = asyncio.create_task(stage.post("/xmlrpc.php", log_in(f"guess {number}"), XML))
            await until(lambda here=number: _has(len(stage.wordpress.received) > here), "the guess at WordPress")
            hasty.cancel()
            await asyncio.gather(hasty, return_exceptions=True)

        async def refused() -> bool | None:
            return (await stage.post("/xmlrpc.php", HELLO, XML))[0] == 429 or None

        await until(refused, "the client is turned away")
        silent.set()


async def _has(truth: bool) -> bool | None:
    return truth or None


async def test_a_client_that_logs_in_rightly_is_never_slowed_down(tmp_path: Path) -> None:
    async with on_stage(tmp_path, limits=limit(1)) as stage:
        assert [await call(stage, log_in("right")) for _ in range(10)] == [200] * 10
        stage.wordpress.answers = [as_wordpress] * 30
        calls = [stage.post("/xmlrpc.php", log_in("right"), XML) for _ in range(30)]
        assert {status for status, _ in await asyncio.gather(*calls)} == {200}
        # What it may not do, WordPress tells it with the code of a wrong password.
        for _ in range(5):
            stage.wordpress.say(fault_response(403, "Sorry, you are not allowed to do that."))
            status, _ = await stage.post("/xmlrpc.php", log_in("right"), XML | {"X-Forwarded-For": "192.0.2.1"})
            assert status == 200


async def test_a_packed_answer_is_watched_and_no_other_packing_is_asked_for(tmp_path: Path) -> None:
    async with on_stage(tmp_path, limits=limit(1)) as stage:

        async def packed(_got: Got) -> web.StreamResponse:
            headers = {"Content-Encoding": "gzip", "Content-Type": "text/xml"}
            return web.Response(body=gzip.compress(WRONG), headers=headers)

        stage.wordpress.answers.append(packed)
        status, body = await stage.post("/xmlrpc.php", log_in("guess"), XML | {"Accept-Encoding": "br;q=1, gzip, zstd"})
        assert (status, body) == (200, WRONG)
        assert stage.wordpress.received[0].headers["Accept-Encoding"] == "gzip"
        assert (await stage.post("/xmlrpc.php", HELLO, XML))[0] == 429


async def test_a_site_that_observes_counts_and_refuses_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with on_stage(tmp_path, site={"mode": "observe"}, limits=limit(1)) as stage:
        assert [await call(stage, log_in(f"guess {n}")) for n in range(3)] == [200] * 3
        assert await call(stage, many("a", "b", ping="http://bread.example/a")) == 200
        assert len(stage.wordpress.received) == 4
    assert "failed log-in ip=192.0.2.1 site=blog" in caplog.text


async def test_an_answer_that_is_broken_off_blocks_nobody_for_ever(tmp_path: Path) -> None:
    async with on_stage(tmp_path, limits=limit(1)) as stage:
        stage.wordpress.say(b"<html>Service unavailable</html>", 503, "text/html")
        assert (await stage.post("/xmlrpc.php", log_in("guess"), XML))[0] == 503
        assert (await stage.post("/xmlrpc.php", HELLO, XML))[0] == 200


async def test_refused_methods_are_unknown_alone_and_among_others(tmp_path: Path) -> None:
    leak = "pingback.extensions.getPingbacks"
    async with on_stage(tmp_path, policy={"refused_methods": [leak]}) as stage:
        status, body = await stage.post("/xmlrpc.php", dumps((POST,), leak).encode(), XML)
        assert (status, read_response(body)) == (
            200,
            Fault(-32601, f"server error. requested method {leak} does not exist."),
        )
        assert stage.wordpress.received == []
        stage.wordpress.say(multicall_response([b"<array><data><value><string>hi</string></value></data></array>"]))
        calls = [{"methodName": leak, "params": [POST]}, {"methodName": "demo.sayHello", "params": []}]
        _, body = await stage.post("/xmlrpc.php", dumps((calls,), "system.multicall").encode(), XML)
        assert b"-32601" in body
        assert b"hi" in body
        assert leak.encode() not in stage.wordpress.received[0].body
