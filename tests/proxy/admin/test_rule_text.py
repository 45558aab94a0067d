"""Rules as texts of other programs, both ways."""

import json
from dataclasses import replace

import pytest

from proxy.admin.rule_text import FORMATS, read_rules, write_rules
from proxy.rules.owner import BadRule, OwnerRule, when_from_json

RULE = OwnerRule("ID", "n", when_from_json({"source_host": ["www.bad.example"]}), "reject")


def read(form: str, text: str, action: str = "reject") -> dict[str, tuple[str, ...]]:
    """Return what was read as {condition: items}."""
    found = {}
    for rule in read_rules(form, text, action, {"blog"}):
        assert rule.action == action
        for name in ("source_domain", "source_host", "remote_network", "words"):
            items = tuple(str(item) for item in getattr(rule.when, name))
            if items:
                found[name] = items
    return found


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("hosts", "bad.example\nwww.bad.example\n", {"source_domain": ("bad.example",), "source_host": ("www.bad.example",)}),
        ("hosts", "# remark\n\n  bad.example  # why\nbad.example\n", {"source_domain": ("bad.example",)}),
        ("hosts", "*.Bad.Example\r\n", {"source_domain": ("bad.example",)}),
        ("hosts", "", {}),
        ("hosts", "# nothing\n", {}),
        ("keys", "casino\n192.0.2.0/24\n198.51.\n", {"remote_network": ("192.0.2.0/24", "198.51.0.0/16"), "words": ("casino",)}),
        ("keys", "203.0.113.*\n10.\n", {"remote_network": ("203.0.113.0/24", "10.0.0.0/8")}),
        ("keys", "192.0.2.9/24", {"remote_network": ("192.0.2.0/24",)}),
        ("keys", "300.1.\n", {"words": ("300.1.",)}),
        ("keys", "http://bad.example/path", {"words": ("http://bad.example/path",)}),
    ],
)  # fmt: skip
def test_lines_are_sorted_into_conditions(form: str, text: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert read(form, text) == expected


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("odd", "bad.example"),
        ("", "bad.example"),
        ("hosts", "casino"),
        ("hosts", "192.0.2.1"),
        ("hosts", "<script>"),
        ("keys", "\n".join(f"word{n}" for n in range(5001))),
        ("json", "{"),
        ("json", "[" * 100_000),
        ("json", "null"),
        ("json", "[1]"),
        ("json", '{"items": {}}'),
        ("json", json.dumps([{"action": "hold", "when": {"self": True}}] * 501)),
        ("json", '[{"action": "fly", "when": {"self": true}}]'),
        ("json", '[{"action": "hold", "when": {"self": true}, "site": "elsewhere"}]'),
        ("json", '[{"action": "hold", "when": {"colour": "red"}}]'),
    ],
    ids=lambda text: text[:30],
)
def test_what_is_not_understood_is_refused(form: str, text: str) -> None:
    with pytest.raises(BadRule):
        read_rules(form, text, "reject", {"blog"})


def test_an_action_that_lists_cannot_have_is_refused() -> None:
    for action in ("", "fly", "points"):
        with pytest.raises(BadRule):
            read_rules("keys", "casino", action, set())


@pytest.mark.parametrize(
    ("changes", "hosts", "keys"),
    [
        ({}, ["www.bad.example"], ["www.bad.example"]),
        ({"when": {"source_domain": ["a.example", "b.example"]}}, ["a.example", "b.example"], ["a.example", "b.example"]),
        ({"when": {"words": ["x y"]}}, [], ["x y"]),
        ({"when": {"remote_network": ["192.0.2.0/24"]}}, [], ["192.0.2.0/24"]),
        # A list cannot say any of these, and a part of them would say too much.
        ({"when": {"words": ["x"], "kind": "pingback"}}, [], []),
        ({"when": {"pattern": "x+"}}, [], []),
        ({"enabled": False}, [], []),
        ({"action": "hold"}, [], []),
        ({"action": "approve"}, [], []),
    ],
    ids=str,
)  # fmt: skip
def test_a_list_says_only_what_it_can(changes: dict[str, object], hosts: list[str], keys: list[str]) -> None:
    when = when_from_json(changes.get("when", {"source_host": ["www.bad.example"]}))
    rule = replace(RULE, **(changes | {"when": when}))  # type: ignore[arg-type]
    assert write_rules("hosts", [rule]).splitlines() == hosts
    assert write_rules("keys", [rule]).splitlines() == keys
    (item,) = json.loads(write_rules("json", [rule]))["items"]
    assert (item["enabled"], item["action"]) == (rule.enabled, rule.action)


def test_nothing_is_said_twice_and_ids_and_hits_stay_here() -> None:
    assert write_rules("hosts", [RULE, RULE]) == "www.bad.example\n"
    (item,) = json.loads(write_rules("json", [RULE]))["items"]
    assert not {"id", "hits", "last_hit_at"} & set(item)


def test_what_was_written_as_json_is_read_again() -> None:
    (again,) = read_rules("json", write_rules("json", [RULE]), "ignored", set())
    assert (again.when, again.name, again.action, again.id) == (RULE.when, "n", "reject", "")


def test_an_unknown_format_is_refused_and_names_the_known() -> None:
    with pytest.raises(BadRule, match=", ".join(FORMATS)):
        write_rules("xml", [RULE])
