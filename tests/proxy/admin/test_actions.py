"""What a person does, and undoes."""

from pathlib import Path

from proxy.ping import Label, State
from tests.proxy.admin.conftest import Browser, browser_at, keep_person, received, undo_id
from tests.stage import Stage, on_stage


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
