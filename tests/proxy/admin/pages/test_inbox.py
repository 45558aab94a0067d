"""The inbox: what it shows, and what its address says."""

from proxy.ping import State
from proxy.store import pings
from tests.proxy.admin.conftest import Browser, received
from tests.stage import Stage


async def test_a_held_ping_is_shown_with_its_reasons_and_its_link_marked(admin: Browser, stage: Stage) -> None:
    await received(stage)
    _, text = await admin.get("/")
    assert "the source page did not come in time" in text
    assert "<mark>Alpha</mark>" in text
    assert "+0.7 points" in text
    assert 'rel="nofollow noopener noreferrer"' in text


async def test_filters_and_pages_stand_in_the_address(admin: Browser, stage: Stage) -> None:
    for n in range(60):
        await received(stage, f"bread.example/{n}", title=f"Loaf nr{n}x")
    _, text = await admin.get("/")
    assert text.count("data-row=") == 50
    older = text.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert (await admin.get(older))[1].count("data-row=") == 10
    for query, count in (
        ("q=bread.example", 50),
        ("q=NR7X", 1),
        ("q=nothing", 0),
        ("q=%22%27*", 0),
        ("q=203.0.113.9", 50),
        ("kind=pingback", 0),
        ("kind=trackback", 50),
        ("rule=thin", 50),
        ("rule=other", 0),
        ("rule=thin&q=loaf+nr12", 1),
        ("state=rejected", 0),
        ("state=all", 50),
        ("q=%00", 0),
        ("q=%ED%B2%80%FF", 0),
        ("q=AND+OR+NOT+NEAR(+%7B+-+%5E", 0),
        ("before=" + "Z" * 26, 50),
        ("state=nonsense&before=nonsense&kind=%00", 50),
    ):
        status, text = await admin.get("/?" + query)
        assert (status, text.count("data-row=")) == (200, count), query


async def test_nonsense_is_refused_in_words(admin: Browser, stage: Stage) -> None:
    ping = await received(stage)
    for form in ({"do": "explode:" + ping.id}, {"do": "approve"}, {}):
        status, text, _ = await admin.post("/pings", form)
        assert status == 422
        assert 'role="alert"' in text
    status, _, place = await admin.post("/pings", {"do": "approve:nothing", "back": "//evil.example"})
    assert (status, place[0], place[1] != "/") == (303, "/", True)
    found = await stage.proxy.database.read(pings.get, ping.id)
    assert found.state is State.HELD


async def test_after_deleting_a_ping_on_its_own_page_the_inbox_offers_to_undo_it(admin: Browser, stage: Stage) -> None:
    ping = await received(stage)
    _, _, place = await admin.post("/pings", {"do": f"delete:{ping.id}", "back": f"/pings/{ping.id}"})
    assert place.startswith("/?done=")
    status, text = await admin.get(place)
    assert (status, "1 linkback deleted." in text, "data-undo" in text) == (200, True, True)
