"""Recording what arrives: as received, unless the same came before."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, bindparam, case, insert, select

from proxy.clock import from_us, to_us
from proxy.errors import FaultCode
from proxy.lifecycle import SEEN_STATES
from proxy.ping import MACHINE, Event, Linkback, Ping, Sender, State
from proxy.reply import SENTENCES
from proxy.store import rows
from proxy.store.pings import JUDGED_WITHIN, add_events
from proxy.store.schema import pings
from proxy.urls import registrable_domain

JUDGED_ANEW_AFTER = timedelta(hours=1)

# What every ping runs is put together once: that takes longer than to run it.
_FORMER = (
    select(pings.c.id, pings.c.state, pings.c.decided_by, pings.c.decided_at, pings.c.fault, pings.c.answer)
    .where(pings.c.same_key == bindparam("key"), pings.c.state != State.OBSERVED)
    .order_by(
        # An upgrade can make two of what was not the same before: what counts, and what a person said, goes first.
        case(
            (pings.c.seen_key.is_not(None), 0),
            (and_(pings.c.state == State.REJECTED, pings.c.decided_by != MACHINE), 1),
            else_=2,
        ),
        pings.c.id.desc(),
    )
    .limit(1)
)
_NEW = insert(pings)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A linkback at a site's door; `goes_on` when WordPress gets it as it came, whatever came before."""

    site: str
    linkback: Linkback
    sender: Sender
    endpoint: str
    at: datetime
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class SeenBefore:
    """The same source and target came earlier and is not judged again now.

    `fault` is None when the former answer was no refusal (it was registered).
    """

    ping_id: str
    state: State
    fault: int | None
    sentence: str


def receive(connection: Connection, arrivals: list[Arrival]) -> list[Ping | SeenBefore]:
    """Record linkbacks as received, each unless it was seen before (design §3 "Seen before")."""
    told: list[Ping | SeenBefore] = []
    new: dict[str, dict[str, Any]] = {}
    for arrival in arrivals:
        key = rows.same_key(arrival.site, arrival.linkback)
        seen = None if arrival.goes_on else _seen_before(connection, key, arrival.at, new)
        if seen is None:
            ping, row = _fresh(arrival, key)
            new[ping.id if arrival.goes_on else key] = row
            told.append(ping)
        else:
            told.append(seen)
    if new:
        connection.execute(_NEW, list(new.values()))
        add_events(connection, [(ping.id, event) for ping in told if isinstance(ping, Ping) for event in ping.events])
    return told


def _fresh(arrival: Arrival, key: str) -> tuple[Ping, dict[str, Any]]:
    """Return the ping that an arrival becomes, and its row."""
    linkback, at = arrival.linkback, arrival.at
    host = rows.source_host(linkback)
    sender, until = replace(arrival.sender, user_agent=arrival.sender.user_agent[:500]), at + JUDGED_WITHIN
    event = Event(at, "received", MACHINE, f"from {sender.remote_ip}")
    ping = Ping(
        rows.new_id(at), arrival.site, State.RECEIVED, linkback, sender, arrival.endpoint, at,
        next_check_at=until, events=(event,),
    )  # fmt: skip
    return ping, {
        "id": ping.id,
        "site": ping.site,
        "kind": linkback.kind,
        "state": ping.state,
        "source_url": linkback.source_url,
        "target_url": linkback.target_url,
        "source_host": host,
        "source_domain": registrable_domain(host),
        "title": linkback.title,
        "excerpt": linkback.excerpt,
        "blog_name": linkback.blog_name,
        "remote_ip": rows.stored_address(sender),
        "user_agent": sender.user_agent,
        "endpoint": ping.endpoint,
        "received_at": to_us(at),
        "next_check_at": to_us(until),
        "same_key": key,
        "seen_key": None if arrival.goes_on else key,
        "findings": [],
    }


def _seen_before(connection: Connection, key: str, at: datetime, new: dict[str, dict[str, Any]]) -> SeenBefore | None:
    if (same := new.get(key)) is not None:  # it came a moment ago
        return _registered(same["id"], State.RECEIVED)
    former = connection.execute(_FORMER, {"key": key}).mappings().first()
    return None if former is None else _answered(former, at)


def _answered(former: RowMapping, at: datetime) -> SeenBefore | None:
    state = State(former["state"])
    if state in SEEN_STATES:
        return _registered(former["id"], state)
    by_person = state is State.REJECTED and former["decided_by"] not in {None, MACHINE}
    if not by_person and at - from_us(former["decided_at"] or 0) >= JUDGED_ANEW_AFTER:
        return None
    fault = FaultCode.ACCESS_DENIED if by_person else former["fault"]
    return SeenBefore(former["id"], state, fault, former["answer"] or "This linkback was not accepted.")


def _registered(ping_id: str, state: State) -> SeenBefore:
    fault = FaultCode.ALREADY_REGISTERED
    return SeenBefore(ping_id, state, fault, SENTENCES[fault])
