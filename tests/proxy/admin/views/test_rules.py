"""Rules in plain sentences, and between rules and their form."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proxy.admin.json import rule_from_json
from proxy.admin.texts import Texts, texts_in
from proxy.admin.views.rules import (
    RuleForm,
    form_from,
    form_of,
    own_name,
    rule_row,
    sentence,
    to_json,
)
from proxy.rules.owner import BadRule, OwnerRule, when_from_json

TEXTS = Texts()
AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
RULE = OwnerRule("ID", "no bread", when_from_json({"source_host": ["a.example"]}), "reject")


def rule(when: dict[str, Any], action: str = "reject", points: float = 0) -> OwnerRule:
    return rule_from_json({"action": action, "points": points, "when": when}, {"blog"}, "ID")


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (rule({"source_host": ["a.example"]}), "Reject a linkback when its source is on the host a.example."),
        (rule({"source_domain": ["a.example", "b.example"]}, "hold"), "Hold a linkback when its source is on the domain a.example or b.example."),
        (rule({"kind": "pingback", "self": True}, "approve"), "Approve a linkback when it is a pingback and it is a ping of the site to itself."),
        (rule({"self": False}, "points", -1.5), "Add −1.5 points to a linkback when it is no ping of the site to itself."),
        (rule({"words": ["one two"]}), "Reject a linkback when it holds the word “one two”."),
        (rule({"remote_network": ["192.0.2.0/24"]}), "Reject a linkback when it was sent from 192.0.2.0/24."),
        (rule({"source_path": "/x/*", "target_path": "/y"}), "Reject a linkback when the path of its source fits /x/* and the path of its target fits /y."),
        (rule({"pattern": "x+"}), "Reject a linkback when its texts fit the expression x+."),
        (rule({"words": [f"w{n}" for n in range(8)]}), "Reject a linkback when it holds the word “w0”, “w1”, “w2”, “w3”, “w4” or 3 others."),
        (rule({"words": ["{list} {0.__class__}"]}), "Reject a linkback when it holds the word “{list} {0.__class__}”."),
        (rule({"words": ["\u202eevil"]}), "Reject a linkback when it holds the word “⟨U+202E⟩evil”."),
    ],
)  # fmt: skip
def test_a_rule_is_told_in_a_sentence(rule: OwnerRule, told: str) -> None:
    assert sentence(TEXTS, rule) == told
    assert sentence(texts_in("de"), rule) != told


@pytest.mark.parametrize(
    ("given", "fresh", "enabled"),
    [({}, True, "yes"), ({}, False, ""), ({"enabled": "on"}, False, "yes"), ({"enabled": ""}, False, "yes")],
)
def test_a_box_that_was_not_ticked_is_not_sent(given: dict[str, str], fresh: bool, enabled: str) -> None:
    assert form_from(given, fresh).enabled == enabled


def test_a_form_takes_its_own_fields_and_no_endless_text() -> None:
    form = form_from({"words": "x" * 300_000, "hits": "9", "__class__": "y"})
    assert len(form.words) == 200_000
    assert "hits" not in asdict(form)


@pytest.mark.parametrize(
    ("form", "part"),
    [
        (RuleForm(action="points", points=" −1,5 "), {"points": -1.5}),
        (RuleForm(action="points", points="2.5"), {"points": 2.5}),
        (RuleForm(action="hold", points="nonsense"), {"points": 0}),
        (RuleForm(site="", expires_at="", name=" n ", note=" x\n"), {"site": None, "expires_at": None, "name": "n", "note": "x"}),
        (RuleForm(enabled=""), {"enabled": False}),
    ],
    ids=str,
)  # fmt: skip
def test_a_form_says_what_the_api_takes(form: RuleForm, part: dict[str, object]) -> None:
    assert part.items() <= to_json(form).items()


def test_lists_have_one_item_a_line() -> None:
    when = to_json(RuleForm(words=" one two \r\n\n three\n", self="maybe"))["when"]
    assert (when["words"], when["self"], when["pattern"]) == (["one two", "three"], None, None)


@pytest.mark.parametrize("points", ["", "much", "1.2.3", "--1", "0x10"])
def test_points_that_are_no_number_are_refused(points: str) -> None:
    with pytest.raises(BadRule, match="points"):
        to_json(RuleForm(action="points", points=points))


@pytest.mark.parametrize("self_ping", [None, True, False])
@pytest.mark.parametrize("enabled", [True, False])
def test_a_rule_comes_back_from_its_form(self_ping: bool | None, enabled: bool) -> None:
    raw = {"name": "n", "action": "points", "points": -0.25, "enabled": enabled, "site": "blog", "note": "why"}
    when = {"kind": "trackback", "words": ["one two", "x"], "remote_network": ["2001:db8::/32"], "self": self_ping}
    before = rule_from_json(raw | {"when": when, "expires_at": "2027-01-02"}, {"blog"}, "ID")
    assert rule_from_json(to_json(form_of(before)), {"blog"}, "ID") == before


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
    assert rule_from_json(to_json(form_from({**asdict(form), "enabled": ""}, fresh=True)), {"blog"}, "ID") == rule
    assert sentence(Texts(), rule).startswith(
        "Add −1.5 points to a linkback when it is a pingback and its source is on"
    )


def test_a_rule_that_ends_at_an_hour_still_does_after_saving() -> None:
    before = replace(RULE, expires_at=AT)
    assert rule_from_json(to_json(form_of(before)), set(), "ID").expires_at == AT


@pytest.mark.parametrize(
    ("expires_at", "expired"), [(None, False), (AT, True), (AT - timedelta(1), True), (AT + timedelta(1), False)]
)
def test_a_row_says_whether_its_time_is_over(expires_at: datetime | None, expired: bool) -> None:
    assert rule_row(TEXTS, replace(RULE, expires_at=expires_at), AT, may_change=True).expired is expired


def test_a_row_is_harmless_and_says_nothing_twice() -> None:
    row = rule_row(TEXTS, replace(RULE, name="\u202ename", note="\x00", hits=1), AT, may_change=True)
    assert (row.name, row.note, row.hits, row.finding) == ("⟨U+202E⟩name", "␀", "1 hit", "owner:ID")
    assert rule_row(TEXTS, replace(RULE, name=own_name(RULE)), AT, may_change=True).name == ""
