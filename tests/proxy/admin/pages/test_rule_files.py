"""Rules from and to files."""

import json

import aiohttp
import pytest

from proxy.admin.rule_text import read_rules, write_rules
from proxy.rules.owner import BadRule, OwnerRule
from proxy.store import rulebook
from tests.proxy.admin.conftest import Browser
from tests.stage import Stage


async def rules(stage: Stage) -> list[OwnerRule]:
    return await stage.proxy.database.read(rulebook.list_all)


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


async def test_a_file_that_is_no_list_comes_back_in_words_and_keeps_nothing(admin: Browser, stage: Stage) -> None:
    for form, content, told in (
        ("hosts", b"casino\n", "is no host"),
        ("json", b"\xff\xfe{", "not JSON"),
        ("json", b"[" * 50_000, "not JSON"),
        ("hosts", b"# nothing\n", "There is no rule in it"),
        ("odd", b"bad.example", "must be one of"),
        ("hosts", b"<script>alert(1)</script>", "is no host"),
    ):
        data = aiohttp.FormData({"format": form, "action": "reject", "text": "good.example"})
        data.add_field("file", content, filename="../../<b>.txt")
        async with admin.http.post(admin.base + "/rules/import", data=data, headers={"Origin": admin.base}) as answer:
            text = await answer.text()
            assert (answer.status, told in text, "<script>alert" in text) == (422, True, False), content[:20]
    for kept in ("", "{", "{}", '{"items": 5}', '{"items": [5]}', '{"items": []}', '{"items": [{"action": "fly"}]}'):
        status, _, _ = await admin.post("/rules/import/keep", {"rules": kept})
        assert status == 422, kept
    assert await stage.proxy.database.read(rulebook.list_all) == []


async def test_an_export_is_a_file_of_its_type(admin: Browser) -> None:
    for form, kind, name in (
        ("json", "application/json", "pingwarden-rules.json"),
        ("hosts", "text/plain", "pingwarden-hosts.txt"),
        ("keys", "text/plain", "pingwarden-disallowed-keys.txt"),
    ):
        async with admin.http.get(f"{admin.base}/rules/export?as={form}") as answer:
            assert (answer.status, answer.content_type) == (200, kind)
            assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
