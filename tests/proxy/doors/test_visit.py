"""What a request brings along: its limits, its answer, and the record of what went on as it came."""

import threading
from pathlib import Path

import pytest
from aiohttp import hdrs
from aiohttp.test_utils import make_mocked_request

from proxy.config import Limits
from proxy.doors.behind import Behind
from proxy.doors.visit import READ_INLINE_BYTES, Visit, answer, read_off_loop, sender_of
from proxy.errors import StoreUnavailable
from proxy.identify import split_target
from proxy.limits import Gate
from proxy.ping import Sender, State
from proxy.reply import Reply
from tests.stage import LINKS, POST, Stage, on_stage


def visit(stage: Stage, gate: Gate, mode: str = "enforce") -> Visit:
    """A request for the post, at that stage."""
    config = stage.proxy.config
    site = config.sites[0].model_copy(update={"mode": mode})
    request = make_mocked_request("POST", "/xmlrpc.php", {"User-Agent": "A blog"})
    pipeline = stage.proxy.pipeline
    behind = Behind(pipeline, gate, pipeline.verifier.upstream, pipeline.verifier.targets)
    return Visit(request, config, site, split_target("/xmlrpc.php"), "", "192.0.2.7", behind, until=0.0)


def targets(*paths: str) -> list[str]:
    """One target for each path."""
    return [f"http://blog.example/{path}" for path in paths]


async def test_too_many_are_counted_together_and_told_when_to_come_again(tmp_path: Path) -> None:
    gate = Gate(Limits(linkbacks_per_client_per_minute=3, linkbacks_per_target_per_hour=2), lambda: 0.0)
    async with on_stage(tmp_path) as stage:
        here = visit(stage, gate)
        assert await here.over_limit([]) is None
        assert await here.over_limit(targets("a", "a/?x=1")) is None  # one post
        refused = await here.over_limit(targets("%61"))
        assert refused is not None
        assert (refused.status, int(refused.headers["Retry-After"]) > 0) == (429, True)
        assert await here.over_limit(targets("b", "c")) is not None  # by client: all of them or none
        assert await here.over_limit(targets("b")) is None


async def test_it_knows_who_sent_it_and_the_site_behind(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        here = visit(stage, Gate(Limits()))
        assert here.sender == Sender("192.0.2.7", "A blog")
        assert here.behind.upstream is stage.proxy.pipeline.verifier.upstream


@pytest.mark.parametrize(("mode", "expected"), [("observe", True), ("enforce", False)])
async def test_a_site_observes_or_not(tmp_path: Path, mode: str, expected: bool) -> None:
    async with on_stage(tmp_path) as stage:
        assert visit(stage, Gate(Limits()), mode).observes is expected


async def test_what_is_observed_goes_on_once_and_is_recorded_beside(tmp_path: Path) -> None:
    async with on_stage(tmp_path, site={"mode": "observe"}) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        stage.wordpress.say(b"its own answer")
        assert await stage.pingback(stage.web.url("bread.example/a")) == b"its own answer"
        [ping] = await stage.settled(State.OBSERVED)
        assert ping.linkback.target_url == POST
        assert len(stage.wordpress.pings) == 1


async def test_a_record_that_cannot_be_kept_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise StoreUnavailable("the disk is full")

    async with on_stage(tmp_path, site={"mode": "observe"}) as stage:
        monkeypatch.setattr(type(stage.proxy.pipeline), "observe", broken)
        stage.wordpress.say(b"its own answer")
        assert await stage.pingback(stage.web.url("bread.example/a")) == b"its own answer"
    assert "an observed linkback was not recorded: the disk is full" in caplog.text


@pytest.mark.parametrize(("headers", "agent"), [({"User-Agent": "A blog"}, "A blog"), ({}, "")])
def test_a_sender_is_its_address_and_its_agent(headers: dict[str, str], agent: str) -> None:
    assert sender_of(make_mocked_request("GET", "/", headers), "192.0.2.7") == Sender("192.0.2.7", agent)


def test_a_reply_is_answered_as_it_is() -> None:
    given = answer(Reply(403, "text/xml; charset=UTF-8", b"<x/>"))
    assert (given.status, given.headers[hdrs.CONTENT_TYPE], given.body) == (403, "text/xml; charset=UTF-8", b"<x/>")


@pytest.mark.parametrize(("size", "here"), [(0, True), (READ_INLINE_BYTES, True), (READ_INLINE_BYTES + 1, False)])
async def test_only_a_large_body_is_read_in_a_thread(size: int, here: bool) -> None:
    thread = await read_off_loop(size, threading.get_ident)
    assert (thread == threading.get_ident()) is here
