"""A ping's own page."""

from dataclasses import replace

from proxy.ping import State
from tests.proxy.admin.conftest import Browser, received, undo_id
from tests.stage import LINKS, NO_LINK, Stage


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
    _, text = await admin.get(f"/pings/{ping.id}")
    assert "Handing it to WordPress" in text
    assert "WordPress took it" in text
    assert "/wp-admin/edit-comments.php" in text


async def test_fetching_again_is_undone_with_all_that_it_changed(admin: Browser, stage: Stage) -> None:
    ping = await received(stage)
    (before,) = await stage.all_pings()
    stage.web.pages["bread.example/page"] = NO_LINK
    _, _, place = await admin.post(f"/pings/{ping.id}/check", {})
    (after,) = await stage.all_pings()
    assert (after.state, after.verdict == before.verdict) == (State.REJECTED, False)
    assert "1 source fetched again." in (await admin.get(place))[1]
    assert (await admin.post("/undo", {"id": await undo_id(admin, place)}))[0] == 303
    (again,) = await stage.all_pings()
    assert replace(again, events=()) == replace(before, events=())
    assert "data-row=" in (await admin.get("/?rule=thin"))[1]
    assert "data-row=" not in (await admin.get("/?state=all&rule=no-link"))[1]


async def test_what_came_of_fetching_again_stays_once_wordpress_has_it(admin: Browser, stage: Stage) -> None:
    ping = await received(stage)
    stage.web.pages["bread.example/page"] = LINKS
    _, _, place = await admin.post(f"/pings/{ping.id}/check", {})
    await stage.settled(State.DELIVERED)
    status, text, _ = await admin.post("/undo", {"id": await undo_id(admin, place)})
    assert (status, "The linkback is delivered by now." in text) == (422, True)
