"""Labels: on pings and beside them. Training learns from `samples`."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, func, insert, or_, select

from proxy.clock import from_us, to_us
from proxy.labels import merge, sample
from proxy.labels.words import ADMIN, WORDPRESS, LabelledSample, Said
from proxy.ping import MACHINE, Label
from proxy.store import figures, rows, scope
from proxy.store import pings as ping_store
from proxy.store.people import remember, setting
from proxy.store.schema import events, labels, pings

_LABELLED = "labelled"  # the event of a word; "undone" takes one back
_WORDS = (_LABELLED, "undone")
_PING_KEY = "ping:"
_LEARNT = "learnt up to"
_ROWS_AT_ONCE = 500  # of which each may be some kilobytes


def samples(connection: Connection, site: str | None = None) -> list[LabelledSample]:
    """Return everything that persons labelled, of one site or all, the earliest word first: what training learns from.

    Where a ping of ours is labelled, its own texts and evidence are the sample, and its label is the latest word.
    """
    return sorted(_all(connection, site), key=lambda one: (one.at, one.key))


def hand_over(connection: Connection, take: Callable[[LabelledSample], None]) -> None:
    """Give *take* the same of all sites, in any order: a few at a time are in memory."""
    for one in _all(connection, None):
        take(one)


def _all(connection: Connection, site: str | None) -> Iterator[LabelledSample]:
    yield from _of_pings(connection, site)
    yield from _beside_pings(connection, site)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many samples bear a label that somebody gave them somewhere."""

    label: Label
    source: str
    by: str
    count: int


def tally(connection: Connection) -> tuple[Tally, ...]:
    """Return how many samples there are by label, person and source, the most first."""
    on_pings = [
        Tally(Label(label), WORDPRESS if by == WORDPRESS else ADMIN, by, count)
        for label, by, count in figures.labels(connection)
    ]
    beside = _beside(select(labels.c.label, labels.c.source, labels.c.by, func.count().label("count")))
    seen = scope.narrow_or_shared(connection, beside, labels.c.site)
    grouped = connection.execute(seen.group_by(labels.c.label, labels.c.source, labels.c.by))
    told = on_pings + [Tally(Label(label), source, by, count) for label, source, by, count in grouped]
    return tuple(sorted(told, key=lambda one: -one.count))


def mark(connection: Connection) -> dict[str, int]:
    """Return how far the words have come, so that later ones can be told from those."""
    beside = labels.c.ping_id.is_(None), labels.c.label.is_not(None)
    return {
        "event": _number(connection, select(func.max(events.c.id))),
        "rows": _number(connection, select(func.count()).where(*beside)),
        "at": _number(connection, select(func.max(labels.c.at)).where(*beside)),
    }


def learnt(connection: Connection, upto: Mapping[str, int]) -> None:
    """Remember that a training took in everything up to this mark."""
    remember(connection, _LEARNT, json.dumps(dict(upto)))


def new_words(connection: Connection) -> int:
    """Return how many things persons spoke of since the last training. Cheap: it looks at what is new alone."""
    before: dict[str, int] = json.loads(setting(connection, _LEARNT) or "{}")
    spoken = events.c.id > before.get("event", 0), events.c.what.in_(_WORDS)
    on_pings = _number(connection, select(func.count(events.c.ping_id.distinct())).where(*spoken))
    beside = labels.c.ping_id.is_(None), labels.c.label.is_not(None)
    later = _number(connection, select(func.count()).where(*beside, labels.c.at > before.get("at", 0)))
    more = _number(connection, select(func.count()).where(*beside)) - before.get("rows", 0)
    return on_pings + max(more, later)  # a first look at WordPress brings words of long ago


def _number(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(query).scalar() or 0)


def _of_pings(connection: Connection, site: str | None) -> Iterator[LabelledSample]:
    query = _labelled_pings()
    if site is not None:
        query = query.where(pings.c.site == site)
    for row in connection.execute(query.execution_options(yield_per=_ROWS_AT_ONCE)).mappings():
        ping = rows.from_row(row)
        by = row["said_by"] or ping.decided_by or ADMIN
        data = sample.of_ping(ping)
        yield LabelledSample(
            sample=data,
            label=Label(row["label"]),
            weight=row["said_weight"] or merge.PERSON if by == WORDPRESS else merge.PERSON,
            source=WORDPRESS if by == WORDPRESS else ADMIN,
            by=by,
            at=ping.received_at if row["said_at"] is None else from_us(row["said_at"]),
            group=sample.group_of(data, ping.id),
            key=_PING_KEY + ping.id,
            site=ping.site,
        )


def _labelled_pings() -> Select[Any]:
    """Return a query of the pings with labels: when and by whom each got its label last, and what WordPress's word
    counts."""
    last = (
        select(func.max(events.c.id))
        .where(events.c.ping_id == pings.c.id, events.c.what == _LABELLED, events.c.detail == pings.c.label)
        .correlate(pings)
        .scalar_subquery()
    )
    weight = select(func.min(labels.c.weight)).where(labels.c.ping_id == pings.c.id).correlate(pings).scalar_subquery()
    word = events.alias()
    return (
        select(pings, word.c.at.label("said_at"), word.c.by.label("said_by"), weight.label("said_weight"))
        .select_from(pings)
        .outerjoin(word, word.c.id == last)
        .where(pings.c.label.is_not(None))
    )


def _beside_pings(connection: Connection, site: str | None) -> Iterator[LabelledSample]:
    query = _beside(select(labels))
    if site is not None:
        query = query.where(or_(labels.c.site == site, labels.c.site.is_(None)))
    return (_labelled(row) for row in connection.execute(query.execution_options(yield_per=_ROWS_AT_ONCE)))


def _beside(query: Select[Any]) -> Select[Any]:
    """Return a query of labels narrowed to those that are samples of their own."""
    latest = (
        select(events.c.ping_id, func.max(events.c.at).label("said_at"))
        .where(events.c.what.in_(_WORDS))
        .group_by(events.c.ping_id)
        .subquery()
    )
    return (
        query.select_from(labels)
        .outerjoin(pings, pings.c.id == labels.c.ping_id)
        .outerjoin(latest, latest.c.ping_id == pings.c.id)
        .where(labels.c.label.is_not(None), or_(pings.c.id.is_(None), _speaks_for_its_ping(latest.c.said_at)))
    )


def _speaks_for_its_ping(said_at: Any) -> Any:
    """A weak word counts where the ping has no other, and never where only our own verdict let the ping through."""
    by_person = and_(pings.c.decided_by.is_not(None), pings.c.decided_by != MACHINE)
    later = or_(said_at.is_(None), labels.c.at > said_at)
    return and_(pings.c.label.is_(None), later, or_(by_person, labels.c.weight > merge.UNSEEN))


def _labelled(row: Row[Any]) -> LabelledSample:
    return LabelledSample(
        sample=row.sample,
        label=Label(row.label),
        weight=row.weight,
        source=row.source,
        by=row.by,
        at=from_us(row.at),
        group=sample.group_of(row.sample, row.key),
        key=row.key,
        site=row.site,
    )


def take_in(connection: Connection, given: Sequence[LabelledSample]) -> int:
    """Keep labelled samples from a file; return how many said something new. The latest word on a thing wins."""
    return sum(_take_in(connection, one) for one in given)


def _take_in(connection: Connection, one: LabelledSample) -> bool:
    if one.key.startswith(_PING_KEY):
        ping_id = one.key.removeprefix(_PING_KEY)
        present = connection.execute(select(pings.c.label).where(pings.c.id == ping_id)).first()
        if present is not None:
            return land(connection, ping_id, Said(one.label, one.weight), one.by, one.at)
    former = connection.execute(select(labels.c.label, labels.c.at).where(labels.c.key == one.key)).first()
    if former is not None and (former.label == one.label or not merge.wins(one.at, from_us(former.at))):
        return False
    values = {
        "site": one.site,
        "label": one.label,
        "weight": one.weight,
        "source": one.source,
        "by": one.by,
        "at": to_us(one.at),
        "ping_id": None,
        "sample": dict(one.sample),
    }
    put(connection, {one.key: values})
    return True


def put(connection: Connection, words: Mapping[str, dict[str, Any]]) -> None:
    """Keep words by their keys, each in the place of a former one."""
    if words:
        connection.execute(delete(labels).where(labels.c.key.in_(words)))
        connection.execute(insert(labels), [{"key": key, **values} for key, values in words.items()])


def land(connection: Connection, ping_id: str, said: Said, by: str, at: datetime) -> bool:
    """Put a word on a ping unless a later one stands there; return whether that changed something."""
    query = select(func.max(events.c.at)).where(events.c.ping_id == ping_id, events.c.what.in_(_WORDS))
    latest = connection.execute(query).scalar()
    if not merge.wins(at, None if latest is None else from_us(latest)):
        return False
    before = connection.execute(select(pings.c.label).where(pings.c.id == ping_id)).scalar()
    ping_store.label(connection, ping_id, said.label, by, at)
    return before != said.label
