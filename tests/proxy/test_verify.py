"""Asking the source: what becomes evidence."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from proxy.clock import now
from proxy.ping import Evidence, Failure, Kind, Linkback, Ping, Sender, State
from proxy.verify import Checked
from tests.stage import HOME, LINKS, NO_LINK, POST, Answerer, Got, Stage, on_stage


async def check(stage: Stage, source: str, *, wants_date: bool = False, ip: str = "203.0.113.9") -> Checked:
    """Check *source* for the post alpha."""
    linkback = Linkback(Kind.PINGBACK, source, POST)
    ping = Ping("1", "blog", State.RECEIVED, linkback, Sender(ip), "/xmlrpc.php", now())
    return await stage.proxy.pipeline.verifier.check(ping, stage.proxy.config.sites[0], wants_date=wants_date)


def known(evidence: Evidence, *names: str) -> dict[str, Any]:
    """Return some fields of the evidence."""
    return {name: asdict(evidence)[name] for name in names}


def answering(status: int, text: str = "", **headers: str) -> Answerer:
    """Return a page that answers so."""

    async def answer(_got: Got) -> web.StreamResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, text=text, headers={"Content-Type": "text/html"} | sent)

    return answer


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (LINKS, {"link_found": True, "link_visible": True, "failure": None, "status": 200}),
        (NO_LINK, {"link_found": False, "link_visible": None, "failure": None}),
        (LINKS.replace("<a ", '<a style="display:none" '), {"link_found": True, "link_visible": False}),
        (answering(404), {"failure": Failure.GONE, "link_found": None}),
        (answering(403), {"failure": Failure.FORBIDDEN, "link_found": None}),
        (answering(500), {"failure": Failure.SERVER_ERROR, "link_found": None}),
        (answering(200, "GIF89a", Content_Type="image/gif"), {"failure": Failure.NOT_A_PAGE}),
        (answering(302, Location="http://bread.example:1/"), {"failure": Failure.UNREACHABLE, "redirects": 1}),
    ],
    ids=["a link", "no link", "a hidden link", "gone", "forbidden", "broken", "an image", "a redirect to nowhere"],
)
async def test_what_the_page_shows(tmp_path: Path, page: str | Answerer, expected: dict[str, Any]) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = page
        checked = await check(stage, stage.web.url("bread.example/a"))
        assert known(checked.evidence, *expected) == expected


async def test_a_number_counts_as_the_permalink_only_because_the_site_says_so(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/4"] = LINKS.replace(POST, f"{HOME}/?p=4")
        stage.web.pages["bread.example/5"] = LINKS.replace(POST, f"{HOME}/?p=5")
        assert (await check(stage, stage.web.url("bread.example/4"))).evidence.link_found is True
        assert (await check(stage, stage.web.url("bread.example/5"))).evidence.link_found is False


@pytest.mark.parametrize("status", [500, 503])
async def test_while_the_site_cannot_say_which_post_is_meant_a_page_without_the_link_says_nothing(
    tmp_path: Path, status: int
) -> None:
    """It was refused as a page without a link, though it links to the same post by another address."""
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/4"] = LINKS.replace(POST, f"{HOME}/?p=4")
        stage.web.pages["bread.example/a"] = LINKS
        stage.wordpress.broken = status
        silent = (await check(stage, stage.web.url("bread.example/4"))).evidence
        assert known(silent, "link_found", "failure") == {"link_found": None, "failure": Failure.TARGET_UNKNOWN}
        assert (await check(stage, stage.web.url("bread.example/a"))).evidence.link_found is True
        stage.web.pages["bread.example/i"] = answering(200, "GIF89a", Content_Type="image/gif")
        assert (await check(stage, stage.web.url("bread.example/i"))).evidence.failure is Failure.NOT_A_PAGE
        dated = (await check(stage, stage.web.url("bread.example/a"), wants_date=True)).evidence
        assert dated.failure is Failure.TARGET_UNKNOWN


async def test_a_link_that_is_there_needs_no_question_to_the_site(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        await check(stage, stage.web.url("bread.example/a"))
        assert stage.wordpress.received == []


async def test_our_own_page_is_read_from_the_upstream(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        checked = await check(stage, f"{HOME}/2026/gamma/")
        assert checked.evidence.status == 200
        assert stage.wordpress.received[0].headers["Host"] == "blog.example"
        assert stage.web.asked == []


async def test_the_inside_is_never_asked(tmp_path: Path) -> None:
    async with on_stage(tmp_path) as stage:
        for own in (stage.proxy.address, stage.proxy.admin_address):
            checked = await check(stage, f"http://127.0.0.1:{own[1]}/")
            assert checked.evidence.failure is Failure.NOT_PUBLIC
        assert (await check(stage, "http://10.0.0.1/")).evidence.failure is Failure.NOT_PUBLIC


@pytest.mark.parametrize(("ip", "matches"), [("127.0.0.1", True), ("203.0.113.9", False)])
async def test_whether_the_sender_s_address_belongs_to_the_source(tmp_path: Path, ip: str, matches: bool) -> None:
    async with on_stage(tmp_path) as stage:
        stage.web.pages["bread.example/a"] = LINKS
        checked = await check(stage, stage.web.url("bread.example/a"), ip=ip)
        assert checked.evidence.sender_matches_host is matches
