"""The rows, tabs, filters and ages of the inbox, as values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from proxy.admin.texts import Texts
from proxy.admin.views.inbox import TABS, age, count_text, filter_of, row, tabs
from proxy.ping import Action, Evidence, Finding, Kind, Label, Linkback, Ping, Sender, State, Verdict
from proxy.store.inbox import COUNT_CAP
from proxy.store.pings import Filter

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
LINK = Linkback(Kind.TRACKBACK, "http://a.example/x", "http://blog.example/alpha/?p=4", "Title", "Excerpt", "Blog")
PING = Ping("ID", "blog", State.HELD, LINK, Sender("192.0.2.7"), "/x", AT)
TEXTS = Texts()
NONE = dict.fromkeys(State, 0)


@pytest.mark.parametrize(
    ("evidence", "link", "title"),
    [
        (Evidence(title="Page's own"), LINK, "Page's own"),
        (Evidence(), LINK, "Title"),
        (None, LINK, "Title"),
        (None, replace(LINK, title=""), "Blog"),
        (None, replace(LINK, title="", blog_name=""), "a.example"),
        (None, replace(LINK, title=" spread \n over\tlines "), "spread over lines"),
        (None, replace(LINK, title="\u202eevil"), "⟨U+202E⟩evil"),
    ],
    ids=str,
)
def test_a_row_is_called_by_the_best_name_there_is(evidence: Evidence | None, link: Linkback, title: str) -> None:
    assert row(replace(PING, evidence=evidence, linkback=link), TEXTS, "").title == title


def test_a_hostile_row_is_harmless() -> None:
    link = Linkback(Kind.PINGBACK, "javascript:alert(1)", "data:text/html,x", "W" * 9999, "\x00" * 9999, "\u202e")
    told = row(replace(PING, linkback=link), TEXTS, "1 h")
    assert (told.source, told.target_link) == (None, None)
    assert len(told.title) <= 160
    assert "\x00" not in told.excerpt.before + told.excerpt.marked + told.excerpt.after


def test_a_row_shows_its_link_its_points_and_its_two_strongest_reasons() -> None:
    findings = (Finding("a", 3, "three"), Finding("b", 0.5, "half"), Finding("c", 0, "asks", Action.HOLD))
    seen = Evidence(excerpt="He links to Alpha here.", link_text="Alpha")
    told = row(replace(PING, verdict=Verdict(Action.HOLD, 3.5, findings), evidence=seen, label=Label.HAM), TEXTS, "1 h")
    assert told.excerpt.marked == "Alpha"
    assert (told.points, told.reasons, told.label) == ("+3.5", ("asks", "three (+3.0)"), "labelled honest")
    assert (told.target, told.age, told.kind) == ("/alpha/?p=4", "1 h", "trackback")
    assert row(PING, TEXTS, "").points == ""


@pytest.mark.parametrize(
    ("state", "approve", "reject"),
    [
        (State.RECEIVED, True, True),
        (State.HELD, True, True),
        (State.REJECTED, True, False),
        (State.REFUSED, True, False),
        (State.FAILED, True, False),
        (State.APPROVED, False, False),
        (State.DELIVERED, False, False),
        (State.OBSERVED, False, False),
    ],
)
def test_a_row_offers_what_its_state_allows(state: State, approve: bool, reject: bool) -> None:
    told = row(replace(PING, state=state), TEXTS, "")
    assert (told.may_approve, told.may_reject) == (approve, reject)


def test_tabs_of_rare_states_come_only_with_something_in_them() -> None:
    assert set(TABS) == set(State)
    assert [tab.name for tab in tabs(TEXTS, {}, NONE)] == ["Held", "Rejected", "Delivered", "All"]
    assert "Observed" in [tab.name for tab in tabs(TEXTS, {}, NONE | {State.OBSERVED: 1})]
    assert "Observed" in [tab.name for tab in tabs(TEXTS, {"state": "observed"}, NONE)]


@pytest.mark.parametrize(
    ("state", "opened"), [(None, "Held"), ("", "Held"), ("rejected", "Rejected"), ("all", "All"), ("odd", None)]
)
def test_one_tab_is_open(state: str | None, opened: str | None) -> None:
    query = {} if state is None else {"state": state}
    assert [tab.name for tab in tabs(TEXTS, query, NONE) if tab.is_open] == ([opened] if opened else [])


def test_tabs_keep_the_filter_but_not_the_place_in_the_list() -> None:
    query = {"state": "held", "q": 'a&b="c', "before": "X", "done": "Y", "kind": ""}
    assert tabs(TEXTS, query, NONE)[0].href == "/?state=held&q=a%26b%3D%22c"


@pytest.mark.parametrize(
    ("count", "told"), [(0, "0"), (COUNT_CAP - 1, "9,999"), (COUNT_CAP, "10,000+"), (COUNT_CAP + 5, "10,000+")]
)
def test_counting_stops_at_a_cap(count: int, told: str) -> None:
    assert count_text(TEXTS, count) == told


@pytest.mark.parametrize(
    ("query", "wanted", "before"),
    [
        ({}, Filter(State.HELD), None),
        ({"state": "all"}, Filter(None), None),
        ({"state": "rejected", "kind": "pingback", "site": "blog"}, Filter(State.REJECTED, "pingback", "blog"), None),
        ({"state": "odd", "kind": "odd", "site": "other"}, Filter(State.HELD), None),
        ({"q": "  two words  ", "rule": "thin"}, Filter(State.HELD, text="two words", rule="thin"), None),
        ({"q": "   ", "rule": ""}, Filter(State.HELD), None),
        ({"q": "x" * 999, "rule": "y" * 999}, Filter(State.HELD, text="x" * 200, rule="y" * 80), None),
        ({"before": "A" * 26}, Filter(State.HELD), "A" * 26),
        ({"before": "A" * 25}, Filter(State.HELD), None),
        ({"before": "A" * 25 + "'"}, Filter(State.HELD), None),
        ({"before": "٣" * 26}, Filter(State.HELD), None),
    ],
    ids=str,
)
def test_what_makes_no_sense_in_an_address_is_ignored(
    query: dict[str, str], wanted: Filter, before: str | None
) -> None:
    assert filter_of(query, ["blog"]) == (wanted, before)


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        (timedelta(hours=-1), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=23, minutes=59), "23 h"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=400), "400 days"),
    ],
    ids=str,
)
def test_an_age_is_told_in_one_unit(gone: timedelta, told: str) -> None:
    assert age(TEXTS, AT - gone, AT) == told
