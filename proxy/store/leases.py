"""Leases by name: work that one process at a time may do, on whichever node. A process that dies loses its lease."""

from datetime import datetime

from sqlalchemy import Connection

from proxy.clock import from_us, to_us
from proxy.store import people

_PREFIX = "lease: "


def claim(connection: Connection, name: str, owner: str, at: datetime, until: datetime) -> bool:
    """Make the lease *owner*'s, or lengthen it; False while it is somebody else's.

    Raises IntegrityError when another node claims a new lease at this very moment.
    """
    before = people.setting(connection, _PREFIX + name)
    held_by, ends_at = _read(before)
    if held_by and held_by != owner and ends_at > at:
        return False
    return people.exchange(connection, _PREFIX + name, before, f"{to_us(until)} {owner}")


def owner_of(connection: Connection, name: str, at: datetime) -> str:
    """Return whose the lease is, empty when nobody's."""
    held_by, ends_at = _read(people.setting(connection, _PREFIX + name))
    return held_by if ends_at > at else ""


def release(connection: Connection, name: str, owner: str) -> None:
    """Give the lease back if it is still *owner*'s."""
    before = people.setting(connection, _PREFIX + name)
    if _read(before)[0] == owner:
        people.exchange(connection, _PREFIX + name, before, "0 ")


def _read(text: str | None) -> tuple[str, datetime]:
    ends_at_us, _, owner = (text or "0 ").partition(" ")
    return owner, from_us(int(ends_at_us))
