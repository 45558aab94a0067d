"""Handing approved pings to WordPress: what each of its answers leads to."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import Connection, update

from proxy.clock import now
from proxy.decide import Bands
from proxy.ping import State
from proxy.score import Judge
from proxy.store import pings, queue, schema
from proxy.wire.response import fault_response, success_response
from proxy.wire.trackback import error_reply, ok_reply
from tests.stage import LINKS, Got, Stage, WordPress, on_stage, serving
from tests.waiting import until

STORED = success_response("registered")
WP_DIE_429 = b"<error>\n    <code>wp_die</code>\n    <data>\n        <status>429</status>\n    </data>\n</error>\n"


async def send(stage: Stage, number: int = 1) -> None:
    """Send a pingback from a page that links."""
    stage.web.pages[f"bread.example/{number}"] = LINKS
    await stage.pingback(stage.web.url(f"bread.example/{number}"))


@pytest.mark.parametrize(
    ("answers", "state", "told"),
    [
        ([(STORED, 200)], State.DELIVERED, "registered"),
        ([(fault_response(48, "already"), 200)], State.REFUSED, "already"),
        ([(fault_response(409, "dup"), 200)], State.REFUSED, "dup"),
        ([(fault_response(0, ""), 200)], State.REFUSED, "without saying why"),
        ([(fault_response(-32601, "no such method"), 200)], State.REFUSED, "no pingbacks here"),
        ([(fault_response(429, "too quickly"), 200), (STORED, 200)], State.DELIVERED, "registered"),
        ([(b"<html>busy</html>", 503), (STORED, 200)], State.DELIVERED, "registered"),
        ([(fault_response(500, "critical"), 500), (STORED, 200)], State.DELIVERED, "registered"),
        # After an answer that leaves it open, "already registered" means that the first attempt was stored.
        ([(b"", 502), (fault_response(48, "already"), 200)], State.DELIVERED, "from the attempt before"),
        ([(b"", 502), (fault_response(409, "dup"), 200)], State.DELIVERED, "from the attempt before"),
        # A throttled attempt was not stored, so a 48 after it is what it says.
        ([(fault_response(429, ""), 200), (fault_response(48, "already"), 200)], State.REFUSED, "already"),
    ],
)
async def test_an_answer_to_a_pingback_decides_its_fate(
    tmp_path: Path, answers: list[tuple[bytes, int]], state: State, told: str
) -> None:
    async with on_stage(tmp_path) as stage:
        for body, status in answers:
            stage.wordpress.say(body, status)
        await send(stage)
        (ping,) = await stage.settled(state)
        assert told in ping.answer
        assert len(stage.wordpress.pings) == len(answers)


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ([(ok_reply(), 404)], State.DELIVERED),
        ([(error_reply("There is already a ping from that URL for this post."), 200)], State.REFUSED),
        ([(error_reply("Sorry, trackbacks are closed for this item."), 200)], State.REFUSED),
        ([(b"", 200)], State.REFUSED),
        ([(WP_DIE_429, 429), (ok_reply(), 200)], State.DELIVERED),
        ([(b"", 500), (error_reply("There is already a ping from that URL for this post."), 200)], State.DELIVERED),
    ],
)
async def test_an_answer_to_a_trackback_decides_its_fate(
    tmp_path: Path, answers: list[tuple[bytes, int]], state: State
) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        for body, status in answers:
            stage.wordpress.say(body, status)
        await stage.trackback(stage.web.url("bread.example/a"))
        await stage.settled(state)


async def test_a_connection_cut_after_the_request_leaves_the_outcome_open(tmp_path: Path) -> None:
    async def cut(_got: Got) -> web.StreamResponse:
        raise asyncio.CancelledError

    async with on_stage(tmp_path) as stage:
        stage.wordpress.answers.append(cut)
        stage.wordpress.say(fault_response(48, "already"))
        await send(stage)
        (ping,) = await stage.settled(State.DELIVERED)
        assert "from the attempt before" in ping.answer


async def test_given_up_loudly_after_the_time_that_is_set(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with on_stage(tmp_path, delivery={"give_up_after_h": 0.00001}) as stage:
        for _ in range(20):
            stage.wordpress.say(b"", 500)
        await send(stage)
        await stage.settled(State.FAILED)
        assert "gave up delivering" in caplog.text


async def test_one_that_fails_does_not_hold_up_the_others(tmp_path: Path) -> None:
    async with on_stage(tmp_path, delivery={"retry_after_s": [600]}, answer_within_s=1) as stage:
        stage.wordpress.say(b"", 500)
        await send(stage, 1)
        await send(stage, 2)
        await stage.settled(State.APPROVED, State.DELIVERED)


async def test_deliveries_keep_the_pace_of_wordpress_s_throttle(tmp_path: Path) -> None:
    async with on_stage(tmp_path, delivery={"min_interval_s": 0.5}) as stage:
        times: list[float] = []

        async def stored(_got: Got) -> web.StreamResponse:
            times.append(asyncio.get_running_loop().time())
            return web.Response(body=STORED, headers={"Content-Type": "text/xml"})

        stage.wordpress.answers += [stored] * 3
        await asyncio.gather(*(send(stage, number) for number in range(3)))
        await stage.settled(*[State.DELIVERED] * 3)
        assert all(later - earlier >= 0.5 for earlier, later in pairwise(times))


async def test_while_nobody_listens_pings_wait_and_then_arrive(tmp_path: Path) -> None:
    async with serving(WordPress().handle) as port:
        pass  # the port is free again, and nobody listens there
    async with on_stage(tmp_path, answer_within_s=1, site={"upstream": f"http://127.0.0.1:{port}"}) as stage:
        await send(stage)
        (ping,) = await stage.settled(State.APPROVED)
        await until(lambda: _has_waited(stage), "a postponed delivery")
        async with serving(stage.wordpress.handle, port):
            (ping,) = await stage.settled(State.DELIVERED)
        assert len(stage.wordpress.pings) == 1
        assert "cannot be reached" in next(event.detail for event in ping.events if event.what == "delivery postponed")


async def _has_waited(stage: Stage) -> bool:
    return any(event.what == "delivery postponed" for ping in await stage.all_pings() for event in ping.events)


async def test_what_wordpress_answered_is_noted_once_the_database_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Forgotten, the ping would be sent again."""
    file, away = tmp_path / "pingwarden.sqlite3", tmp_path / "away"
    async with on_stage(tmp_path, answer_within_s=1) as stage:

        async def moved_away(_got: Got) -> web.StreamResponse:
            file.rename(away)
            return web.Response(body=STORED, headers={"Content-Type": "text/xml"})

        stage.wordpress.answers.append(moved_away)
        await send(stage)
        await until(lambda: _is_said(caplog, "what became of a delivery is not noted yet"), "the sentence")
        away.rename(file)
        await stage.settled(State.DELIVERED)
        assert len(stage.wordpress.pings) == 1


async def test_a_note_that_is_not_taken_does_not_end_the_deliveries(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def refuse(_connection: Connection, ping_id: str, *_rest: object) -> None:
        tried.append(ping_id)
        raise ValueError("no driver takes this")

    monkeypatch.setattr("proxy.deliver._NOTE_AGAIN_S", 0)
    monkeypatch.setattr(queue, "settle", refuse)
    async with on_stage(tmp_path, answer_within_s=1) as stage:
        await send(stage)
        await until(lambda: _is_said(caplog, "deliveries to blog wait: this cannot be stored"), "the sentence")
        assert len(tried) == 2 * 3  # each is tried in a group, and alone


async def test_a_ping_deleted_on_its_way_ends_no_deliveries(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with on_stage(tmp_path, answer_within_s=1) as stage:

        async def deleted_meanwhile(_got: Got) -> web.StreamResponse:
            (ping,) = await stage.all_pings()
            await stage.proxy.database.write(pings.remove, ping.id)
            return web.Response(body=STORED, headers={"Content-Type": "text/xml"})

        stage.wordpress.answers.append(deleted_meanwhile)
        await send(stage, 1)
        await until(lambda: _is_said(caplog, "was deleted while"), "the sentence about the missing ping")
        await send(stage, 2)
        await stage.settled(State.DELIVERED)


async def test_what_another_node_took_over_meanwhile_is_left_to_that_node(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with on_stage(tmp_path) as stage:

        async def taken_over(_got: Got) -> web.StreamResponse:
            (ping,) = await stage.all_pings()
            await stage.proxy.database.write(_now_of, ping.id, "another node")
            return web.Response(body=STORED, content_type="text/xml")

        stage.wordpress.answers.append(taken_over)
        await send(stage)
        await until(lambda: _is_said(caplog, "another node has it"), "the sentence about the other node")
        (ping,) = await stage.all_pings()
        assert (ping.state, ping.answer) == (State.APPROVED, "")


def _now_of(connection: Connection, ping_id: str, owner: str) -> None:
    connection.execute(update(schema.pings).where(schema.pings.c.id == ping_id).values(lease_owner=owner))


async def _is_said(caplog: pytest.LogCaptureFixture, words: str) -> bool:
    return words in caplog.text


async def test_what_was_approved_elsewhere_is_found(tmp_path: Path) -> None:
    """By a command or on another node: nobody wakes the deliverer here."""
    async with on_stage(tmp_path, answer_within_s=1) as stage:
        stage.proxy.pipeline.judge_in_force = Judge(None, Bands(float("-inf"), float("inf")))
        await send(stage, 1)
        (ping,) = await stage.settled(State.HELD)
        await stage.proxy.database.write(pings.word, ping.id, State.APPROVED, None, "anna", now())
        await stage.settled(State.DELIVERED)
