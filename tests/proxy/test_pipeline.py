"""The whole way of a ping, from the door to WordPress and back."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import Connection, func, insert, select, update

from proxy.clock import now, steady_zero, to_us
from proxy.errors import IllegalMove
from proxy.ping import Kind, Label, Linkback, Sender, State
from proxy.store import arrivals, pings, queue
from proxy.store.arrivals import Arrival, SeenBefore
from proxy.store.schema import paces
from proxy.store.schema import pings as ping_rows
from proxy.wire.response import Fault, Success, fault_response, read_response
from proxy.wire.xmlrpc import build_ping
from tests.stage import FORM, HOME, LINKS, NO_LINK, POST, XML, Got, on_stage
from tests.waiting import until


def said(body: bytes) -> tuple[int, str] | str:
    """Return an answer as (fault code, text), or the text of success."""
    match read_response(body):
        case Fault(code, text):
            return code, text
        case Success(text):
            return text or ""
    return "no XML-RPC"


async def test_a_linking_page_is_delivered_and_its_sender_gets_wordpress_s_answer(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        source = stage.web.url("bread.example/a")
        assert said(await stage.pingback(source)) == "Pingback registered. Keep the web talking! :-)"
        (ping,) = await stage.settled(State.DELIVERED)
        assert [event.what for event in ping.events] == ["received", "approved", "delivered"]
        assert ping.linkback.title == "A page"
        assert "Alpha" in ping.linkback.excerpt
        (got,) = stage.wordpress.pings
        assert got.path == "/xmlrpc.php"
        assert source.encode() in got.body
        assert POST.encode() in got.body


async def test_a_delivery_carries_the_sender_s_agent_and_its_address_last(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        headers = FORM | {"User-Agent": "Some blog", "X-Forwarded-For": "10.9.9.9, 203.0.113.7"}
        form = f"url={stage.web.url('bread.example/a')}&title=T".encode()
        await stage.post("/2026/alpha/trackback/", form, headers)
        await stage.settled(State.DELIVERED)
        (got,) = stage.wordpress.pings
        assert got.headers["User-Agent"] == "Some blog"
        assert got.headers["X-Forwarded-For"].split(", ")[-1] == "203.0.113.7"
        assert got.headers["Host"] == "blog.example"


async def test_a_page_without_the_link_is_refused_with_17_and_never_reaches_wordpress(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = NO_LINK
        answer = said(await stage.pingback(stage.web.url("bread.example/a")))
        assert answer == (17, "The source URL does not contain a link to the target URL.")
        await stage.settled(State.REJECTED)
        assert stage.wordpress.pings == []


async def test_a_missing_page_is_refused_with_16(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        answer = said(await stage.pingback(stage.web.url("bread.example/gone")))
        assert answer == (16, "The source URL does not exist.")


async def test_a_target_on_another_host_is_refused_with_33_and_nothing_is_fetched(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        answer = said(await stage.pingback(stage.web.url("bread.example/a"), "http://other.example/2026/alpha/"))
        assert answer == (33, "The target URL cannot be used as a target. It does not exist or takes no linkbacks.")
        assert await stage.all_pings() == []
        assert stage.web.asked == []


@pytest.mark.parametrize(
    ("policy", "state", "fetched"),
    [
        ("reject", State.REJECTED, False),
        ("hold", State.HELD, True),
        ("approve-if-linked", State.DELIVERED, True),
        ("pass", State.DELIVERED, False),
    ],
)
async def test_a_self_ping_is_judged_by_the_policy_and_read_from_the_upstream(
    tmp_path: Path, policy: str, state: State, fetched: bool
) -> None:
    async with on_stage(tmp_path, policy={"self_pings": policy}) as stage:
        await stage.pingback(f"{HOME}/2026/gamma/", f"{HOME}/2026/beta/")
        await stage.settled(state)
        reads = [got for got in stage.wordpress.received if got.method == "GET"]
        assert [got.path for got in reads] == (["/2026/gamma/"] if fetched else [])
        assert stage.web.asked == []


# WordPress 7.1 publishes a ping at once whose source is on its host and has a post's number behind a "?" (facts-newer §2.1).
OWN_HOST_BUT_NOT_OURS = [
    "http://blog.example:8080/anything?p=5",
    "http://blog.example/wp-content/uploads/x.html?p=5",
    "http://blog.example/other/page?p=5",
    "http://blog.example:8080/x?p=5abc",
    "http://www.blog.example/x?page_id=5",
    "HTTP://BLOG.example/x?attachment_id=05",
    "https://blog.example/?p=5",
]


@pytest.mark.parametrize("source", OWN_HOST_BUT_NOT_OURS)
async def test_what_only_shares_the_host_is_never_approved_unseen(tmp_path: Path, source: str) -> None:
    async with on_stage(tmp_path, policy={"self_pings": "pass"}) as stage:
        await stage.pingback(source, f"{HOME}/2026/beta/")
        await until(lambda: _judged(stage), "a verdict")
        (ping,) = await stage.all_pings()
        assert ping.state in {State.HELD, State.REJECTED}
        assert stage.wordpress.pings == []


async def _judged(stage: Any) -> bool:
    return all(ping.verdict for ping in await stage.all_pings())


async def test_a_fragment_takes_no_part_in_judging_or_delivering(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        await stage.pingback(stage.web.url("bread.example/a") + "#?p=5")
        (ping,) = await stage.settled(State.DELIVERED)
        assert ping.linkback.source_url == stage.web.url("bread.example/a")
        assert b"p=5" not in stage.wordpress.pings[0].body


async def test_seen_before_is_48_while_it_stands_and_49_once_a_person_rejected_it(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        source = stage.web.url("bread.example/a")
        await stage.pingback(source)
        assert said(await stage.pingback(source))[0] == 48
        assert (await stage.trackback(source))[1].endswith(
            b"<error>1</error>\n<message>The linkback has already been registered.</message>\n</response>"
        )
        async with stage.http.post(
            f"{stage.admin}/api/v1/pings/{(await stage.all_pings())[0].id}/reject",
            headers={"Authorization": "Bearer secret"},
        ) as answer:
            assert answer.status == 409  # it is delivered: the states do not allow that


async def test_after_a_person_s_rejection_the_answer_is_49_without_a_fetch(tmp_path: Path) -> None:
    async with on_stage(tmp_path, policy={"self_pings": "hold"}) as stage:
        source = f"{HOME}/2026/gamma/"
        await stage.pingback(source, f"{HOME}/2026/beta/")
        (ping,) = await stage.settled(State.HELD)
        await stage.proxy.pipeline.reject(ping.id, "anna", Label.SPAM)
        stage.wordpress.received.clear()
        assert said(await stage.pingback(source, f"{HOME}/2026/beta/"))[0] == 49
        assert stage.wordpress.received == []


async def test_what_we_rejected_is_answered_alike_for_an_hour_then_judged_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = NO_LINK
        source = stage.web.url("bread.example/a")
        first = await stage.pingback(source)
        assert await stage.pingback(source) == first
        assert len(await stage.all_pings()) == 1
        monkeypatch.setattr("proxy.store.arrivals.JUDGED_ANEW_AFTER", timedelta(0))
        await stage.pingback(source)
        assert len(await stage.all_pings()) == 2


async def test_a_deleted_ping_was_never_seen(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        source = stage.web.url("bread.example/a")
        await stage.pingback(source)
        (ping,) = await stage.settled(State.DELIVERED)
        await stage.proxy.database.write(pings.remove, ping.id)
        assert isinstance(said(await stage.pingback(source)), str)


async def test_a_slow_source_does_not_keep_the_sender_waiting(tmp_path: Path) -> None:
    release = asyncio.Event()

    async def slow(_got: Got) -> web.StreamResponse:
        await release.wait()
        return web.Response(text=LINKS, content_type="text/html")

    async with on_stage(tmp_path, answer_within_s=1) as stage:
        stage.web.pages["slow.example/a"] = slow
        source = stage.web.url("slow.example/a")
        began = time.monotonic()
        assert (
            said(await stage.pingback(source)) == f"Pingback from {source} to {POST} registered. It awaits moderation."
        )
        assert time.monotonic() - began < 5
        assert (await stage.trackback(stage.web.url("slow.example/a") + "?2"))[1].endswith(
            b"<error>0</error>\n</response>"
        )
        release.set()
        await until(lambda: _delivered(stage, 1), "the first to be delivered")


async def _delivered(stage: Any, count: int) -> bool:
    return sum(ping.state is State.DELIVERED for ping in await stage.all_pings()) >= count


async def test_a_sender_that_hangs_up_changes_nothing(tmp_path: Path) -> None:
    asked, release = asyncio.Event(), asyncio.Event()

    async def slow(_got: Got) -> web.StreamResponse:
        asked.set()
        await release.wait()
        return web.Response(text=LINKS, content_type="text/html")

    async with on_stage(tmp_path) as stage:
        stage.web.pages["slow.example/a"] = slow
        sending = asyncio.create_task(stage.pingback(stage.web.url("slow.example/a")))
        await asked.wait()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        release.set()
        await stage.settled(State.DELIVERED)


async def test_an_unreadable_source_is_held_and_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status = 503

    async def flaky(_got: Got) -> web.StreamResponse:
        return web.Response(status=status, text=LINKS, content_type="text/html")

    monkeypatch.setattr("proxy.pipeline.CHECK_AGAIN", (timedelta(0),) * 5)
    async with on_stage(tmp_path) as stage:
        stage.web.pages["flaky.example/a"] = flaky
        answer = said(await stage.pingback(stage.web.url("flaky.example/a")))
        assert isinstance(answer, str)
        assert "awaits moderation" in answer
        status = 200
        (ping,) = await stage.settled(State.DELIVERED)
        assert ping.checks >= 2
        assert "held" in [event.what for event in ping.events]


async def test_in_a_flood_what_is_recorded_waits_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many are judged or wait for it in memory; the others are registered and taken up later."""
    monkeypatch.setattr("proxy.pipeline._MAX_WAITING", 1)
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_got: Got) -> web.StreamResponse:
        asked.set()
        await go_on.wait()
        return web.Response(text=LINKS, content_type="text/html")

    async with on_stage(tmp_path) as stage:
        stage.web.pages |= {"slow.example/a": slow, "bread.example/b": LINKS}
        first = asyncio.create_task(stage.pingback(stage.web.url("slow.example/a")))
        await asked.wait()
        answer = said(await stage.pingback(stage.web.url("bread.example/b")))
        assert isinstance(answer, str)
        assert "awaits moderation" in answer
        linkback = Linkback(Kind.PINGBACK, stage.web.url("bread.example/c"), POST)
        await stage.proxy.pipeline.observe(stage.proxy.config.sites[0], linkback, Sender("127.0.0.1"), "/xmlrpc.php")
        assert len(stage.proxy.pipeline._at_work) == 1
        go_on.set()
        await first
        late = update(ping_rows).where(ping_rows.c.state == State.RECEIVED).values(next_check_at=to_us(now()))
        await stage.proxy.database.write(lambda connection: connection.execute(late))
        await stage.settled(State.DELIVERED, State.DELIVERED, State.OBSERVED)


@pytest.mark.parametrize(("busy", "left"), [(0, 0), (50, 6), (200, 16)])
async def test_what_waits_is_taken_up_in_what_senders_leave_free(tmp_path: Path, busy: int, left: int) -> None:
    """Senders wait for an answer, what is on the disk does not; but a few of it are always taken up."""

    def put(connection: Connection) -> None:
        for number in range(20):
            linkback = Linkback(Kind.PINGBACK, f"http://bread.example/{number}", POST)
            arrivals.receive(
                connection, [Arrival("a site of yesterday", linkback, Sender("192.0.2.1"), "/xmlrpc.php", now())]
            )[0]
        connection.execute(update(ping_rows).values(next_check_at=to_us(now())))

    async with on_stage(tmp_path) as stage:
        waits = asyncio.create_task(asyncio.Event().wait())
        stage.proxy.pipeline._at_work |= dict.fromkeys(map(str, range(busy)), waits)  # type: ignore[arg-type]
        await stage.proxy.database.write(put)

        async def waiting() -> int:
            due = select(func.count()).where(ping_rows.c.next_check_at <= to_us(now()))
            return await stage.proxy.database.read(lambda connection: connection.scalar(due) or 0)

        async def taken_up() -> bool:
            return await waiting() < 20

        await until(taken_up, "a look at what waits")
        assert await waiting() == left
        stage.proxy.pipeline._at_work.clear()
        waits.cancel()


async def test_a_clock_that_is_set_back_holds_up_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What was put off to a time that is now a day away goes on as if nothing had been."""
    day = timedelta(days=1)
    async with on_stage(tmp_path) as stage:
        pipeline, database = stage.proxy.pipeline, stage.proxy.database
        zero = steady_zero()
        await database.write(lambda connection: connection.execute(insert(paces).values(site="blog", next_at=0)))
        await database.write(queue.set_pace, "blog", now() + day)
        stage.web.pages["bread.example/a"] = LINKS
        await stage.pingback(stage.web.url("bread.example/a"))
        await stage.settled(State.APPROVED)
        assert await pipeline._follow_clock(zero + day) <= zero + timedelta(seconds=1)
        await stage.settled(State.DELIVERED)
    assert "the clock was set back by 86" in caplog.text


async def test_a_crashed_rule_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_case: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("proxy.pipeline.FULL", (crash,))
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        await stage.pingback(stage.web.url("bread.example/a"))
        (ping,) = await stage.settled(State.HELD)
        assert ping.verdict
        assert "crashed-rule" in [finding.rule for finding in ping.verdict.findings]


async def test_without_a_model_the_unsure_is_held(tmp_path: Path) -> None:
    from proxy.score import UNSURE, Judge

    async with on_stage(tmp_path, judge=Judge(None, UNSURE, "no model is installed")) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        await stage.pingback(stage.web.url("bread.example/a"))
        await stage.settled(State.HELD)
        assert stage.wordpress.pings == []


async def test_a_person_s_approval_goes_through_the_same_queue_and_only_once(tmp_path: Path) -> None:
    async with on_stage(tmp_path, policy={"self_pings": "hold"}) as stage:
        await stage.pingback(f"{HOME}/2026/gamma/", f"{HOME}/2026/beta/")
        (ping,) = await stage.settled(State.HELD)
        await stage.proxy.pipeline.release(ping.id, "anna", Label.HAM)
        with pytest.raises(IllegalMove):
            await stage.proxy.pipeline.release(ping.id, "anna", Label.HAM)
        (ping,) = await stage.settled(State.DELIVERED)
        assert ping.label is Label.HAM
        assert len(stage.wordpress.pings) == 1


async def test_nobody_hears_success_when_nothing_can_be_recorded(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        await stage.proxy.database.close()
        stage.web.pages["bread.example/a"] = LINKS
        stage.proxy.config.__dict__["answer_within_s"] = 0.2
        code = said(await stage.pingback(stage.web.url("bread.example/a")))
        assert code == (50, "The linkback cannot be recorded now. Please send it again later.")
        status, body = await stage.trackback(stage.web.url("bread.example/a"))
        assert status == 503
        assert b"<error>1</error>" in body
        assert stage.wordpress.pings == []


async def test_in_observe_mode_the_request_goes_on_as_it_came_and_the_verdict_is_kept(tmp_path: Path) -> None:
    async with on_stage(tmp_path, site={"mode": "observe"}) as stage:
        stage.web.pages["bread.example/a"] = NO_LINK
        source = stage.web.url("bread.example/a")
        body = f"<methodCall><methodName>pingback.ping</methodName><params><param><value>{source}</value></param><param><value>{POST}</value></param></params></methodCall>".encode()
        _, answer = await stage.post("/xmlrpc.php", body, XML)
        assert said(answer) == "Pingback registered. Keep the web talking! :-)"
        (ping,) = await stage.settled(State.OBSERVED)
        assert ping.verdict
        assert "no-link" in [finding.rule for finding in ping.verdict.findings]
        (got,) = stage.wordpress.pings
        assert got.body == body


async def test_after_a_crash_the_received_are_judged_and_the_approved_are_delivered(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        port, source = stage.web.port, stage.web.url("bread.example/a")
        site = stage.proxy.config.sites[0]
        old = now() - pings.timedelta(minutes=1)
        linkback = Linkback(Kind.PINGBACK, source, POST)
        received = await stage.proxy.database.write_together(
            arrivals.receive, Arrival(site.name, linkback, Sender("127.0.0.1"), "/xmlrpc.php", old)
        )
        assert port
        assert not isinstance(received, SeenBefore)
        (ping,) = await stage.settled(State.DELIVERED)
        assert ping.id == received.id


async def test_an_attempt_cut_by_a_crash_counts_as_delivered_when_wordpress_has_it_already(tmp_path: Path) -> None:
    async with on_stage(tmp_path, policy={"self_pings": "hold"}) as stage:
        await stage.pingback(f"{HOME}/2026/gamma/", f"{HOME}/2026/beta/")
        (ping,) = await stage.settled(State.HELD)

        database = stage.proxy.database
        stage.wordpress.say(fault_response(48, "The pingback has already been registered."))
        # As a killed process leaves it: approved, claimed, and its outcome unknown.
        await database.write(_as_a_killed_process_left_it, ping.id, now())
        stage.proxy.pipeline.deliverer.wake("blog")
        await stage.settled(State.DELIVERED)


def _as_a_killed_process_left_it(connection: Any, ping_id: str, at: Any) -> None:
    pings.move(connection, ping_id, State.APPROVED, "anna", at)
    claim = queue.claim(connection, "blog", "dead", at, pings.timedelta(seconds=60))
    assert claim
    queue.recover(connection, at)


async def test_whatever_fails_in_judging_the_ping_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("proxy.store.known.history.of_source", broken)
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        assert "awaits moderation" in str(said(await stage.pingback(stage.web.url("bread.example/a"))))
        await stage.settled(State.HELD)


async def test_an_agent_of_odd_bytes_stops_no_recording(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        body = build_ping(stage.web.url("bread.example/a"), POST)
        head = (
            f"POST /xmlrpc.php HTTP/1.1\r\nHost: blog.example\r\nContent-Length: {len(body)}\r\nUser-Agent: ".encode()
        )
        reader, writer = await asyncio.open_connection(*stage.proxy.address)
        writer.write(head + b"\xff\xfe odd\r\n\r\n" + body)
        assert b"200 OK" in await reader.readline()
        writer.close()
        await writer.wait_closed()
        (ping,) = await stage.settled(State.DELIVERED)
        assert ping.sender.user_agent == "\ufffd\ufffd odd"
