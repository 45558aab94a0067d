"""What the database knows that a ping is judged by: its source's past, and what people set for its site."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from proxy.ping import History, Ping
from proxy.policy import SelfPolicy
from proxy.rules.owner import OwnerRule
from proxy.store import history, policies, rulebook


@dataclass(frozen=True, slots=True)
class Known:
    """Of one ping: the past of its source's host, the owner's rules in force, the policy set on the admin pages."""

    past: History
    rules: tuple[OwnerRule, ...]
    self_policy: SelfPolicy | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A ping that is to be judged at this time."""

    ping: Ping
    at: datetime


def of_pings(connection: Connection, asked: list[Asked]) -> list[Known]:
    """Return what is known of each; what people set for a site is read once for all of its pings."""
    latest = {one.ping.site: one.at for one in asked}
    set_for = {
        site: (rulebook.in_force(connection, site, at), policies.of_site(connection, site))
        for site, at in latest.items()
    }
    return [
        Known(history.of_source(connection, ping.site, ping.linkback, ping.id, one.at), *set_for[ping.site])
        for one in asked
        for ping in [one.ping]
    ]
