"""Counts over many pings for the overview and the model's page. Some look at all of a month: not for every request."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from proxy.clock import to_us
from proxy.ping import State
from proxy.store import scope
from proxy.store.schema import events, ping_rules, pings
from proxy.store.scope import Q

_DAY_US = 86_400_000_000
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Figures:
    """What came in a span of time. Days are counted from 1970."""

    by_day: dict[int, dict[State, int]]
    sources: tuple[tuple[str, int, int], ...]  # domain, taken, not taken
    targets: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits now."""

    deliveries: int
    oldest_s: float | None
    checks: int
    unasked: int  # among the checks: held back by the budget of fetches


_TAKEN = (State.DELIVERED, State.APPROVED)


def first_id(at: datetime) -> str:
    """Return the smallest id that a ping received at this time or later can have."""
    number = (to_us(at) // 1000) << 80
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def since(connection: Connection, at: datetime, top: int = 10) -> Figures:
    """Return what came since *at*."""
    first = first_id(at)
    day = (pings.c.received_at // _DAY_US).label("day")
    by_day: dict[int, dict[State, int]] = {}
    counted = select(day, pings.c.state, func.count()).where(pings.c.id >= first).group_by(text("day"), pings.c.state)
    for number, state, count in connection.execute(_seen(connection, counted)):
        by_day.setdefault(int(number), {})[State(state)] = count
    return Figures(
        by_day, _sources(connection, first, top), _targets(connection, first, top), _reasons(connection, first)
    )


def _seen(connection: Connection, query: Q) -> Q:
    return scope.narrow(connection, query, pings.c.site)


def _sources(connection: Connection, first: str, top: int) -> tuple[tuple[str, int, int], ...]:
    count = func.count().label("count")
    query = select(pings.c.source_domain, count).where(pings.c.id >= first).group_by(pings.c.source_domain)
    busiest = connection.execute(_seen(connection, query).order_by(count.desc()).limit(top)).all()
    among = (
        select(pings.c.source_domain, func.count())
        .where(pings.c.id >= first, pings.c.state.in_(_TAKEN))
        .where(pings.c.source_domain.in_([row[0] for row in busiest]))
        .group_by(pings.c.source_domain)
    )
    found = connection.execute(_seen(connection, among))
    taken: dict[str, int] = {domain: count for domain, count in found}  # noqa: C416 - rows, not pairs
    return tuple((domain, taken.get(domain, 0), count - taken.get(domain, 0)) for domain, count in busiest)


def _targets(connection: Connection, first: str, top: int) -> tuple[tuple[str, int], ...]:
    count = func.count().label("count")
    query = select(pings.c.target_url, count).where(pings.c.id >= first, pings.c.state.in_(_TAKEN))
    query = _seen(connection, query).group_by(pings.c.target_url)
    found = connection.execute(query.order_by(count.desc()).limit(top))
    return tuple((url, count) for url, count in found)


def _reasons(connection: Connection, first: str) -> tuple[tuple[str, int], ...]:
    count = func.count().label("count")
    query = select(ping_rules.c.rule, count).where(ping_rules.c.ping_id >= first)
    if not scope.of(connection).is_everywhere:
        query = _seen(connection, query.join(pings, pings.c.id == ping_rules.c.ping_id))
    found = connection.execute(query.group_by(ping_rules.c.rule).order_by(count.desc()).limit(15))
    return tuple((rule, count) for rule, count in found)


def waiting(connection: Connection, at: datetime) -> Waiting:
    """Return what waits to be delivered or asked for again."""
    queued = select(func.count(), func.min(pings.c.approved_at)).where(pings.c.state == State.APPROVED)
    deliveries, oldest = connection.execute(_seen(connection, queued)).one()
    later = select(func.count()).where(pings.c.next_check_at.is_not(None), pings.c.state == State.HELD)
    unasked = (
        select(func.count())
        .select_from(ping_rules.join(pings, pings.c.id == ping_rules.c.ping_id))
        .where(ping_rules.c.rule == "not-yet-checked", pings.c.state == State.HELD)
    )
    return Waiting(
        deliveries,
        None if oldest is None else max(0.0, (to_us(at) - oldest) / 1e6),
        connection.execute(_seen(connection, later)).scalar() or 0,
        connection.execute(_seen(connection, unasked)).scalar() or 0,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What is undecided or undelivered now; each is counted by an index, however long the history is."""

    held: int
    checks: int
    deliveries: int
    oldest_s: float | None


def standing(connection: Connection, at: datetime) -> Standing:
    """Return how much stands open."""
    state = pings.c.state
    queued = select(func.count(), func.min(pings.c.approved_at)).where(state == State.APPROVED)
    deliveries, oldest = connection.execute(queued).one()
    held = select(func.count(), func.count(pings.c.next_check_at)).where(state == State.HELD)
    count, checks = connection.execute(held).one()
    return Standing(count, checks, deliveries, None if oldest is None else max(0.0, (to_us(at) - oldest) / 1e6))


def labels(connection: Connection) -> tuple[tuple[str, str, int], ...]:
    """Return how many pings stand labelled, by label and by who said so."""
    said = (
        select(events.c.ping_id, func.max(events.c.id).label("last"))
        .join(pings, pings.c.id == events.c.ping_id)
        .where(pings.c.label.is_not(None), events.c.what == "labelled")
        .group_by(events.c.ping_id)
        .subquery()
    )
    query = (
        select(pings.c.label, events.c.by, func.count())
        .select_from(said.join(events, events.c.id == said.c.last).join(pings, pings.c.id == said.c.ping_id))
        .group_by(pings.c.label, events.c.by)
        .order_by(pings.c.label, events.c.by)
    )
    return tuple((label, by, count) for label, by, count in connection.execute(_seen(connection, query)))
