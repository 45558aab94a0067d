"""The inbox and a ping's page: seeing, acting, undoing."""

from pathlib import Path

from proxy.ping import Label, State
from proxy.store import pings
from tests.proxy.admin.conftest import Browser, browser_at, keep_person, received
from tests.stage import LINKS, Stage, on_stage


async def undo_id(browser: Browser, place: str) -> str:
    """The id that the page at *place* offers to undo."""
    _, text = await browser.get(place)
    return text.partition('action="/undo"')[2].partition('name="id" value="')[2].partition('"')[0]


async def test_a_held_ping_is_shown_with_its_reasons_and_its_link_marked(admin: Browser, stage: Stage) -> None:
    await received(stage)
    _, text = await admin.get("/")
    assert "the source page did not come in time" in text
    assert "<mark>Alpha</mark>" in text
    assert "+0.7 points" in text
    assert 'rel="nofollow noopener noreferrer"' in text


async def test_approving_brings_it_to_wordpress(admin: Browser, stage: Stage) -> None:
    ping = await received(stage)
    status, _, place = await admin.post("/pings", {"do": f"approve:{ping.id}", "back": "/?state=held"})
    assert (status, place.partition("&")[0]) == (303, "/?state=held")
    (delivered,) = await stage.settled(State.DELIVERED)
    assert delivered.label is Label.HAM
    assert delivered.decided_by == "admin"
    assert len(stage.wordpress.pings) == 1
    status, text, _ = await admin.post("/undo", {"id": await undo_id(admin, place)})
    assert status == 422
    assert "by now" in text


async def test_an_approval_can_be_undone_while_it_waits(tmp_path: Path) -> None:
    async with on_stage(tmp_path, admin={"undo_s": 60}) as stage:
        await keep_person(stage, "admin")
        browser = browser_at(stage.admin)
        await browser.sign_in()
        ping = await received(stage)
        _, _, place = await browser.post("/pings", {"do": f"approve:{ping.id}"})
        assert "WordPress gets it in 60 s" in (await browser.get(place))[1]
        (waiting,) = await stage.all_pings()
        assert waiting.state is State.APPROVED
        assert (await browser.post("/undo", {"id": await undo_id(browser, place)}))[0] == 303
        (again,) = await stage.all_pings()
        assert (again.state, again.label, again.decided_by) == (State.HELD, None, ping.decided_by)
        assert again.events[-1].what == "undone"
        assert stage.wordpress.pings == []
        await browser.http.close()


async def test_everything_else_can_be_undone_too(admin: Browser, stage: Stage) -> None:
    ping = await received(stage)
    for what, state, label in (
        ("spam", State.REJECTED, Label.SPAM),
        ("reject", State.REJECTED, None),
        ("label-ham", State.HELD, Label.HAM),
        ("label-spam", State.HELD, Label.SPAM),
    ):
        _, _, place = await admin.post("/pings", {"do": what, "id": ping.id})
        (after,) = await stage.all_pings()
        assert (after.state, after.label) == (state, label), what
        assert (await admin.post("/undo", {"id": await undo_id(admin, place)}))[0] == 303
        (again,) = await stage.all_pings()
        assert (again.state, again.label) == (State.HELD, None), what


async def test_a_deleted_ping_comes_back_with_its_story(admin: Browser, stage: Stage) -> None:
    ping = await received(stage)
    _, _, place = await admin.post("/pings", {"do": "delete", "id": ping.id})
    assert await stage.all_pings() == []
    assert (await admin.post("/undo", {"id": await undo_id(admin, place)}))[0] == 303
    (again,) = await stage.all_pings()
    assert again.events[:-1] == ping.events
    assert "A page" in (await admin.get("/?q=page"))[1]


async def test_a_deleted_ping_that_came_again_stays_deleted(admin: Browser, stage: Stage) -> None:
    ping = await received(stage)
    _, _, place = await admin.post("/pings", {"do": "delete", "id": ping.id})
    await received(stage)
    status, text, _ = await admin.post("/undo", {"id": await undo_id(admin, place)})
    assert status == 422
    assert "came again" in text


async def test_acting_on_many_does_what_each_allows(admin: Browser, stage: Stage) -> None:
    held = [await received(stage, f"bread.example/{n}") for n in range(3)]
    await admin.post("/pings", {"do": f"reject:{held[0].id}"})
    form = [("do", "reject"), *(("id", ping.id) for ping in held)]
    _, _, place = await admin.post("/pings", form)
    _, text = await admin.get(place)
    assert "2 linkbacks rejected. 1 does not allow that." in text
    assert {ping.state for ping in await stage.all_pings()} == {State.REJECTED}
    await admin.post("/undo", {"id": await undo_id(admin, place)})
    assert sorted(ping.state for ping in await stage.all_pings()) == ["held", "held", "rejected"]


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


async def test_the_page_of_a_ping_shows_all_that_is_known(admin: Browser, stage: Stage) -> None:
    ping = await received(stage, excerpt="Words as sent")
    _, text = await admin.get(f"/pings/{ping.id}")
    for told in (
        "Words as sent",
        "203.0.113.9",
        "Some blog",
        "<svg",
        "did not come in time",
        "received",
        "/rules/new?",
    ):
        assert told in text, told
    assert (await admin.get("/pings/nothing"))[0] == 404


async def test_fetching_again_judges_anew(admin: Browser, stage: Stage) -> None:
    ping = await received(stage)
    stage.web.pages["bread.example/page"] = LINKS
    assert (await admin.post(f"/pings/{ping.id}/check", {}))[0] == 303
    await stage.settled(State.DELIVERED)


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
