"""What earlier pings say about a sender: values for the rules."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from proxy.clock import to_us
from proxy.ping import MACHINE, History, Linkback, Ping, State
from proxy.store import rows, scope
from proxy.store.schema import pings

_RECENT = timedelta(hours=24)
_COUNTED = 1000  # more than this makes no difference to any rule
_OF_HOST = (
    select(pings.c.state, pings.c.decided_by, pings.c.source_url, pings.c.received_at)
    .where(
        pings.c.site == bindparam("at_site"), pings.c.source_host == bindparam("host"), pings.c.id != bindparam("but")
    )
    .order_by(pings.c.id.desc())
    .limit(_COUNTED)
)


def of_source(connection: Connection, site: str, linkback: Linkback, ping_id: str, at: datetime) -> History:
    """Return the history of the ping's source, not counting the ping itself."""
    host = rows.source_host(linkback)
    found = connection.execute(_OF_HOST, {"at_site": site, "host": host, "but": ping_id}).all()
    since = to_us(at - _RECENT)
    by_person = [row for row in found if row.decided_by not in {None, MACHINE}]
    recent = [row for row in found if row.received_at >= since]
    return History(
        approved_by_person=sum(row.state in {State.APPROVED, State.DELIVERED} for row in by_person),
        rejected_by_person=sum(row.state == State.REJECTED for row in by_person),
        same_source_recently=sum(row.source_url == linkback.source_url for row in recent),
        same_host_recently=len(recent),
    )


def since(connection: Connection, at: datetime, limit: int) -> list[Ping]:
    """Return up to *limit* judged pings received since *at*, the newest first."""
    judged = select(pings).where(pings.c.received_at >= to_us(at), pings.c.points.is_not(None))
    query = scope.narrow(connection, judged, pings.c.site).order_by(pings.c.id.desc()).limit(limit)
    return [rows.from_row(row) for row in connection.execute(query).mappings()]


def oldest_waiting(connection: Connection, at: datetime) -> float | None:
    """Return for how many seconds the oldest delivery has waited, None when none waits."""
    waiting = select(func.min(pings.c.approved_at)).where(pings.c.deliver_at.is_not(None))
    oldest = connection.execute(scope.narrow(connection, waiting, pings.c.site)).scalar()
    return None if oldest is None else max(0.0, (to_us(at) - oldest) / 1e6)
