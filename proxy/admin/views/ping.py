"""Everything that a ping's own page shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Final, Protocol
from urllib.parse import urlencode

from markupsafe import Markup

from proxy.admin.plain import Marked, mark, safe_link, visible
from proxy.admin.plots import Step, points_bar
from proxy.admin.reasons import EVENTS
from proxy.admin.texts import Texts
from proxy.admin.views.sentences import detail_text, reason_text, sign_text
from proxy.admin.views.words import label_name, points_text
from proxy.decide import Bands
from proxy.ping import Action, Evidence, Failure, Finding, Label, Ping, State
from proxy.urls import registrable_domain


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One rule's opinion as a line of a table."""

    rule: str
    text: str
    points: str
    demands: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what is known under it; `link` is safe or None."""

    name: str
    text: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of the story."""

    at: datetime
    what: str
    by: str
    detail: str


@dataclass(frozen=True, slots=True)
class WordLine:
    """One word or sign and what it adds."""

    text: str
    points: str


class Reason(Protocol):
    """What one word or sign adds to a score."""

    @property
    def points(self) -> float:
        """Log-odds of spam."""

    @property
    def says(self) -> str:
        """The word or sign, with {} where its value stands."""

    @property
    def value(self) -> str:
        """Its value."""


_DEMANDS: Final = {Action.APPROVE: "approve", Action.HOLD: "hold", Action.REJECT: "reject"}
_FAILURES: Final = {
    Failure.GONE: "the page is not there",
    Failure.NOT_PUBLIC: "not on the public internet",
    Failure.FORBIDDEN: "the page refuses to be read by us",
    Failure.SERVER_ERROR: "the server reports an error of its own",
    Failure.TIMEOUT: "the page did not come in time",
    Failure.UNREACHABLE: "the server cannot be reached",
    Failure.REDIRECTS: "too many redirects",
    Failure.NOT_A_PAGE: "no page that could hold a link",
    Failure.OTHER_STATUS: "an unusual status",
    Failure.OVER_BUDGET: "not asked yet: its host has been asked enough for now",
    Failure.UNREADABLE: "the page could not be read",
    Failure.TARGET_UNKNOWN: "this site did not say which of its posts is meant",
}


_ATTEMPTS: Final = ("delivered", "refused", "failed", "delivery postponed")


def finding_lines(texts: Texts, ping: Ping) -> list[FindingLine]:
    """Return the findings, those that decide first."""
    found = sorted(
        ping.verdict.findings if ping.verdict else (), key=lambda one: (one.demands is None, -abs(one.points))
    )
    return [
        FindingLine(
            one.rule,
            visible(reason_text(texts, one.text), 600),
            points_text(texts, one.points) if one.points else "",
            texts.say(_DEMANDS[one.demands]) if one.demands else "",
        )
        for one in found
    ]


def bar(texts: Texts, findings: Sequence[Finding], bands: Bands) -> Markup:
    """Return the bar of points against the two thresholds."""
    steps = [Step(one.rule, one.points) for one in findings if one.points]
    total = points_text(texts, sum(step.points for step in steps))
    title = texts.say("Points of each finding, together {points}", points=total)
    zones = (texts.say("approve"), texts.say("hold"), texts.say("reject"))
    return points_bar(steps, bands.approve_below, bands.reject_from, title, total, zones)


def received_facts(texts: Texts, ping: Ping) -> list[Fact]:
    """Return what the sender sent."""
    say, linkback = texts.say, ping.linkback
    facts = [
        Fact(say("Source"), visible(linkback.source_url), safe_link(linkback.source_url)),
        Fact(say("Target"), visible(linkback.target_url), safe_link(linkback.target_url)),
        Fact(say("Kind"), say(linkback.kind.value)),
        Fact(say("Site"), ping.site),
    ]
    texts_sent = ((say("Title"), linkback.title), (say("Excerpt"), linkback.excerpt), (say("Blog"), linkback.blog_name))
    facts += [Fact(name, visible(value, 4000)) for name, value in texts_sent if value]
    facts.append(Fact(say("Sender's address"), visible(ping.sender.remote_ip)))
    if ping.sender.user_agent:
        facts.append(Fact(say("Sender's program"), visible(ping.sender.user_agent)))
    if ping.label:
        facts.append(Fact(say("Label"), label_name(texts, ping.label)))
    return facts


def evidence_facts(texts: Texts, seen: Evidence) -> list[Fact]:
    """Return what the source page showed, as far as it is known."""
    say = texts.say
    told: list[tuple[str, str | None]] = [
        (say("Failure"), say(_FAILURES[seen.failure]) if seen.failure else None),
        (say("Link to the target"), _answer(texts, seen.link_found, "found", "not found")),
        (say("For readers"), _answer(texts, seen.link_visible, "visible", "hidden")),
        (say("rel"), seen.link_rel or None),
        (say("Title of the page"), seen.title),
        (say("Status"), str(seen.status) if seen.status is not None else None),
        (say("Redirects"), texts.number(seen.redirects) if seen.redirects is not None else None),
        (say("Type"), seen.content_type),
        (say("Language"), seen.language),
        (say("Text"), _amount(texts, seen.text_chars, "{n} character", "{n} characters")),
        (say("Links to elsewhere"), texts.number(seen.outbound_links) if seen.outbound_links is not None else None),
        (say("Sender belongs to the host"), _answer(texts, seen.sender_matches_host, "yes", "no")),
        (
            say("WordPress's own check"),
            _answer(
                texts,
                seen.wordpress_would_accept,
                "would accept it",
                "would refuse it: it finds no plain title, or not the target as the sender spelled it",
            ),
        ),
    ]
    facts = [Fact(name, visible(value)) for name, value in told if value is not None]
    for name, url in ((say("Read at"), seen.fetched_url), (say("Sends its readers to"), seen.refresh_url)):
        if url:
            facts.append(Fact(name, visible(url), safe_link(url)))
    return facts


def _answer(texts: Texts, known: bool | None, yes: str, no: str) -> str | None:
    return None if known is None else texts.say(yes if known else no)


def _amount(texts: Texts, number: int | None, one: str, many: str) -> str | None:
    return None if number is None else texts.count(one, many, number)


def context(seen: Evidence | None) -> Marked | None:
    """Return the link in its context, as the source page shows it."""
    return mark(seen.excerpt, seen.link_text, 1200) if seen and seen.excerpt else None


def story(texts: Texts, ping: Ping) -> list[EventLine]:
    """Return the line of events, the oldest first."""
    return [
        EventLine(
            event.at,
            texts.say(EVENTS[event.what]) if event.what in EVENTS else visible(event.what, 64),
            visible(event.by, 64),
            texts.say(event.detail) if event.detail in set(Label) else visible(detail_text(texts, event.detail)),
        )
        for event in ping.events
    ]


def word_lines(texts: Texts, reasons: Iterable[Reason]) -> tuple[list[WordLine], list[WordLine]]:
    """Return the words that spoke for spam and those that spoke against it."""
    found = sorted(reasons, key=lambda reason: -abs(reason.points))
    lines = [
        (one.points, WordLine(visible(sign_text(texts, one.says, one.value), 200), points_text(texts, one.points)))
        for one in found
    ]
    return [line for points, line in lines if points >= 0.05], [line for points, line in lines if points <= -0.05]


def rule_links(texts: Texts, ping: Ping, host: str, path: str, site: str = "") -> list[Fact]:
    """Return the ways to make a rule of this ping, for *site* alone or all; each leads to a form that is filled in."""
    say, base = texts.say, {"action": "reject"} | ({"site": site} if site else {})
    ways: list[tuple[str, str, dict[str, str]]] = [(say("host"), host, {"source_host": host})]
    if _network(host.strip("[]")) is None:
        domain = registrable_domain(host)
        ways.append((say("domain"), domain, {"source_domain": domain}))
    ways.append((say("path"), f"{host}{path}", {"source_host": host, "source_path": path}))
    network = _network(ping.sender.remote_ip)
    if network:
        ways.append((say("address range"), network, {"remote_network": network}))
    words = ping.linkback.title or (ping.evidence.title if ping.evidence else None) or ""
    if words.strip():
        ways.append((say("words"), visible(words, 80), {"words": "\n".join(words.split()[:12])}))
    return [Fact(name, visible(text, 120), "/rules/new?" + urlencode(base | given)) for name, text, given in ways]


def _network(remote_ip: str) -> str | None:
    try:
        address = ip_address(remote_ip)
    except ValueError:
        return None
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))


def attempts(texts: Texts, ping: Ping) -> list[EventLine]:
    """Return the attempts to deliver a ping, the oldest first, each with WordPress's answer."""
    return story(texts, replace(ping, events=tuple(event for event in ping.events if event.what in _ATTEMPTS)))


def dashboard_link(ping: Ping, home: str, comment_id: int | None) -> str | None:
    """Return where WordPress shows the comment of a delivered ping: itself where its number is known, else a search."""
    if ping.state is not State.DELIVERED:
        return None
    if comment_id is not None:
        return safe_link(f"{home}/wp-admin/comment.php?action=editcomment&c={comment_id}")
    found = urlencode({"comment_type": "pings", "s": ping.linkback.source_url})
    return safe_link(f"{home}/wp-admin/edit-comments.php?{found}")
