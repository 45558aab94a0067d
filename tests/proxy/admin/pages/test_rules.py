"""The pages of the rules: write with a preview, switch, delete."""

from proxy.ping import State
from proxy.rules.owner import OwnerRule
from proxy.store import rulebook
from tests.proxy.admin.conftest import Browser, received, undo_id
from tests.stage import Stage

HOST = {"action": "reject", "source_host": "bread.example", "enabled": "yes"}


async def rules(stage: Stage) -> list[OwnerRule]:
    return await stage.proxy.database.read(rulebook.list_all)


async def test_a_rule_shows_what_it_would_have_changed_and_is_then_kept(admin: Browser, stage: Stage) -> None:
    ping = await received(stage)
    status, text, _ = await admin.post("/rules/preview", HOST)
    assert status == 200
    assert "Reject a linkback when its source is on the host bread.example." in text
    assert "Of the 1 linkbacks judged in the last 30 days, 1 would stand elsewhere." in text
    assert f"/pings/{ping.id}" in text
    assert await rules(stage) == []
    status, _, place = await admin.post("/rules", HOST)
    assert status == 303
    assert [rule.when.source_host for rule in await rules(stage)] == [("bread.example",)]
    assert "1 rule added" in (await admin.get(place))[1]
    await admin.post("/undo", {"id": await undo_id(admin, place)})
    assert await rules(stage) == []
    assert (await stage.all_pings())[0].state is State.HELD


async def test_a_rule_is_changed_switched_and_deleted_and_each_is_undone(admin: Browser, stage: Stage) -> None:
    await admin.post("/rules", HOST)
    (before,) = await rules(stage)
    assert (await admin.get(f"/rules/{before.id}"))[0] == 200
    for path, form in (
        ("/rules", HOST | {"id": before.id, "action": "hold"}),
        (f"/rules/{before.id}/switch", {}),
        (f"/rules/{before.id}/delete", {}),
    ):
        status, _, place = await admin.post(path, form)
        assert status == 303
        assert await rules(stage) != [before]
        await admin.post("/undo", {"id": await undo_id(admin, place)})
        assert await rules(stage) == [before], path


async def test_a_bad_rule_comes_back_with_a_reason_and_what_was_typed(admin: Browser) -> None:
    for form in ({}, {"source_host": ""}, HOST | {"pattern": "("}, HOST | {"action": "points", "points": "much"}):
        for path in ("/rules", "/rules/preview"):
            status, text, _ = await admin.post(path, form)
            assert status == 422
            assert 'role="alert"' in text
    assert "much" in (await admin.post("/rules", HOST | {"action": "points", "points": "much"}))[1]


async def test_a_ping_s_page_leads_to_a_form_that_is_filled_in(admin: Browser, stage: Stage) -> None:
    ping = await received(stage, title="Cheap loaves")
    _, text = await admin.get(f"/pings/{ping.id}")
    links = [part.partition('"')[0].replace("&amp;", "&") for part in text.split('href="')[1:]]
    found = {}
    for link in (link for link in links if link.startswith("/rules/new?")):
        _, page = await admin.get(link)
        found |= {name: True for name in ("203.0.113.0/24", "Cheap", "bread.example", "/page") if name in page}
    assert len(found) == 4
