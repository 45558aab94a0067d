"""Everything that a ping's own page shows, as values."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from proxy.admin.texts import Texts
from proxy.admin.views import ping as view
from proxy.decide import Bands
from proxy.ping import (
    Action,
    Event,
    Evidence,
    Failure,
    Finding,
    Kind,
    Label,
    Linkback,
    Ping,
    Sender,
    State,
    Verdict,
)

TEXTS = Texts()
AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
LINK = Linkback(Kind.TRACKBACK, "http://www.bread.example/x", "http://blog.example/alpha/", "Cheap loaves")
PING = Ping("ID", "blog", State.HELD, LINK, Sender("203.0.113.9", "Some blog"), "/x", AT)
FINDINGS = (
    Finding("light", -0.5, "speaks for it"),
    Finding("heavy", 3, "thin"),
    Finding("asks", 0, "x", Action.REJECT),
)
HOSTILE = "\u202e<script>\x00"
SEEN = "⟨U+202E⟩<script>␀"


@dataclass(frozen=True)
class Reason:
    points: float
    value: str
    says: str = "{}"


def test_findings_that_decide_come_first() -> None:
    lines = view.finding_lines(TEXTS, replace(PING, verdict=Verdict(Action.REJECT, 2.5, FINDINGS)))
    assert [(line.rule, line.points, line.demands) for line in lines] == [
        ("asks", "", "reject"),
        ("heavy", "+3.0", ""),
        ("light", "−0.5", ""),
    ]
    assert view.finding_lines(TEXTS, PING) == []


def test_the_bar_holds_what_has_points_and_says_the_sum() -> None:
    told = view.bar(TEXTS, FINDINGS, Bands())
    assert "Points of each finding, together +2.5" in told
    assert "heavy" in told
    assert "asks" not in told
    assert "<script>" not in view.bar(TEXTS, (Finding("<script>", 1, ""),), Bands())


def test_what_was_sent_is_told_harmlessly() -> None:
    sent = Linkback(Kind.PINGBACK, "javascript:x", "http://blog.example/", HOSTILE, "", HOSTILE)
    facts = {fact.name: fact for fact in view.received_facts(TEXTS, replace(PING, linkback=sent, label=Label.SPAM))}
    assert (facts["Source"].link, facts["Target"].link) == (None, "http://blog.example/")
    assert facts["Title"].text == facts["Blog"].text == SEEN
    assert facts["Label"].text == "labelled spam"
    assert "Excerpt" not in facts
    sender = replace(PING, sender=Sender("::1", HOSTILE))
    assert SEEN in [fact.text for fact in view.received_facts(TEXTS, sender)]


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (Evidence(), {}),
        (Evidence(link_found=True, link_visible=False), {"Link to the target": "found", "For readers": "hidden"}),
        (Evidence(link_found=False), {"Link to the target": "not found"}),
        (Evidence(status=0, redirects=0, text_chars=0, outbound_links=0), {"Status": "0", "Redirects": "0", "Text": "0 characters", "Links to elsewhere": "0"}),
        (Evidence(text_chars=1), {"Text": "1 character"}),
        (Evidence(title="", link_rel=""), {"Title of the page": ""}),
        (Evidence(sender_matches_host=False, wordpress_would_accept=True), {"Sender belongs to the host": "no", "WordPress's own check": "would accept it"}),
        (Evidence(title=HOSTILE, content_type=HOSTILE), {"Title of the page": SEEN, "Type": SEEN}),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_not_known_is_not_told(seen: Evidence, told: dict[str, str]) -> None:
    assert {fact.name: fact.text for fact in view.evidence_facts(TEXTS, seen)} == told


@pytest.mark.parametrize("failure", Failure)
def test_every_failure_has_its_words(failure: Failure) -> None:
    (fact,) = view.evidence_facts(TEXTS, Evidence(failure=failure))
    assert fact.name == "Failure"
    assert fact.text


def test_addresses_of_the_source_are_links_only_where_safe() -> None:
    facts = view.evidence_facts(TEXTS, Evidence(fetched_url="http://a.example/", refresh_url="javascript:x"))
    assert [(fact.text, fact.link) for fact in facts] == [
        ("http://a.example/", "http://a.example/"),
        ("javascript:x", None),
    ]


@pytest.mark.parametrize("seen", [None, Evidence(), Evidence(excerpt="", link_text="x")])
def test_without_an_excerpt_there_is_no_context(seen: Evidence | None) -> None:
    assert view.context(seen) is None


def test_the_context_marks_the_link() -> None:
    marked = view.context(Evidence(excerpt="see Alpha here", link_text="Alpha"))
    assert marked is not None
    assert marked.marked == "Alpha"


def test_the_story_is_told_in_words() -> None:
    story = (
        Event(AT, "received", "pingwarden", "from 192.0.2.7"),
        Event(AT, "refused", "wordpress"),
        Event(AT, "labelled", "anna", "spam"),
        Event(AT, HOSTILE[1:9], "\u202eanna", HOSTILE),
    )
    lines = view.story(TEXTS, replace(PING, events=story))
    assert [line.what for line in lines] == ["received", "refused by WordPress", "labelled", "<script>"]
    assert (lines[2].detail, lines[3].detail, lines[3].by) == ("spam", SEEN, "⟨U+202E⟩anna")


def test_the_name_of_an_unknown_event_is_harmless_too() -> None:
    (line,) = view.story(TEXTS, replace(PING, events=(Event(AT, HOSTILE, "x"),)))
    assert line.what == SEEN


def test_words_are_told_for_and_against_the_strongest_first() -> None:
    reasons = [
        Reason(0.06, "weak"),
        Reason(2, "casino"),
        Reason(-1, HOSTILE),
        Reason(0.04, "nothing"),
        Reason(-3, "bread"),
    ]
    speaks_for, speaks_against = view.word_lines(TEXTS, reasons)
    assert [line.text for line in speaks_for] == ["casino", "weak"]
    assert [line.text for line in speaks_against] == ["bread", SEEN]


def links(ping: Ping, host: str = "www.bread.example") -> dict[str, dict[str, list[str]]]:
    """Return what each link to a new rule fills in."""
    found = {}
    for fact in view.rule_links(TEXTS, ping, host, "/x"):
        parts = urlsplit(fact.link or "")
        assert (parts.scheme, parts.netloc, parts.path) == ("", "", "/rules/new")
        given = parse_qs(parts.query)
        assert given.pop("action") == ["reject"]
        found[fact.name] = given
    return found


def test_a_ping_leads_to_rules_that_are_filled_in() -> None:
    assert links(PING) == {
        "host": {"source_host": ["www.bread.example"]},
        "domain": {"source_domain": ["bread.example"]},
        "path": {"source_host": ["www.bread.example"], "source_path": ["/x"]},
        "address range": {"remote_network": ["203.0.113.0/24"]},
        "words": {"words": ["Cheap\nloaves"]},
    }


@pytest.mark.parametrize(
    ("ping", "host", "absent"),
    [
        (PING, "203.0.113.7", "domain"),
        (PING, "[2001:db8::1]", "domain"),
        (replace(PING, sender=Sender("unknown")), "www.bread.example", "address range"),
        (replace(PING, linkback=replace(LINK, title=" ")), "www.bread.example", "words"),
    ],
)
def test_there_is_no_way_to_a_rule_that_would_say_nothing(ping: Ping, host: str, absent: str) -> None:
    found = links(ping, host)
    assert absent not in found
    assert len(found) == 4


def test_hostile_words_stay_inside_of_their_field() -> None:
    ping = replace(PING, linkback=replace(LINK, title="&action=approve&x=<b> #?"), sender=Sender("2001:db8::1:2"))
    found = links(ping)
    assert found["words"] == {"words": ["&action=approve&x=<b>\n#?"]}
    assert found["address range"] == {"remote_network": ["2001:db8::/48"]}


@pytest.mark.parametrize("state", State)
def test_only_what_wordpress_has_is_looked_for_there(state: State) -> None:
    ping = replace(PING, state=state)
    link, known = (view.dashboard_link(ping, "http://blog.example", number) for number in (None, 7))
    if state is not State.DELIVERED:
        assert link is known is None
        return
    assert known == "http://blog.example/wp-admin/comment.php?action=editcomment&c=7"
    assert link is not None
    assert parse_qs(urlsplit(link).query) == {"comment_type": ["pings"], "s": [LINK.source_url]}


@pytest.mark.parametrize("home", ["", "javascript:x//"])
def test_without_a_home_there_is_no_link_to_it(home: str) -> None:
    assert view.dashboard_link(replace(PING, state=State.DELIVERED), home, None) is None


def test_each_attempt_to_deliver_is_told_with_its_answer() -> None:
    told = (
        ("received", "from 203.0.113.9"),
        ("approved", ""),
        ("delivery postponed", "WordPress takes only one ping in 15 seconds"),
        ("labelled", "ham"),
        ("refused", HOSTILE),
    )
    ping = replace(PING, events=tuple(Event(AT, what, "wordpress", detail) for what, detail in told))
    assert [(line.what, line.detail) for line in view.attempts(TEXTS, ping)] == [
        ("delivery postponed", "WordPress takes only one ping in 15 seconds"),
        ("refused by WordPress", SEEN),
    ]
    assert view.attempts(TEXTS, PING) == []
