"""The rows of the inbox."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from proxy.admin.plain import Marked, host_of, mark, path_of, safe_link, visible
from proxy.admin.texts import Texts
from proxy.admin.views.sentences import reason_text
from proxy.admin.views.words import label_name, points_text, state_name, strongest
from proxy.lifecycle import MOVES
from proxy.ping import Ping, State
from proxy.store.inbox import COUNT_CAP
from proxy.store.pings import Filter

TABS = (
    State.HELD,
    State.REJECTED,
    State.DELIVERED,
    State.APPROVED,
    State.REFUSED,
    State.FAILED,
    State.OBSERVED,
    State.RECEIVED,
)
ALL = "all"
_ALWAYS = frozenset({State.HELD, State.REJECTED, State.DELIVERED})


@dataclass(frozen=True, slots=True)
class Tab:
    """One state's tab: where it leads, its name, and how many there are."""

    href: str
    name: str
    count: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One ping as a row shows it; texts are harmless, links are safe or None."""

    id: str
    state: str
    state_name: str
    kind: str
    site: str
    title: str
    host: str
    source: str | None
    excerpt: Marked
    target: str
    target_link: str | None
    points: str
    reasons: tuple[str, ...]
    received_at: datetime
    age: str
    label: str
    may_approve: bool
    may_reject: bool


def row(ping: Ping, texts: Texts, age: str) -> Row:
    """Return the row of *ping*."""
    linkback, evidence = ping.linkback, ping.evidence
    host = host_of(linkback.source_url)
    title = (evidence.title if evidence else None) or linkback.title or linkback.blog_name or host
    seen = (evidence.excerpt if evidence else None) or linkback.excerpt
    reasons = (_reason(texts, one.text, one.points) for one in strongest(ping))
    return Row(
        id=ping.id,
        state=ping.state.value,
        state_name=state_name(texts, ping.state),
        kind=texts.say(linkback.kind.value),
        site=ping.site,
        title=visible(" ".join(title.split()), 160),
        host=visible(host, 80),
        source=safe_link(linkback.source_url),
        excerpt=mark(seen or "", evidence.link_text if evidence else None, 280),
        target=visible(path_of(linkback.target_url), 120),
        target_link=safe_link(linkback.target_url),
        points="" if ping.verdict is None else points_text(texts, ping.verdict.points),
        reasons=tuple(reasons),
        received_at=ping.received_at,
        age=age,
        label=label_name(texts, ping.label),
        may_approve=State.APPROVED in MOVES[ping.state],
        may_reject=State.REJECTED in MOVES[ping.state],
    )


def _reason(texts: Texts, told: str, points: float) -> str:
    weight = f" ({points_text(texts, points)})" if points else ""
    return visible(reason_text(texts, told), 160) + weight


def tabs(texts: Texts, query: Mapping[str, str], counts: Mapping[State, int]) -> list[Tab]:
    """Return the tabs; those of rare states only while there is something in them."""
    opened = query.get("state") or State.HELD.value
    kept = {name: value for name, value in query.items() if name not in {"state", "before", "done"} and value}
    shown = [state for state in TABS if counts[state] or state in _ALWAYS or state.value == opened]
    found = [
        Tab(_href(kept, state.value), state_name(texts, state), count_text(texts, counts[state]), opened == state.value)
        for state in shown
    ]
    return [*found, Tab(_href(kept, ALL), texts.say("All"), "", opened == ALL)]


def _href(kept: Mapping[str, str], state: str) -> str:
    return "/?" + urlencode({"state": state, **kept})


def count_text(texts: Texts, count: int) -> str:
    """Return a count; counting stops at a cap."""
    return texts.number(count) if count < COUNT_CAP else texts.number(COUNT_CAP) + "+"


def filter_of(query: Mapping[str, str], sites: Iterable[str]) -> tuple[Filter, str | None]:
    """Return the filter that a URL holds and the ping to go on from; what makes no sense in it is ignored."""
    state, kind, site = query.get("state", State.HELD.value), query.get("kind"), query.get("site")
    wanted = Filter(
        State(state) if state in set(State) else (None if state == ALL else State.HELD),
        kind if kind in {"pingback", "trackback"} else None,
        site if site in set(sites) else None,
        (query.get("q") or "").strip()[:200] or None,
        (query.get("rule") or "")[:80] or None,
    )
    before = query.get("before", "")
    return wanted, before if before.isalnum() and before.isascii() and len(before) == 26 else None


def age(texts: Texts, at: datetime, present: datetime) -> str:
    """Return how long ago *at* was, in one unit."""
    gone = max(timedelta(0), present - at)
    if gone < timedelta(minutes=1):
        return texts.say("just now")
    if gone < timedelta(hours=1):
        return texts.say("{n} min", n=gone // timedelta(minutes=1))
    if gone < timedelta(days=1):
        return texts.say("{n} h", n=gone // timedelta(hours=1))
    return texts.count("{n} day", "{n} days", gone // timedelta(days=1))
