"""What fronts ask is answered as if they had asked in one process: judged once, counted once."""

import asyncio
from pathlib import Path

import pytest

from proxy.config import Limits
from proxy.doors import Behind
from proxy.errors import StoreUnavailable
from proxy.identify import ByNumber
from proxy.limits import Gate, Outcome, Ticket
from proxy.ping import Kind, Linkback, Sender, State
from proxy.reply import CANNOT_RECORD, Passed, Refused
from proxy.target import Post
from proxy.wire.logins import LogIns
from tests.proxy.workers.conftest import fronts
from tests.stage import LINKS, POST, Stage, on_stage
from tests.waiting import until

SENDER = Sender("192.0.2.7", "A blog")


def behind(stage: Stage, **limits: int) -> Behind:
    """What stands behind the doors of that stage, with these limits."""
    pipeline = stage.proxy.pipeline
    return Behind(pipeline, Gate(Limits(**limits)), pipeline.verifier.upstream, pipeline.verifier.targets)


def soon() -> float:
    """A time at which a sender is to have its answer."""
    return asyncio.get_running_loop().time() + 10


def wrong(number: int) -> LogIns:
    """A guess."""
    return LogIns(frozenset({number.to_bytes(16, "big")}))


async def underway(room: Behind, **wanted: int) -> bool:
    """Whether of the client's guesses as many as *wanted* are with WordPress or wait."""
    assert isinstance(room.gate, Gate)
    state = room.gate.log_ins._underway["192.0.2.7"]
    return all(getattr(state, name) == number for name, number in wanted.items())


async def test_one_linkback_through_two_fronts_is_judged_once(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage, fronts(stage, behind(stage)) as (one, two):
        site = stage.proxy.config.sites[0]
        stage.web.pages["bread.example/a"] = LINKS
        linkback = Linkback(Kind.PINGBACK, stage.web.url("bread.example/a"), POST)
        told = await one.desk.take(site, linkback, SENDER, "/xmlrpc.php", soon())
        again = await two.desk.take(site, linkback, SENDER, "/xmlrpc.php", soon())
        assert isinstance(told, Passed)
        assert b"registered" in told.reply.body
        assert isinstance(again, Refused)
        assert again.fault == 48
        [ping] = await stage.settled(State.DELIVERED)
        assert ping.sender == SENDER
        await two.desk.observe(site, linkback, SENDER, "/xmlrpc.php")
        await stage.settled(State.DELIVERED, State.OBSERVED)


async def test_posts_are_named_by_the_main_process(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage, fronts(stage, behind(stage)) as (one, _):
        site = stage.proxy.config.sites[0]
        assert await one.targets.named(site, ByNumber(4, "")) == Post(POST, frozenset())
        assert await one.targets.named(site, ByNumber(99, "")) is None


async def test_limits_are_exact_across_fronts(tmp_path: Path) -> None:
    limits = {"linkbacks_per_client_per_minute": 5, "calls_per_client_per_minute": 4}
    async with on_stage(tmp_path) as stage, fronts(stage, behind(stage, **limits), 3) as all_of_them:
        asked = [far.gate.wait_s("192.0.2.7", [f"http://t.example/{n}"]) for n in range(5) for far in all_of_them]
        passed = [wait_s for wait_s in await asyncio.gather(*asked) if wait_s is None]
        assert len(passed) == 5
        calls = await asyncio.gather(*(far.gate.call_wait_s("192.0.2.7", 1) for far in all_of_them * 3))
        assert calls.count(None) == 4


async def test_guesses_are_counted_once_and_whom_they_block_every_front_knows(tmp_path: Path) -> None:
    async with (
        on_stage(tmp_path) as stage,
        fronts(stage, behind(stage, failed_logins_per_client_per_hour=3)) as (one, two),
    ):
        for number, far in enumerate((one, two, one)):
            ticket = await far.gate.log_ins.admit("192.0.2.7", wrong(number))
            assert isinstance(ticket, Ticket)
            assert await far.gate.log_ins.settle(ticket, Outcome(failed=1)) == 1
        for far in (one, two):
            await until(lambda far=far: far.gate.log_ins.wait_s("192.0.2.7"), "the block at every front")  # type: ignore[misc]
            assert isinstance(await far.gate.log_ins.admit("192.0.2.7", wrong(9)), int)
            assert await far.gate.log_ins.wait_s("192.0.2.8") is None


async def test_a_log_in_that_was_right_is_not_asked_about_again(tmp_path: Path) -> None:
    tried = LogIns(frozenset({b"a" * 16}), frozenset({b"a" * 16}))
    async with on_stage(tmp_path) as stage, fronts(stage, behind(stage)) as (one, _):
        ticket = await one.gate.log_ins.admit("192.0.2.7", tried)
        assert isinstance(ticket, Ticket)
        assert ticket.guesses == 1
        await one.gate.log_ins.settle(ticket, Outcome(succeeded=True))
        one.line.close()  # now nobody can be asked
        assert await one.gate.log_ins.admit("192.0.2.7", tried) == Ticket("192.0.2.7", tried, 0)


async def test_what_a_dead_front_was_admitted_is_given_back(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        room = behind(stage, failed_logins_per_client_per_hour=1)
        async with fronts(stage, room, 1) as (dead,):
            assert isinstance(await dead.gate.log_ins.admit("192.0.2.7", wrong(1)), Ticket)
        async with fronts(stage, room, 1) as (one,):
            async with asyncio.timeout(5):
                assert isinstance(await one.gate.log_ins.admit("192.0.2.7", wrong(2)), Ticket)


async def test_what_a_front_was_waiting_for_when_it_died_is_given_back(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        room = behind(stage, failed_logins_per_client_per_hour=1)
        async with fronts(stage, room, 1) as (dead,):
            assert isinstance(await dead.gate.log_ins.admit("192.0.2.7", wrong(1)), Ticket)
            waiting = asyncio.create_task(dead.gate.log_ins.admit("192.0.2.7", wrong(2)))
            await until(lambda: underway(room, queued=1), "the second one in the queue")
        assert isinstance(await waiting, int)
        async with fronts(stage, room, 1) as (one,):
            async with asyncio.timeout(5):
                assert isinstance(await one.gate.log_ins.admit("192.0.2.7", wrong(3)), Ticket)


async def test_what_became_of_a_call_is_noted_however_much_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.workers.desk._MAX_AT_WORK", 1)
    async with on_stage(tmp_path) as stage:
        room = behind(stage, failed_logins_per_client_per_hour=2)
        async with fronts(stage, room, 1) as (one,):
            first = await one.gate.log_ins.admit("192.0.2.7", wrong(1))
            second = await one.gate.log_ins.admit("192.0.2.7", wrong(2))
            assert isinstance(first, Ticket)
            assert isinstance(second, Ticket)
            waiting = asyncio.create_task(one.gate.log_ins.admit("192.0.2.7", wrong(3)))
            await until(lambda: underway(room, queued=1), "the third one in the queue")
            await one.gate.log_ins.settle(first, Outcome())
            async with asyncio.timeout(5):
                assert isinstance(await waiting, Ticket)
            monkeypatch.setattr("proxy.workers.line._MAX_WAITING", 0)
            await one.gate.log_ins.settle(second, Outcome(failed=1))
            await until(lambda: underway(room, guesses=1), "the end of the second one")


async def test_trouble_with_the_database_is_told_as_in_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise StoreUnavailable("the disk is full")

    async with on_stage(tmp_path) as stage, fronts(stage, behind(stage)) as (one, _):
        monkeypatch.setattr(type(stage.proxy.pipeline), "observe", broken)
        with pytest.raises(StoreUnavailable, match="the disk is full"):
            await one.desk.observe(stage.proxy.config.sites[0], Linkback(Kind.PINGBACK, "a", "b"), SENDER, "/x")


async def test_without_a_main_process_nothing_is_acknowledged(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage, fronts(stage, behind(stage)) as (one, _):
        one.line.close()
        linkback = Linkback(Kind.PINGBACK, "http://a.example/", POST)
        assert await one.desk.take(stage.proxy.config.sites[0], linkback, SENDER, "/x", soon()) == CANNOT_RECORD
        assert isinstance(await one.gate.log_ins.admit("192.0.2.7", wrong(1)), int)
        assert isinstance(await one.gate.wait_s("192.0.2.7", ["t"]), int)
