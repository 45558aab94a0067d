"""What a person does, and undoes."""

from dataclasses import replace
from pathlib import Path

import pytest

from proxy.admin.actions import MAX_AT_ONCE, Do, act, keep_rules, last_done, remove_rule, take_back
from proxy.errors import UnknownThing
from proxy.ping import Label, State
from proxy.rules.owner import BadRule, OwnerRule, when_from_json
from proxy.score.workshop import Workshop
from proxy.store import pings, rulebook
from proxy.store.people import Person, Role
from proxy.store.scope import EVERYWHERE, Within
from tests.proxy.admin.conftest import Browser, browser_at, keep_person, received, undo_id
from tests.stage import Stage, on_stage
from tests.waiting import until

ANNA = Person("anna", Role.MODERATOR)


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


@pytest.mark.parametrize("count", [0, MAX_AT_ONCE + 1])
async def test_nothing_and_too_much_are_refused(stage: Stage, count: int) -> None:
    with pytest.raises(BadRule, match="choose from 1 to"):
        await act(stage.proxy.pipeline, Do.DELETE, [f"ID{number}" for number in range(count)], ANNA)


# Of a delivered, a held, an unknown ping and the held one again: how many change, and how many do not allow it.
OUTCOMES = {
    Do.APPROVE: (1, 2),
    Do.REJECT: (1, 2),
    Do.SPAM: (2, 1),  # what WordPress has already is at least labelled
    Do.LABEL_SPAM: (2, 1),
    Do.LABEL_HAM: (2, 1),
    Do.LABEL_NONE: (2, 1),
    Do.DELETE: (2, 1),
}


async def test_each_action_does_what_each_ping_allows_and_each_ping_counts_once(stage: Stage) -> None:
    pipeline = stage.proxy.pipeline
    assert set(OUTCOMES) == set(Do)
    for what, expected in OUTCOMES.items():
        delivered = await received(stage, f"bread.example/{what}/1")
        await act(pipeline, Do.APPROVE, [delivered.id], ANNA)
        await until_delivered(stage, delivered.id)
        held = await received(stage, f"bread.example/{what}/2")
        done = await act(pipeline, what, [delivered.id, held.id, "nothing", held.id], ANNA)
        assert (done.what, done.changed, done.skipped) == (what, *expected)
        assert done.undo_id is not None


async def test_where_nothing_changed_there_is_nothing_to_undo(stage: Stage) -> None:
    done = await act(stage.proxy.pipeline, Do.APPROVE, ["nothing"], ANNA)
    assert (done.changed, done.skipped, done.undo_id) == (0, 1, None)
    assert await last_done(Within(stage.proxy.database, EVERYWHERE), "nothing") is None


async def until_delivered(stage: Stage, ping_id: str) -> None:
    async def found() -> bool:
        return (await stage.proxy.database.read(pings.get, ping_id)).state is State.DELIVERED

    await until(found, "the delivery")


async def test_rules_are_added_changed_and_removed_with_an_undo_each(stage: Stage) -> None:
    pipeline = stage.proxy.pipeline
    workshop = Workshop(lambda: pipeline.config, pipeline.database)
    with pytest.raises(BadRule):
        await keep_rules(pipeline, [], ANNA)
    rule = OwnerRule("", "n", when_from_json({"self": True}), "hold")
    added = await keep_rules(pipeline, [rule, rule], ANNA)
    kept = await pipeline.database.read(rulebook.list_all)
    changed = await keep_rules(pipeline, [replace(kept[0], action="reject")], ANNA)
    removed = await remove_rule(pipeline, kept[0].id, ANNA)
    assert [(done.what, done.changed) for done in (added, changed, removed)] == [
        ("rule-added", 2),
        ("rule-changed", 1),
        ("rule-removed", 1),
    ]
    for done, left in ((removed, 2), (changed, 2), (added, 0)):
        assert done.undo_id is not None
        await take_back(pipeline, workshop, done.undo_id, ANNA)
        assert len(await pipeline.database.read(rulebook.list_all)) == left
    with pytest.raises(UnknownThing):
        await remove_rule(pipeline, "nothing", ANNA)
