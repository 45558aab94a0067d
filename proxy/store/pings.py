"""Moving, labelling and listing pings. Each change of state leaves an event."""

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from proxy.clock import to_us
from proxy.errors import CameAgain, FaultCode, UnknownThing
from proxy.lifecycle import SEEN_STATES, check_move
from proxy.ping import Event, Label, Ping, State
from proxy.store import rows, scope
from proxy.store.schema import events, ping_rules, pings

# Whoever received a ping or took it up has so long to judge it before anybody else does.
JUDGED_WITHIN = timedelta(seconds=30)

# What every ping runs is put together once: that takes longer than to run it.
_ROW = select(pings).where(pings.c.id == bindparam("this"))
# Whoever changes a ping holds its row from reading it on: no other node moves it in between (SQLite has one writer).
_ROW_TO_CHANGE = _ROW.with_for_update()
_EVENTS = select(events).where(events.c.ping_id == bindparam("this")).order_by(events.c.id)
_STORIES = select(events).where(events.c.ping_id.in_(bindparam("these", expanding=True))).order_by(events.c.id)
_CHANGE = update(pings).where(pings.c.id == bindparam("this"))
_NEW_EVENT = insert(events)


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
    add_events(connection, [(ping_id, Event(at, what, by, detail))])


def add_events(connection: Connection, story: Iterable[tuple[str, Event]]) -> None:
    """Write lines of pings' stories, each after the id of its ping."""
    lines = [
        {"ping_id": ping_id, "at": to_us(event.at), "what": event.what, "by": event.by, "detail": event.detail[:2000]}
        for ping_id, event in story
    ]
    if lines:
        connection.execute(_NEW_EVENT, lines)


def move(connection: Connection, ping_id: str, wanted: State, by: str, at: datetime, detail: str = "") -> Ping:
    """Move a ping to another state. Raises `IllegalMove` (`CameAgain`), `UnknownThing`.

    An approved ping is at once in the queue of deliveries: the row is the queue.
    """
    present = rows.from_row(_row(connection, ping_id, _ROW_TO_CHANGE))
    values = moving(present, wanted, by, at)
    try:
        with connection.begin_nested() if values.get("seen_key") else nullcontext():
            connection.execute(_CHANGE, {"this": ping_id, **values})
    except IntegrityError:
        raise CameAgain(ping_id, present.state, wanted) from None
    add_event(connection, ping_id, at, wanted.value, by, detail)
    return get(connection, ping_id)


def moving(present: Ping, wanted: State, by: str, at: datetime) -> dict[str, Any]:
    """Return which columns change with a move of the ping that stands as *present*. Raises `IllegalMove`."""
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
    """Return up to *limit* pings with their events, newest first, and the cursor of the next page (None at the end)."""
    query = scope.narrow(connection, _filtered(select(pings), wanted), pings.c.site)
    query = query.order_by(pings.c.id.desc()).limit(limit + 1)
    if cursor:
        query = query.where(pings.c.id < cursor)
    found = list(connection.execute(query).mappings())
    page = found[:limit]
    stories: dict[str, list[RowMapping]] = {row["id"]: [] for row in page}
    for event in connection.execute(_STORIES, {"these": list(stories)}).mappings():
        stories[event["ping_id"]].append(event)
    return [rows.from_row(row, stories[row["id"]]) for row in page], page[-1]["id"] if len(found) > limit else None


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
    """Record a person's word: move the ping, and label it in the same breath (None: it has no label any more).
    Delivery waits for *grace*."""
    move(connection, ping_id, wanted, by, at)
    if wanted is State.APPROVED and grace:
        connection.execute(update(pings).where(pings.c.id == ping_id).values(deliver_at=to_us(at + grace)))
    if wanted is State.REJECTED:
        values = {"fault": int(FaultCode.ACCESS_DENIED), "answer": "The linkback was not accepted."}
        connection.execute(update(pings).where(pings.c.id == ping_id).values(**values))
    return label(connection, ping_id, said, by, at)
