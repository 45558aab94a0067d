"""Receiving, deciding, moving and listing pings. Each change of state leaves an event."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, delete, func, insert, or_, select, update

from proxy.clock import from_us, to_us
from proxy.errors import FaultCode, UnknownThing
from proxy.lifecycle import SEEN_STATES, STATE_AFTER, check_move
from proxy.ping import MACHINE, Event, Evidence, Kind, Label, Linkback, Ping, Sender, State, Verdict
from proxy.store import rows, scope
from proxy.store.schema import events, ping_rules, pings
from proxy.urls import registrable_domain

JUDGED_ANEW_AFTER = timedelta(hours=1)
# Whoever received a ping or took it up has so long to judge it before anybody else does.
JUDGED_WITHIN = timedelta(seconds=30)

# What every ping runs is put together once: that takes longer than to run it.
_FORMER = (
    select(pings)
    .where(pings.c.same_key == bindparam("key"), pings.c.state != State.OBSERVED)
    .order_by(pings.c.id.desc())
    .limit(1)
)
_ROW = select(pings).where(pings.c.id == bindparam("this"))
# Whoever changes a ping holds its row from reading it on: no other node moves it in between (SQLite has one writer).
_ROW_TO_CHANGE = _ROW.with_for_update()
_EVENTS = select(events).where(events.c.ping_id == bindparam("this")).order_by(events.c.id)
_CHANGE = update(pings).where(pings.c.id == bindparam("this"))
_NEW, _NEW_EVENT, _NEW_RULES = insert(pings), insert(events), insert(ping_rules)
_NO_RULES = delete(ping_rules).where(ping_rules.c.ping_id == bindparam("this"))


@dataclass(frozen=True, slots=True)
class SeenBefore:
    """The same source and target came earlier and is not judged again now.

    `fault` is None when the former answer was no refusal (it was registered).
    """

    ping_id: str
    state: State
    fault: int | None
    sentence: str


def receive(
    connection: Connection, site: str, linkback: Linkback, sender: Sender, endpoint: str, at: datetime
) -> Ping | SeenBefore:
    """Record a ping as received, unless it was seen before (design §3 "Seen before")."""
    key = rows.same_key(site, linkback)
    former = connection.execute(_FORMER, {"key": key}).mappings().first()
    if former is not None:
        seen = _seen_before(former, at)
        if seen is not None:
            return seen
    return _insert(connection, site, linkback, sender, endpoint, at, State.RECEIVED, key)


def observe(connection: Connection, site: str, linkback: Linkback, sender: Sender, endpoint: str, at: datetime) -> Ping:
    """Record a ping that goes on as it came, whatever came before."""
    return _insert(connection, site, linkback, sender, endpoint, at, State.RECEIVED, None)


def _insert(
    connection: Connection,
    site: str,
    linkback: Linkback,
    sender: Sender,
    endpoint: str,
    at: datetime,
    state: State,
    seen_key: str | None,
) -> Ping:
    host = rows.source_host(linkback)
    ping_id = rows.new_id(at)
    sender, until = replace(sender, user_agent=sender.user_agent[:500]), at + JUDGED_WITHIN
    values = {
        "id": ping_id,
        "site": site,
        "kind": linkback.kind,
        "state": state,
        "source_url": linkback.source_url,
        "target_url": linkback.target_url,
        "source_host": host,
        "source_domain": registrable_domain(host),
        "title": linkback.title,
        "excerpt": linkback.excerpt,
        "blog_name": linkback.blog_name,
        "remote_ip": rows.stored_address(sender),
        "user_agent": sender.user_agent,
        "endpoint": endpoint,
        "received_at": to_us(at),
        "next_check_at": to_us(until),
        "same_key": rows.same_key(site, linkback),
        "seen_key": seen_key,
        "findings": [],
    }
    connection.execute(_NEW, values)
    event = Event(at, "received", MACHINE, f"from {sender.remote_ip}")
    add_event(connection, ping_id, event.at, event.what, event.by, event.detail)
    return Ping(ping_id, site, state, linkback, sender, endpoint, at, next_check_at=until, events=(event,))


def _seen_before(former: RowMapping, at: datetime) -> SeenBefore | None:
    state = State(former["state"])
    if state in SEEN_STATES:
        return SeenBefore(
            former["id"], state, FaultCode.ALREADY_REGISTERED, "The pingback has already been registered."
        )
    by_person = state is State.REJECTED and former["decided_by"] not in {None, MACHINE}
    if not by_person and at - from_us(former["decided_at"] or 0) >= JUDGED_ANEW_AFTER:
        return None
    fault = FaultCode.ACCESS_DENIED if by_person else former["fault"]
    return SeenBefore(former["id"], state, fault, former["answer"] or "This linkback was not accepted.")


def get(connection: Connection, ping_id: str) -> Ping:
    """Return the ping with its events. Raises `UnknownThing`."""
    row = _row(connection, ping_id)
    return rows.from_row(row, connection.execute(_EVENTS, {"this": ping_id}).mappings())


def _row(connection: Connection, ping_id: str, query: Select[Any] = _ROW) -> RowMapping:
    seen = scope.narrow(connection, query, pings.c.site)
    row = connection.execute(seen, {"this": ping_id}).mappings().first()
    if row is None:
        raise UnknownThing("ping", ping_id)
    return row


def add_event(connection: Connection, ping_id: str, at: datetime, what: str, by: str, detail: str = "") -> None:
    """Write one line of a ping's story."""
    line = {"ping_id": ping_id, "at": to_us(at), "what": what, "by": by, "detail": detail[:2000]}
    connection.execute(_NEW_EVENT, line)


def decide(
    connection: Connection,
    ping_id: str,
    verdict: Verdict,
    evidence: Evidence | None,
    at: datetime,
    *,
    sentence: str = "",
    next_check_at: datetime | None = None,
) -> Ping:
    """Record a verdict and move the ping to the state that follows from it; return the ping without its events.

    A held ping that is held again stays where it is. A ping that a person moved meanwhile keeps the person's
    word: only the evidence is added.
    """
    row = _row(connection, ping_id, _ROW_TO_CHANGE)
    present = rows.from_row(row)
    wanted = State.OBSERVED if _went_on(row) else STATE_AFTER[verdict.action]
    values: dict[str, Any] = {
        "evidence": rows.to_evidence(evidence),
        "findings": rows.to_findings(verdict.findings),
        "points": verdict.points,
        "spam_probability": verdict.spam_probability,
        "checks": present.checks + 1,
        "next_check_at": None,
    }
    if present.linkback.kind is Kind.PINGBACK and evidence is not None:
        # A pingback brings no texts; WordPress takes them from the page, and so do we, for people and for search.
        values |= {"title": (evidence.title or "")[:255], "excerpt": evidence.excerpt or ""}
    _index_rules(connection, present, verdict)
    if present.state in {State.RECEIVED, State.HELD}:
        if wanted is State.HELD:
            values["next_check_at"] = None if next_check_at is None else to_us(next_check_at)
        values |= {"fault": verdict.fault if wanted is State.REJECTED else None, "answer": sentence}
        if wanted is not present.state:
            values |= _moving(present, wanted, MACHINE, at)
        what = "checked" if wanted is present.state else wanted.value
        add_event(connection, ping_id, at, what, MACHINE, _because(verdict))
    connection.execute(_CHANGE, {"this": ping_id, **values})
    return rows.from_row({**row, **values})


def _went_on(row: RowMapping) -> bool:
    """True when the request went on as it came: it was recorded by `observe`, which takes no part in "seen before"."""
    return row["state"] == State.RECEIVED and row["seen_key"] is None


def _because(verdict: Verdict) -> str:
    spoke = [finding.text for finding in verdict.findings if finding.demands is verdict.action or finding.points]
    return f"{verdict.points:+.1f} points: " + "; ".join(spoke[:3]) if spoke else f"{verdict.points:+.1f} points"


def _index_rules(connection: Connection, ping: Ping, verdict: Verdict) -> None:
    if ping.checks:
        connection.execute(_NO_RULES, {"this": ping.id})
    names = sorted({finding.rule for finding in verdict.findings})
    if names:
        connection.execute(_NEW_RULES, [{"rule": name[:80], "ping_id": ping.id} for name in names])


def move(connection: Connection, ping_id: str, wanted: State, by: str, at: datetime, detail: str = "") -> Ping:
    """Move a ping to another state. Raises `IllegalMove`, `UnknownThing`.

    An approved ping is at once in the queue of deliveries: the row is the queue.
    """
    values = _moving(rows.from_row(_row(connection, ping_id, _ROW_TO_CHANGE)), wanted, by, at)
    connection.execute(_CHANGE, {"this": ping_id, **values})
    add_event(connection, ping_id, at, wanted.value, by, detail)
    return get(connection, ping_id)


def _moving(present: Ping, wanted: State, by: str, at: datetime) -> dict[str, Any]:
    """Return what changes with a move of the ping that stands as *present*. Raises `IllegalMove`."""
    check_move(present.id, present.state, wanted)
    values: dict[str, Any] = {"state": wanted, "decided_at": to_us(at)}
    if wanted in {State.APPROVED, State.HELD, State.REJECTED, State.OBSERVED}:
        values["decided_by"] = by
    key = rows.same_key(present.site, present.linkback)
    if wanted not in SEEN_STATES or present.state not in SEEN_STATES:
        values["seen_key"] = key if wanted in SEEN_STATES else None
    if wanted is State.APPROVED:
        values |= {
            "deliver_at": to_us(at),
            "approved_at": to_us(at),
            "attempts": 0,
            "fault": None,
            "answer": "",
        }
    if wanted in {State.DELIVERED, State.REFUSED, State.FAILED}:
        values |= {"deliver_at": None, "lease_owner": None, "lease_until": None}
    if wanted is not State.HELD:
        values["next_check_at"] = None
    return values


def label(connection: Connection, ping_id: str, word: Label | None, by: str, at: datetime) -> Ping:
    """Record what a person says the ping is, or that they say nothing any more."""
    present = get(connection, ping_id)
    if present.label is not word:
        connection.execute(update(pings).where(pings.c.id == ping_id).values(label=word))
        add_event(connection, ping_id, at, "labelled", by, word.value if word else "no label")
    return get(connection, ping_id)


def remove(connection: Connection, ping_id: str) -> None:
    """Delete a ping: it was never seen. Raises `UnknownThing`."""
    here = scope.narrow(connection, delete(pings).where(pings.c.id == ping_id), pings.c.site)
    if connection.execute(here).rowcount == 0:
        raise UnknownThing("ping", ping_id)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which pings to list; what is None does not filter. `text` is looked for in URLs and texts."""

    state: State | None = None
    kind: str | None = None
    site: str | None = None
    text: str | None = None
    rule: str | None = None


def list_page(
    connection: Connection, wanted: Filter, limit: int, cursor: str | None = None
) -> tuple[list[Ping], str | None]:
    """Return up to *limit* pings, newest first, and the cursor of the next page (None at the end)."""
    query = scope.narrow(connection, _filtered(select(pings), wanted), pings.c.site)
    query = query.order_by(pings.c.id.desc()).limit(limit + 1)
    if cursor:
        query = query.where(pings.c.id < cursor)
    found = list(connection.execute(query).mappings())
    page = found[:limit]
    return [rows.from_row(row) for row in page], page[-1]["id"] if len(found) > limit else None


def _filtered(query: Select[Any], wanted: Filter) -> Select[Any]:
    for column, value in (
        (pings.c.state, wanted.state),
        (pings.c.kind, wanted.kind),
        (pings.c.site, wanted.site),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.rule is not None:
        query = query.join(ping_rules, ping_rules.c.ping_id == pings.c.id).where(ping_rules.c.rule == wanted.rule)
    if wanted.text:
        columns = (pings.c.source_url, pings.c.target_url, pings.c.title, pings.c.excerpt, pings.c.blog_name)
        query = query.where(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    return query


def is_check_due(connection: Connection, at: datetime) -> bool:
    """Return whether `claim_checks` would find anything."""
    return connection.execute(_due(at, 1)).first() is not None


def claim_checks(connection: Connection, at: datetime, limit: int) -> list[Ping]:
    """Return pings that should be judged by now, and keep them from everybody else for `JUDGED_WITHIN`.

    They are held ones whose source should be asked again, and received ones that nobody judged: a crash came between.
    """
    found = connection.execute(_due(at, limit).with_for_update(skip_locked=True)).mappings().all()
    mine = update(pings).where(pings.c.id.in_([row["id"] for row in found]))
    connection.execute(mine.values(next_check_at=to_us(at + JUDGED_WITHIN)))
    return [rows.from_row(row) for row in found]


def _due(at: datetime, limit: int) -> Select[Any]:
    waiting = pings.c.state.in_([State.RECEIVED, State.HELD])
    return select(pings).where(pings.c.next_check_at <= to_us(at), waiting).order_by(pings.c.next_check_at).limit(limit)


def counts(connection: Connection, sites: Iterable[str] | None = None) -> dict[str, int]:
    """Return how many pings stand in each state."""
    query = scope.narrow(connection, select(pings.c.state, func.count()).group_by(pings.c.state), pings.c.site)
    if sites is not None:
        query = query.where(pings.c.site.in_(list(sites)))
    found = {row[0]: row[1] for row in connection.execute(query)}
    return {state.value: found.get(state.value, 0) for state in State}


def word(
    connection: Connection,
    ping_id: str,
    wanted: State,
    said: Label | None,
    by: str,
    at: datetime,
    grace: timedelta = timedelta(0),
) -> Ping:
    """Record a person's word: move the ping, and label it in the same breath. Delivery waits for *grace*."""
    move(connection, ping_id, wanted, by, at)
    if wanted is State.APPROVED and grace:
        connection.execute(update(pings).where(pings.c.id == ping_id).values(deliver_at=to_us(at + grace)))
    if wanted is State.REJECTED:
        values = {"fault": int(FaultCode.ACCESS_DENIED), "answer": "The linkback was not accepted."}
        connection.execute(update(pings).where(pings.c.id == ping_id).values(**values))
    return label(connection, ping_id, said, by, at) if said else get(connection, ping_id)
