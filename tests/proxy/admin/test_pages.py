"""Overview, model and notices, and what hostile texts become on every page."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from lxml import etree, html

from proxy.admin.notify import Notifier
from proxy.admin.plain import mark, safe_link, visible
from proxy.clock import now
from proxy.ping import Evidence, Ping
from proxy.store import pings
from tests.proxy.admin.conftest import Browser, received
from tests.stage import Stage, on_stage, serving

HOSTILE = (
    "<script>alert(1)</script>",
    "<svg onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "\u202eevil\u202c\u2066x\u2069",
    "\x00\x01\x1b[31m\x7f",
    "W" * 10_000,
    "{{ 7 * 7 }} {n} %s {0.__class__}",
    "broken \ufffd\udc80 utf-8".encode("utf-8", "replace").decode(),
    "</textarea></option></title><b>",
)
PAGES = ("/", "/?state=all", "/rules", "/rules/new", "/rules/import", "/overview", "/model", "/telling")


async def hostile(stage: Stage, number: int, text: str) -> Ping:
    """Store a held ping every field of which is *text*, as far as it can be."""
    ping = await received(stage, f"bread.example/h{number}", title=text, excerpt=text, blog_name=text)
    seen = Evidence(
        fetched_url=text, refresh_url=text, content_type=text, title=text, link_rel=text, link_text=text[:9], excerpt=text,
        language=text[:30], status=200, redirects=1, link_found=True, link_visible=False, wordpress_would_accept=False,
    )  # fmt: skip
    assert ping.verdict
    await stage.proxy.database.write(pings.add_event, ping.id, now(), "labelled", text[:60], text)
    return await stage.proxy.database.write(pings.decide, ping.id, ping.verdict, seen, now())


async def test_hostile_texts_are_inert_on_every_page(admin: Browser, stage: Stage) -> None:
    found = [await hostile(stage, number, text) for number, text in enumerate(HOSTILE)]
    await admin.post(
        "/rules", {"action": "hold", "words": "<script>alert(1)</script>", "name": HOSTILE[2], "note": HOSTILE[4]}
    )
    for path in (*PAGES, *(f"/pings/{ping.id}" for ping in found), "/?q=" + "%3Cscript%3E", "/?rule=%22%3E%3Cb%3E"):
        status, text = await admin.get(path)
        assert status == 200, path
        check_inert(text)


def check_inert(text: str) -> None:
    """No element, attribute or link in a page comes from a stranger, and no unseen character is left."""
    tree = html.document_fromstring(text)
    assert not tree.xpath("//script[not(@src)] | //style | //img | //iframe | //b | //*[@style]")
    for element in tree.iter():
        assert not any(str(name).startswith("on") for name in element.attrib)
    for link in tree.xpath("//a[@href] | //*[@src]"):
        target = link.get("href") or link.get("src")
        assert target.startswith(("/", "#", "http://", "https://")), target
        if not target.startswith(("/", "#")):
            assert link.get("rel") == "nofollow noopener noreferrer"
    assert not set(text) & set("\x00\x01\x1b\x7f\u202e\u202c\u2066\u2069")


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/x?y", True),
        ("http://a.example", True),
        ("javascript:alert(1)", False),
        (" https://a.example", False),
        ("data:text/html,x", False),
        ("//a.example/", False),
        ("https://", False),
        ("https://[", False),
        ("https://a.example/\u202e", False),
        ("", False),
        (None, False),
    ],
)
def test_only_plain_web_addresses_become_links(url: str | None, safe: bool) -> None:
    assert (safe_link(url) is not None) is safe


def test_unseen_characters_become_signs() -> None:
    assert visible("a\x00b\u202ec\x7f") == "a␀b⟨U+202E⟩c␡"
    assert visible("x" * 20, 10) == "x" * 9 + "…"
    assert visible("zwj \u200d stays") == "zwj \u200d stays"


def test_a_part_is_marked_where_it_stands() -> None:
    marked = mark("one  two three", "two")
    assert (marked.before, marked.marked, marked.after) == ("one ", "two", " three")
    assert mark("one", "two").marked == ""
    far = mark("x " * 500 + "here" + " y" * 500, "here", 60)
    assert far.marked == "here"
    assert len(far.before) < 60


async def test_the_overview_counts_and_draws(admin: Browser, stage: Stage) -> None:
    ping = await received(stage)
    await admin.post("/pings", {"do": f"reject:{ping.id}"})
    await received(stage, "bread.example/other")
    _, text = await admin.get("/overview")
    assert "<svg" in text
    tree = html.document_fromstring(text)
    assert "bread.example" in tree.text_content()
    assert len(tree.xpath("//*[local-name()='svg']//*[local-name()='rect']")) >= 2


async def test_the_model_s_page_shows_its_card_and_the_labels(tmp_path: Path) -> None:
    from tests.proxy.admin.conftest import browser_at, keep_person

    async with on_stage(tmp_path, judge=None) as stage:
        await keep_person(stage, "admin")
        browser = browser_at(stage.admin)
        await browser.sign_in()
        ping = await received(stage)
        await browser.post("/pings", {"do": f"spam:{ping.id}"})
        _, text = await browser.get("/model")
        scorer = stage.proxy.pipeline.judge_in_force.scorer
        assert scorer is not None
        assert scorer.card.model_id in text
        assert "<svg" in text
        assert "1 of 5 spam labels and 0 of 5 honest labels" in text
        assert "For spam" in (await browser.get(f"/pings/{ping.id}"))[1]
        await browser.http.close()


async def test_the_feed_tells_what_is_held_to_whoever_knows_its_address(admin: Browser, stage: Stage) -> None:
    ping = await hostile(stage, 1, HOSTILE[0] + "\x00")
    rejected = await received(stage, "bread.example/spam")
    await admin.post("/pings", {"do": f"spam:{rejected.id}"})
    _, text, _ = await admin.post("/telling/feed", {})
    address = text.partition("<code>")[2].partition("</code>")[0].removeprefix(stage.admin)
    async with aiohttp.ClientSession() as anybody, anybody.get(stage.admin + address) as answer:
        assert answer.status == 200
        feed = etree.fromstring(await answer.read())
        (content,) = feed.findall(".//{*}entry/{*}content")
        assert content.get("type") == "text"
        assert "<script>" in (content.text or "")
        assert "/spam" not in (content.text or "")
    assert ping.id
    assert (await admin.get("/feed/guess.atom"))[0] == 404
    await admin.post("/telling/feed/remove", {})
    assert (await admin.get(address))[0] == 404


async def test_a_digest_goes_out_once_for_what_is_new(stage: Stage) -> None:
    got: list[dict[str, object]] = []

    async def take(request: web.BaseRequest) -> web.Response:
        got.append(await request.json())
        return web.Response(status=204)

    async with serving(take) as port:
        settings = stage.proxy.config.admin.model_copy(update={"digest_webhook": f"http://127.0.0.1:{port}/hook"})
        config = stage.proxy.config.model_copy(update={"admin": settings})
        notifiers = [Notifier(config, stage.proxy.database, "https://admin.example") for _ in range(3)]
        assert not await notifiers[0].step(now())
        ping = await received(stage)
        sent = await asyncio.gather(*(one.step(now()) for one in notifiers))
        assert sorted(sent) == [False, False, True]
        assert got[0]["held"] == 1
        assert ping.id in str(got[0]["items"])
        assert not await notifiers[0].step(now())
