"""What is held about people: looked through page by page, made less, shown and erased."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, or_, select, update

from proxy.ping import Kind, State
from proxy.store.schema import events, labels, pings, rules, undos, wordpress_comments

_EXTRACTS = ("title", "excerpt", "link_text")  # of a page, as evidence names them
_RECEIVED = "received"  # the event that names the sender's address
ON_THEIR_WAY = frozenset({State.RECEIVED, State.HELD, State.APPROVED})


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a ping decides how long which parts of it are kept."""

    id: str
    state: State
    received_at: int
    address: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is made of a ping: removed, another address, no extracts of the page. None changes nothing."""

    id: str
    remove: bool = False
    address: str | None = None
    drop_extracts: bool = False


def page(connection: Connection, after: str, limit: int) -> list[Seen]:
    """Return the next pings behind the id *after*, the oldest first."""
    columns = (pings.c.id, pings.c.state, pings.c.received_at, pings.c.remote_ip)
    query = select(*columns).where(pings.c.id > after).order_by(pings.c.id).limit(limit)
    return [Seen(row.id, State(row.state), row.received_at, row.remote_ip) for row in connection.execute(query)]


def apply(connection: Connection, changes: Sequence[Change]) -> int:
    """Make these changes, and return how many pings are other than before."""
    return sum(_apply(connection, change) for change in changes)


def _apply(connection: Connection, change: Change) -> bool:
    here = pings.c.id == change.id
    if change.remove:
        decided = pings.c.state.not_in(ON_THEIR_WAY)  # a person may have approved it after the sweep looked
        return connection.execute(delete(pings).where(here, decided)).rowcount > 0
    values = _without_extracts(connection, change.id) if change.drop_extracts else {}
    if change.address is not None:
        values["remote_ip"] = change.address
        shown = change.address.partition("~")[0]
        story = update(events).where(events.c.ping_id == change.id, events.c.what == _RECEIVED)
        connection.execute(story.values(detail=f"from {shown}" if shown else ""))
    return bool(values) and connection.execute(update(pings).where(here).values(**values)).rowcount > 0


def _without_extracts(connection: Connection, ping_id: str) -> dict[str, Any]:
    row = connection.execute(select(pings.c.kind, pings.c.evidence).where(pings.c.id == ping_id)).first()
    if row is None or row.evidence is None or not any(name in row.evidence for name in _EXTRACTS):
        return {}
    kept = {name: value for name, value in row.evidence.items() if name not in _EXTRACTS}
    # A pingback's texts are the page's; a trackback brought its own.
    return {"evidence": kept} | ({"title": "", "excerpt": ""} if row.kind == Kind.PINGBACK else {})


def label_page(connection: Connection, after: str, limit: int) -> list[tuple[str, int, str]]:
    """Return key, time and address of the next labels beside pings that name one."""
    query = select(labels.c.key, labels.c.at, labels.c.sample).where(labels.c.key > after)
    found = connection.execute(query.order_by(labels.c.key).limit(limit))
    return [(row.key, row.at, str(row.sample.get("ip") or "")) for row in found]


def set_label_address(connection: Connection, key: str, address: str) -> None:
    """Give a label beside pings another address, or none."""
    sample = connection.execute(select(labels.c.sample).where(labels.c.key == key)).scalar()
    if sample is not None:
        kept = {name: value for name, value in sample.items() if name != "ip"} | ({"ip": address} if address else {})
        connection.execute(update(labels).where(labels.c.key == key).values(sample=kept))


@dataclass(frozen=True, slots=True)
class About:
    """Whom a question is about: a source's host, or a sender's address in the forms in which it may be kept."""

    host: str = ""
    addresses: frozenset[str] = frozenset()

    def of_ping(self) -> ColumnElement[bool]:
        """The condition on a ping's row."""
        if self.host:
            return pings.c.source_host == self.host
        kept = [or_(pings.c.remote_ip == one, pings.c.remote_ip.startswith(one + "~")) for one in self.addresses]
        return or_(*kept)

    def names(self, text: str) -> bool:
        """True when *text* (JSON) names them."""
        return any(f'"{one}' in text or f"/{one}" in text for one in ({self.host} if self.host else self.addresses))

    def of_sample(self, sample: dict[str, Any]) -> bool:
        """True when a label's sample is about them."""
        if self.host:
            address = str(sample.get("url", "")).partition("://")[2]
            return address.partition("/")[0].partition("?")[0].partition(":")[0].lower() == self.host
        return sample.get("ip") in self.addresses


@dataclass(frozen=True, slots=True)
class Held:
    """How much is held, by kind; `rules` names the owner's rules that speak of them, which stay."""

    pings: int
    events: int
    labels: int
    comments: int
    undos: int
    rules: tuple[str, ...]


def held_about(connection: Connection, about: About) -> Held:
    """Return how much is held about somebody."""
    ids = select(pings.c.id).where(about.of_ping())
    told = select(rules.c.id, rules.c.name, rules.c.when)
    return Held(
        _count(connection, select(func.count()).select_from(pings).where(about.of_ping())),
        _count(connection, select(func.count()).select_from(events).where(events.c.ping_id.in_(ids))),
        len(_labels(connection, about)),
        _count(
            connection,
            select(func.count()).select_from(wordpress_comments).where(wordpress_comments.c.ping_id.in_(ids)),
        ),
        len(_undos(connection, about)),
        tuple(f"{row.id} {row.name}" for row in connection.execute(told) if about.names(json.dumps(row.when))),
    )


def pings_about(connection: Connection, about: About, limit: int) -> list[str]:
    """Return the ids of up to *limit* pings, the oldest first."""
    query = select(pings.c.id).where(about.of_ping()).order_by(pings.c.id).limit(limit)
    return list(connection.execute(query).scalars())


def erase_pings(connection: Connection, ids: Sequence[str]) -> None:
    """Remove these pings with all that hangs on them: events, rules that spoke, evidence, what WordPress shows."""
    connection.execute(delete(wordpress_comments).where(wordpress_comments.c.ping_id.in_(ids)))
    connection.execute(delete(labels).where(labels.c.ping_id.in_(ids)))
    connection.execute(delete(pings).where(pings.c.id.in_(ids)))


def erase_rest(connection: Connection, about: About) -> None:
    """Remove the labels beside pings and what could be taken back."""
    for key in _labels(connection, about):
        connection.execute(delete(labels).where(labels.c.key == key))
    for undo_id in _undos(connection, about):
        connection.execute(delete(undos).where(undos.c.id == undo_id))


def forget_undos(connection: Connection, before_us: int) -> None:
    """Remove what could be taken back until then."""
    connection.execute(delete(undos).where(undos.c.at < before_us))


def _count(connection: Connection, query: Any) -> int:
    return connection.execute(query).scalar() or 0


def _labels(connection: Connection, about: About) -> list[str]:
    rows = connection.execute(select(labels.c.key, labels.c.sample))
    return [row.key for row in rows if about.of_sample(row.sample)]


def _undos(connection: Connection, about: About) -> list[str]:
    ids = set(connection.execute(select(pings.c.id).where(about.of_ping())).scalars())
    rows = connection.execute(select(undos.c.id, undos.c.before))
    return [row.id for row in rows if _is_about(row.before, about, ids)]


def _is_about(before: Any, about: About, ids: set[str]) -> bool:
    return any(item.get("ping") in ids for item in before) or about.names(json.dumps(before))
