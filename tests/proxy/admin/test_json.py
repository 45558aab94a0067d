"""Nouns as JSON, and JSON as rules."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from proxy.admin.json import ping_json, points_from_text, rule_from_json, rule_json, time_from_text, time_text
from proxy.errors import FaultCode
from proxy.ping import Action, Event, Evidence, Finding, Kind, Label, Linkback, Ping, Sender, State, Verdict
from proxy.rules.owner import BadRule

AT = datetime(2026, 3, 3, 10, 0, 0, 123456, tzinfo=UTC)
PING = Ping(
    "ID", "blog", State.RECEIVED, Linkback(Kind.PINGBACK, "http://a.example/", "http://b.example/"), Sender("::1"), "/x", AT
)  # fmt: skip
WHEN = {"self": True}


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (None, None),
        (AT, "2026-03-03T10:00:00.123Z"),
        (datetime(2026, 3, 3, 12, tzinfo=timezone(timedelta(hours=2))), "2026-03-03T10:00:00.000Z"),
    ],
)
def test_times_are_told_in_utc(at: datetime | None, told: str | None) -> None:
    assert time_text(at) == told


def test_a_ping_that_nothing_is_known_of_is_told_all_the_same() -> None:
    told = ping_json(PING)
    assert (told["state"], told["spam_probability"], told["points"], told["reasons"]) == ("received", None, None, [])
    assert (told["evidence"], told["label"], told["events"]) == ({}, None, [])
    json.dumps(told)


def test_a_judged_ping_tells_why() -> None:
    verdict = Verdict(Action.HOLD, 0.123456, (Finding("thin", 0.123456, "thin"),), None, 0.4)
    judged = replace(
        PING,
        state=State.REJECTED,
        verdict=verdict,
        evidence=Evidence(status=200),
        label=Label.SPAM,
        fault=FaultCode.NO_LINK,
        events=(Event(AT, "received", "pingwarden"),),
    )
    told = json.loads(json.dumps(ping_json(judged)))
    assert told["reasons"] == [{"rule": "thin", "points": 0.1235, "text": "thin"}]
    assert (told["points"], told["spam_probability"], told["label"], told["fault"]) == (0.1235, 0.4, "spam", 17)
    assert told["evidence"]["status"] == 200
    assert told["events"] == [
        {"at": "2026-03-03T10:00:00.123Z", "what": "received", "by": "pingwarden", "detail": ""}
    ]  # fmt: skip


def test_a_rule_is_read_as_it_was_told() -> None:
    raw = {"name": "n", "action": "points", "points": 2, "enabled": False, "site": "blog", "when": {"words": ["x"]}}
    rule = rule_from_json(raw | {"expires_at": "2027-01-02", "note": "why"}, {"blog"}, "ID")
    assert rule_from_json(rule_json(rule), {"blog"}, "ID") == rule
    assert (rule.points, rule.enabled, rule.site, rule.note) == (2.0, False, "blog", "why")


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        (None, "object"),
        ([], "object"),
        ("x", "object"),
        ({"__class__": 1}, "__class__"),
        ({"when": WHEN}, "action"),
        ({"action": "points", "points": 0, "when": WHEN}, "points"),
        ({"action": "points", "points": True, "when": WHEN}, "points"),
        ({"action": "points", "points": "3", "when": WHEN}, "points"),
        ({"action": "points", "points": 101, "when": WHEN}, "points"),
        ({"action": "points", "points": float("nan"), "when": WHEN}, "points"),
        ({"action": "points", "points": float("inf"), "when": WHEN}, "points"),
        ({"action": "hold", "when": WHEN, "site": "elsewhere"}, "site"),
        ({"action": "hold", "when": WHEN, "enabled": "no"}, "enabled"),
        ({"action": "hold", "when": WHEN, "name": "x" * 201}, "name"),
        ({"action": "hold", "when": WHEN, "name": ["x"]}, "name"),
        ({"action": "hold", "when": WHEN, "note": "x" * 2001}, "note"),
        ({"action": "hold", "when": WHEN, "expires_at": "soon"}, "expires_at"),
        ({"action": "hold", "when": WHEN, "expires_at": 20261231}, "expires_at"),
        ({"action": "hold"}, "when"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_bad_rule_names_its_field(raw: object, named: str) -> None:
    with pytest.raises(BadRule, match=named):
        rule_from_json(raw, {"blog"})


def test_a_rule_of_another_action_has_no_points_and_a_name_of_its_own() -> None:
    rule = rule_from_json({"action": "hold", "points": 5, "when": WHEN}, set())
    assert rule.points == 0
    assert rule.name.startswith("hold: self")


@pytest.mark.parametrize(
    ("told", "at"),
    [
        (None, None),
        ("", None),
        ("2026-12-31", datetime(2026, 12, 31, tzinfo=UTC)),
        ("2026-12-31T18:00:00Z", datetime(2026, 12, 31, 18, tzinfo=UTC)),
        ("2026-12-31T18:00:00+02:00", datetime(2026, 12, 31, 16, tzinfo=UTC)),
    ],
)
def test_times_are_read_and_without_a_zone_are_utc(told: object, at: datetime | None) -> None:
    assert time_from_text(told) == at


@pytest.mark.parametrize("told", ["soon", "2026-13-01", 5, True, "x" * 10_000])
def test_what_is_no_time_is_refused(told: object) -> None:
    with pytest.raises(BadRule, match="expires_at"):
        time_from_text(told)


def test_a_list_where_an_action_belongs_is_refused() -> None:
    with pytest.raises(BadRule, match="action"):
        rule_from_json({"action": [], "when": WHEN}, {"blog"})


@pytest.mark.parametrize("name", ["site", "expires_at"])
@pytest.mark.parametrize("value", [[], {}], ids=str)
def test_a_list_where_a_text_belongs_is_refused(name: str, value: object) -> None:
    with pytest.raises(BadRule, match=name):
        rule_from_json({"action": "hold", "when": WHEN, name: value}, {"blog"})


@pytest.mark.parametrize("told", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:00"])
def test_a_time_that_does_not_exist_in_utc_is_refused(told: str) -> None:
    with pytest.raises(BadRule, match="expires_at"):
        time_from_text(told)


@pytest.mark.parametrize(("told", "points"), [("1", 1), (" -1.5 ", -1.5), ("−2,25", -2.25), ("+99.5", 99.5)])
def test_points_are_read_as_people_write_them(told: str, points: float) -> None:
    assert points_from_text(told) == points


@pytest.mark.parametrize(
    "told", ["", "much", "1_0", "nan", "inf", "-inf", "1e1", "٣", "0x1", "1.", ".5", "--1", "1 0", "12345", "1,2,3"]
)
def test_what_only_a_program_takes_for_a_number_is_none(told: str) -> None:
    with pytest.raises(BadRule, match="points"):
        points_from_text(told)
