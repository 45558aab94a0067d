"""What earlier pings say about a sender: values for the rules."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from proxy.clock import to_us
from proxy.ping import MACHINE, History, Linkback, State
from proxy.store import rows
from proxy.store.schema import pings

_RECENT = timedelta(hours=24)
_COUNTED = 1000  # more than this makes no difference to any rule


def of_source(connection: Connection, site: str, linkback: Linkback, ping_id: str, at: datetime) -> History:
    """Return the history of the ping's source, not counting the ping itself."""
    host = rows.source_host(linkback)
    latest = (
        select(pings.c.state, pings.c.decided_by, pings.c.source_url, pings.c.received_at)
        .where(pings.c.site == site, pings.c.source_host == host, pings.c.id != ping_id)
        .order_by(pings.c.id.desc())
        .limit(_COUNTED)
    )
    found = connection.execute(latest).all()
    since = to_us(at - _RECENT)
    by_person = [row for row in found if row.decided_by not in {None, MACHINE}]
    recent = [row for row in found if row.received_at >= since]
    return History(
        approved_by_person=sum(row.state in {State.APPROVED, State.DELIVERED} for row in by_person),
        rejected_by_person=sum(row.state == State.REJECTED for row in by_person),
        same_source_recently=sum(row.source_url == linkback.source_url for row in recent),
        same_host_recently=len(recent),
    )


def oldest_waiting(connection: Connection) -> int | None:
    """Return when the longest waiting delivery was approved, in microseconds since 1970."""
    return connection.execute(select(func.min(pings.c.approved_at)).where(pings.c.deliver_at.is_not(None))).scalar()
