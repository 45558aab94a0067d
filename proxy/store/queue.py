"""The durable queue of deliveries: approved rows, one owner each, paced per site.

A delivery is claimed with a lease. Whoever holds the lease is its only owner until the lease ends; a node that dies
loses it. Before an attempt the row says that its outcome is unknown, so that after a crash the next attempt knows
that WordPress may have stored it already.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, or_, select, update

from proxy.clock import from_us, to_us
from proxy.errors import UnknownThing
from proxy.ping import MACHINE, Ping, State
from proxy.store import pings as ping_rows
from proxy.store import rows
from proxy.store.schema import paces, pings


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours until the lease ends. `unsure`: an earlier attempt's outcome is not known."""

    ping: Ping
    approved_at: datetime
    unsure: bool


def claim(connection: Connection, site: str, owner: str, at: datetime, lease: timedelta) -> Claim | None:
    """Return the site's next due delivery and make it *owner*'s; None when nothing is due or the pace says wait.

    While the delivery runs the site's pace stands at the end of the lease: no other node starts one meanwhile.
    """
    now_us = to_us(at)
    due = (
        select(pings)
        .where(pings.c.site == site, pings.c.deliver_at <= now_us)
        .where(or_(pings.c.lease_until.is_(None), pings.c.lease_until < now_us))
        .order_by(pings.c.deliver_at, pings.c.id)
        .limit(1)
    )
    if connection.execute(due).first() is None:
        return None
    pace = connection.execute(select(paces.c.next_at).where(paces.c.site == site).with_for_update()).scalar()
    if pace is None:
        connection.execute(insert(paces).values(site=site, next_at=0))
    elif pace > now_us:
        return None
    row = connection.execute(due.with_for_update(skip_locked=True)).mappings().first()
    if row is None:
        return None
    connection.execute(
        update(pings)
        .where(pings.c.id == row["id"])
        .values(lease_owner=owner, lease_until=to_us(at + lease), attempts=row["attempts"] + 1, outcome_unknown=True)
    )
    set_pace(connection, site, at + lease)
    return Claim(rows.from_row(row), from_us(row["approved_at"]), bool(row["outcome_unknown"]))


def renew(connection: Connection, ping: Ping, owner: str, until: datetime) -> None:
    """Let *owner*'s lease end at *until*. Nothing happens when the lease is somebody else's by now."""
    mine = update(pings).where(pings.c.id == ping.id, pings.c.lease_owner == owner)
    if connection.execute(mine.values(lease_until=to_us(until))).rowcount:
        set_pace(connection, ping.site, until)


def settle(
    connection: Connection,
    ping_id: str,
    owner: str,
    state: State,
    fault: int | None,
    answer: str,
    by: str,
    at: datetime,
    next_at: datetime,
) -> Ping | None:
    """Record how *owner*'s delivery ended (delivered, refused or failed), and when the site's next one may start.

    None, and nothing changes, when the lease is somebody else's by now. Raises `UnknownThing`.
    """
    if not _keeps(connection, ping_id, owner):
        return None
    connection.execute(
        update(pings).where(pings.c.id == ping_id).values(fault=fault, answer=answer[:2000], outcome_unknown=False)
    )
    settled = ping_rows.move(connection, ping_id, state, by, at, answer)
    set_pace(connection, settled.site, next_at)
    return settled


def postpone(
    connection: Connection,
    ping_id: str,
    owner: str,
    until: datetime,
    why: str,
    at: datetime,
    *,
    unsure: bool,
    counts: bool,
    holds_site: bool,
) -> bool:
    """Put *owner*'s delivery back into the queue.

    *unsure*: WordPress may have stored it; *counts*: it was a failed try; *holds_site*: no other delivery to the
    site starts before either, for the upstream cannot be reached or asked us to wait. To be asked to wait for what the
    last line told already adds no line.
    False, and nothing changes, when the lease is somebody else's by now. Raises `UnknownThing`.
    """
    present = ping_rows.get(connection, ping_id)
    if not _keeps(connection, ping_id, owner):
        return False
    attempts = pings.c.attempts if counts else pings.c.attempts - 1
    connection.execute(
        update(pings)
        .where(pings.c.id == ping_id)
        .values(deliver_at=to_us(until), lease_owner=None, lease_until=None, outcome_unknown=unsure, attempts=attempts)
    )
    set_pace(connection, present.site, until if holds_site else at)
    told = [(event.what, event.detail) for event in present.events[-1:]]
    if counts or told != [("delivery postponed", why)]:  # WordPress can ask to wait for days, four times a minute
        ping_rows.add_event(connection, ping_id, at, "delivery postponed", MACHINE, why)
    return True


def _keeps(connection: Connection, ping_id: str, owner: str) -> bool:
    """Return whether *owner* still has the lease; nobody takes it before the end of this transaction.

    A node that was paused for longer than its lease may find it with another, whose delivery is not its to end.
    """
    holder = select(pings.c.lease_owner).where(pings.c.id == ping_id).with_for_update()
    row = connection.execute(holder).first()
    if row is None:
        raise UnknownThing("ping", ping_id)
    return bool(row.lease_owner == owner)


def recover(connection: Connection, at: datetime) -> int:
    """End every lease: what an earlier process of this only node began is nobody's now. Return the cut deliveries."""
    unjudged = update(pings).where(pings.c.state == State.RECEIVED)
    connection.execute(unjudged.values(next_check_at=to_us(at)))
    connection.execute(update(paces).where(paces.c.next_at > to_us(at)).values(next_at=to_us(at)))
    # Approved in the future: the clock was set back meanwhile.
    early = update(pings).where(pings.c.approved_at > to_us(at), pings.c.deliver_at > to_us(at))
    connection.execute(early.values(deliver_at=to_us(at)))
    left = update(pings).where(pings.c.lease_owner.is_not(None)).values(lease_owner=None, lease_until=None)
    return connection.execute(left).rowcount


def set_back(connection: Connection, by: timedelta, at: datetime) -> None:
    """Let everything wait as long as it would have, after the clock was set back by *by* and shows *at*."""
    step_us, at_us = by // timedelta(microseconds=1), to_us(at)
    for column in (pings.c.deliver_at, pings.c.lease_until, pings.c.next_check_at):
        connection.execute(update(pings).where(column > at_us).values({column: column - step_us}))
    connection.execute(update(paces).where(paces.c.next_at > at_us).values(next_at=paces.c.next_at - step_us))


def set_pace(connection: Connection, site: str, at: datetime) -> None:
    """Let the site's next delivery start at *at* and not before."""
    connection.execute(update(paces).where(paces.c.site == site).values(next_at=to_us(at)))


def due_sites(connection: Connection, at: datetime) -> list[str]:
    """Return the sites for which a delivery waits whose time has come."""
    # By state: the index on it holds few approved pings, while that on the times holds every ping.
    queued = select(pings.c.site).where(pings.c.state == State.APPROVED, pings.c.deliver_at <= to_us(at)).distinct()
    return list(connection.execute(queued).scalars())


def next_due(connection: Connection, site: str) -> datetime | None:
    """Return when the site's next delivery may start, None when nothing waits."""
    due = connection.execute(
        select(func.min(pings.c.deliver_at)).where(pings.c.site == site, pings.c.deliver_at.is_not(None))
    ).scalar()
    if due is None:
        return None
    pace = connection.execute(select(paces.c.next_at).where(paces.c.site == site)).scalar() or 0
    return from_us(max(due, pace))
