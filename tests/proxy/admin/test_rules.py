"""The pages of the rules: write with a preview, switch, delete, bring and take away."""

import json

import aiohttp
import pytest

from proxy.admin.json import rule_from_json
from proxy.admin.rule_text import read_rules, write_rules
from proxy.admin.texts import Texts
from proxy.admin.views.rules import form_from, form_of, sentence, to_json
from proxy.ping import State
from proxy.rules.owner import BadRule, OwnerRule
from proxy.store import rulebook
from tests.proxy.admin.conftest import Browser, received
from tests.proxy.admin.test_inbox import undo_id
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


async def test_lists_are_brought_and_taken_away(admin: Browser, stage: Stage) -> None:
    form = aiohttp.FormData({"format": "keys", "action": "reject", "text": "casino\nbad.example\n203.0.113.\n"})
    async with admin.http.post(admin.base + "/rules/import", data=form, headers={"Origin": admin.base}) as answer:
        text = await answer.text()
    assert "it holds the word “casino”" in text
    kept = write_rules("json", read_rules("keys", "casino\nbad.example\n203.0.113.\n", "reject", set()))
    status, _, _ = await admin.post("/rules/import/keep", {"rules": kept})
    assert status == 303
    assert len(await rules(stage)) == 3
    assert sorted((await admin.get("/rules/export?as=keys"))[1].split()) == ["203.0.113.0/24", "bad.example", "casino"]
    assert (await admin.get("/rules/export?as=hosts"))[1].split() == ["bad.example"]
    assert len(json.loads((await admin.get("/rules/export?as=json"))[1])["items"]) == 3
    assert (await admin.get("/rules/export?as=other"))[0] == 422
    assert (await admin.post("/rules/import/keep", {"rules": "[1]"}))[0] == 422


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("casino", "words", ("casino",)),
        ("online casino", "words", ("online casino",)),
        ("bad.example", "source_domain", ("bad.example",)),
        ("www.bad.example", "source_host", ("www.bad.example",)),
        ("https://bad.example/", "source_domain", ("bad.example",)),
        ("203.0.113.7", "remote_network", ("203.0.113.7/32",)),
        ("203.0.113.", "remote_network", ("203.0.113.0/24",)),
        ("10.0.", "remote_network", ("10.0.0.0/16",)),
        ("2001:db8::/32", "remote_network", ("2001:db8::/32",)),
        ("<script>", "words", ("<script>",)),
    ],
)
def test_each_kind_of_key_becomes_its_condition(line: str, key: str, value: tuple[str, ...]) -> None:
    (rule,) = read_rules("keys", line, "reject", set())
    assert tuple(str(item) for item in getattr(rule.when, key)) == value


@pytest.mark.parametrize("text", ["", "[", "1", '["x"]', '[{"action": "reject"}]', '{"items": 5}'])
def test_what_is_no_list_of_rules_is_refused(text: str) -> None:
    with pytest.raises(BadRule):
        read_rules("json", text, "reject", set())


def test_a_form_says_the_rule_that_it_was_made_of() -> None:
    raw = {
        "name": "n",
        "action": "points",
        "points": -1.5,
        "enabled": False,
        "site": "blog",
        "when": {
            "kind": "pingback",
            "source_host": ["a.example", "b.example"],
            "source_domain": ["c.example"],
            "source_path": "/x/*",
            "target_path": "/y",
            "remote_network": ["192.0.2.0/24"],
            "words": ["one two", "three"],
            "pattern": "x+",
            "self": False,
        },
        "expires_at": "2027-01-02",
        "note": "why",
    }
    rule = rule_from_json(raw, {"blog"}, "ID")
    form = form_of(rule)
    assert rule_from_json(to_json(form), {"blog"}, "ID") == rule
    assert rule_from_json(to_json(form_from({"enabled": "", **vars_of(form)}, fresh=True)), {"blog"}, "ID") == rule
    assert sentence(Texts(), rule).startswith(
        "Add −1.5 points to a linkback when it is a pingback and its source is on"
    )


def vars_of(form: object) -> dict[str, str]:
    return {name: getattr(form, name) for name in form.__dataclass_fields__}  # type: ignore[attr-defined]
