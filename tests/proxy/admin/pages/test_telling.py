"""The page of notices, and its feed."""

import aiohttp
from lxml import etree

from tests.proxy.admin.conftest import Browser, received
from tests.proxy.admin.pages.test_pages import HOSTILE, hostile
from tests.stage import Stage


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
