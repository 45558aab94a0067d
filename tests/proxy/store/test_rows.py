"""Between rows and the nouns, and back without loss."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from proxy.clock import to_us
from proxy.errors import FaultCode
from proxy.ping import Action, Event, Evidence, Failure, Finding, Kind, Label, Linkback, Sender, State, Verdict
from proxy.store import rows

AT = datetime(2026, 3, 3, 10, 0, 0, 123456, tzinfo=UTC)
LINKBACK = Linkback(Kind.TRACKBACK, "http://a.example:8080/x", "http://blog.example/alpha/", "T", "E", "B")
FINDINGS = (
    Finding("model", -2.5, "reads well"),
    Finding("no-link", 0, "no link", Action.REJECT, FaultCode.NO_LINK),
)
ROW: dict[str, Any] = {
    "id": "01", "site": "blog", "state": "rejected", "kind": "trackback", "source_url": LINKBACK.source_url,
    "target_url": LINKBACK.target_url, "title": "T", "excerpt": "E", "blog_name": "B", "remote_ip": "192.0.2.7",
    "user_agent": "A blog", "endpoint": "/x", "received_at": to_us(AT), "points": -2.5, "spam_probability": 0.1,
    "findings": json.loads(json.dumps(rows.to_findings(FINDINGS))), "evidence": {"status": 404, "failure": "gone"},
    "label": "spam", "fault": 17, "answer": "No.", "decided_by": "anna", "checks": 2, "next_check_at": to_us(AT),
    "attempts": 3, "outcome_unknown": 1,
}  # fmt: skip


def ping(**changes: Any) -> Any:
    """Return the ping that the row holds, with some columns changed."""
    return rows.from_row(ROW | changes)  # type: ignore[arg-type]


def test_a_row_becomes_the_ping_that_it_holds() -> None:
    story = [{"at": to_us(AT), "what": "received", "by": "pingwarden", "detail": ""}]
    found = rows.from_row(ROW, story)  # type: ignore[arg-type]
    assert found.linkback == LINKBACK
    assert found.sender == Sender("192.0.2.7", "A blog")
    assert (found.received_at, found.next_check_at) == (AT, AT)
    assert found.verdict == Verdict(Action.REJECT, -2.5, FINDINGS, FaultCode.NO_LINK, 0.1)
    assert found.evidence == Evidence(status=404, failure=Failure.GONE)
    assert (found.state, found.label, found.fault, found.answer) == (State.REJECTED, Label.SPAM, 17, "No.")
    assert (found.decided_by, found.checks, found.attempts, found.outcome_unknown) == ("anna", 2, 3, True)
    assert found.events == (Event(AT, "received", "pingwarden"),)


def test_what_is_not_known_is_none() -> None:
    found = ping(points=None, evidence=None, label=None, next_check_at=None, fault=None)
    assert (found.verdict, found.evidence, found.label, found.next_check_at, found.fault) == (None,) * 5


@pytest.mark.parametrize(
    ("state", "action"),
    [("held", Action.HOLD), ("rejected", Action.REJECT), ("approved", Action.APPROVE), ("delivered", Action.APPROVE)],
)
def test_the_action_of_a_verdict_follows_from_the_state(state: str, action: Action) -> None:
    assert ping(state=state).verdict.action is action


@pytest.mark.parametrize(
    "evidence",
    [None, Evidence(), Evidence(status=200, link_found=False, link_rel=""), Evidence(failure=Failure.TIMEOUT)],
)
def test_evidence_comes_back_from_json_and_unknown_stays_unknown(evidence: Evidence | None) -> None:
    stored = json.loads(json.dumps(rows.to_evidence(evidence)))
    assert rows.from_evidence(stored) == evidence
    assert stored is None or None not in stored.values()


def test_an_id_has_26_characters_sorts_by_time_and_is_never_the_same_twice() -> None:
    assert rows.new_id(AT) != rows.new_id(AT)
    early, late = rows.new_id(AT), rows.new_id(AT + timedelta(milliseconds=1))
    assert early < late
    assert rows.new_id(AT)[:10] == early[:10]
    assert {len(early), len(late)} == {26}
    assert not set(early) & set("ILOU")


@pytest.mark.parametrize(
    ("site", "other", "same"),
    [
        ("blog", LINKBACK, True),
        ("blog", Linkback(Kind.PINGBACK, LINKBACK.source_url, LINKBACK.target_url), True),
        ("other", LINKBACK, False),
        ("blog", Linkback(Kind.TRACKBACK, LINKBACK.source_url + "y", LINKBACK.target_url), False),
        ("blog", Linkback(Kind.TRACKBACK, LINKBACK.source_url, LINKBACK.target_url + "y"), False),
        ("blog", Linkback(Kind.TRACKBACK, LINKBACK.source_url, LINKBACK.target_url.rstrip("/")), True),
        ("blog", Linkback(Kind.TRACKBACK, LINKBACK.source_url, "https://www.blog.example/%61lpha"), True),
        ("blog", Linkback(Kind.TRACKBACK, LINKBACK.source_url + "/", LINKBACK.target_url), False),
        ("blog", Linkback(Kind.TRACKBACK, LINKBACK.source_url.replace("a.", "b."), LINKBACK.target_url), False),
    ],
)
def test_the_key_is_equal_for_the_same_source_and_target_at_a_site(site: str, other: Linkback, same: bool) -> None:
    assert (rows.same_key(site, other) == rows.same_key("blog", LINKBACK)) is same


def test_the_host_of_a_source_has_no_port() -> None:
    assert rows.source_host(LINKBACK) == "a.example"
