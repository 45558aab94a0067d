"""What was set on the admin pages about sites' pings to themselves."""

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from proxy.clock import from_us, to_us
from proxy.errors import UnknownThing
from proxy.policy import SelfPolicy
from proxy.store import scope
from proxy.store.schema import policies

_OF_SITE = select(policies).where(policies.c.site == bindparam("at_site"))


def of_site(connection: Connection, site: str) -> SelfPolicy | None:
    """Return what was set for *site*, None when the configuration's policy holds."""
    row = connection.execute(_OF_SITE, {"at_site": site}).first()
    return None if row is None else _policy(row)


def list_all(connection: Connection) -> dict[str, SelfPolicy]:
    """Return what was set, by site."""
    seen = scope.narrow(connection, select(policies), policies.c.site)
    return {row.site: _policy(row) for row in connection.execute(seen)}


def keep(connection: Connection, site: str, policy: SelfPolicy) -> None:
    """Set it for *site*, in the place of what was set before. Raises `UnknownThing`."""
    forget(connection, site)
    row = {"self_pings": policy.self_pings, "hosts": list(policy.hosts), "by": policy.by, "at": to_us(policy.at)}
    connection.execute(insert(policies).values(site=site, **row))


def forget(connection: Connection, site: str) -> bool:
    """Let the configuration's policy hold again; True when something else was set. Raises `UnknownThing`."""
    if not scope.of(connection).holds(site):
        raise UnknownThing("site", site)
    return connection.execute(delete(policies).where(policies.c.site == site)).rowcount == 1


def _policy(row: "Row[tuple[object, ...]]") -> SelfPolicy:
    return SelfPolicy(row.self_pings, tuple(row.hosts), row.by, from_us(row.at))
