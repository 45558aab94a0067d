"""The page of notices, and its feed."""

import aiohttp
from lxml import etree

from tests.proxy.admin.conftest import Browser, browser_at, received
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


async def test_only_the_newest_address_of_the_feed_works_and_only_a_moderator_makes_one(
    admin: Browser, stage: Stage
) -> None:
    assert (await admin.get("/feed/.atom"))[0] == 404
    found = []
    for _ in range(2):
        _, text, _ = await admin.post("/telling/feed", {})
        found.append(text.partition("<code>")[2].partition("</code>")[0].removeprefix(stage.admin))
        assert found[-1].removeprefix("/feed/").removesuffix(".atom") not in (await admin.get("/telling"))[1]
    assert len({*found}) == 2
    assert [(await admin.get(address))[0] for address in found] == [404, 200]
    assert (await admin.get(found[1].replace(".atom", "x.atom")))[0] == 404
    reader = browser_at(stage.admin)
    await reader.sign_in("rita")
    for path in ("/telling/feed", "/telling/feed/remove"):
        assert (await reader.post(path, {}))[0] == 403
    await reader.http.close()
    assert (await admin.get(found[1]))[0] == 200
