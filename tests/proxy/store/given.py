"""A linkback, what may be said of it, and a ping that just came in."""

from datetime import UTC, datetime

from proxy.errors import FaultCode
from proxy.ping import Action, Finding, Kind, Linkback, Ping, Sender, Verdict
from proxy.store import arrivals
from proxy.store.arrivals import Arrival
from proxy.store.database import Database

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
SENDER = Sender("192.0.2.7", "A blog")
LINKBACK = Linkback(Kind.TRACKBACK, "http://a.example/x", "http://blog.example/alpha/", "T", "E", "B")
APPROVE = Verdict(Action.APPROVE, -2.0, (Finding("model", -2.0, "reads well"),), None, 0.1)
REJECT = Verdict(
    Action.REJECT, 0, (Finding("no-link", 0, "no link", Action.REJECT, FaultCode.NO_LINK),), FaultCode.NO_LINK
)
HOLD = Verdict(Action.HOLD, 1.0, (Finding("odd", 1.0, "odd"),))


async def received(database: Database, linkback: Linkback = LINKBACK, at: datetime = AT) -> Ping:
    """Return a fresh ping, which must not have been seen before."""
    ping = await database.write_together(arrivals.receive, Arrival("blog", linkback, SENDER, "/xmlrpc.php", at))
    assert isinstance(ping, Ping)
    return ping
