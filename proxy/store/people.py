"""Who may use the admin pages, their sessions, and the settings that those pages remember."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, func, insert, select, update

from proxy.clock import from_us, to_us
from proxy.errors import PingwardenError
from proxy.ping import MACHINE
from proxy.store.schema import people, sessions, settings
from proxy.store.scope import EVERYWHERE, Scope

_NAME = re.compile(r"[\w.@-]{1,64}")
# What decides and is no person; such a name in a verdict must never be a person's.
_NOT_PEOPLE = frozenset({MACHINE, "wordpress", "api"})
_NOTE_USE_EVERY = timedelta(minutes=1)


class Role(StrEnum):
    """What a person may do: a reader looks, a moderator also changes."""

    MODERATOR = "moderator"
    READER = "reader"


class BadName(PingwardenError):
    """A name that no person can have."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    name: str
    role: Role
    scope: Scope = EVERYWHERE

    @property
    def may_change(self) -> bool:
        """True when this person may change something."""
        return self.role is Role.MODERATOR


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lasts without use, and how long at all."""

    idle: timedelta
    absolute: timedelta


def good_name(name: str) -> str:
    """Return *name* when a person may be called so. Raises `BadName`."""
    if not may_be_called(name):
        raise BadName(f"a person cannot be called {name!r}: up to 64 letters, digits and . _ @ - are allowed")
    return name


def may_be_called(name: str) -> bool:
    """True when a person may be called *name*."""
    return _NAME.fullmatch(name) is not None and name.lower() not in _NOT_PEOPLE


def anybody(connection: Connection) -> bool:
    """Return True when at least one person can sign in."""
    return bool(connection.execute(select(func.count()).select_from(people)).scalar())


def find(connection: Connection, name: str) -> tuple[Person, str] | None:
    """Return the person of that name with the hash of the password, None when there is none."""
    row = connection.execute(select(people).where(people.c.name == name)).first()
    return None if row is None else (_person(row.name, row.role, row.sites), row.password_hash)


def _person(name: str, role: str, sites: list[str] | None) -> Person:
    return Person(name, Role(role), EVERYWHERE if sites is None else Scope(frozenset(sites)))


def keep(connection: Connection, person: Person, password_hash: str, at: datetime) -> None:
    """Make a person or give them a new password, role and scope. Their sessions and their feed are over."""
    connection.execute(delete(sessions).where(sessions.c.person == person.name))
    sites = None if person.scope.sites is None else sorted(person.scope.sites)
    values = {"role": person.role, "password_hash": password_hash, "sites": sites, "feed_key": None}
    known = update(people).where(people.c.name == person.name).values(values)
    if connection.execute(known).rowcount == 0:
        connection.execute(insert(people).values(name=person.name, made_at=to_us(at), **values))


def open_session(connection: Connection, key_hash: str, name: str, at: datetime, ends: Lifetimes) -> None:
    """Begin a session, and forget all that are over."""
    connection.execute(
        delete(sessions).where(
            (sessions.c.used_at < to_us(at - ends.idle)) | (sessions.c.made_at < to_us(at - ends.absolute))
        )
    )
    connection.execute(insert(sessions).values(key_hash=key_hash, person=name, made_at=to_us(at), used_at=to_us(at)))


def close_session(connection: Connection, key_hash: str) -> None:
    """End a session; whoever holds its key holds nothing."""
    connection.execute(delete(sessions).where(sessions.c.key_hash == key_hash))


def of_session(connection: Connection, key_hash: str, at: datetime, ends: Lifetimes) -> tuple[Person, bool] | None:
    """Return whose session it is and whether its use should be noted again; None when it is over or never was."""
    row = connection.execute(
        select(people.c.name, people.c.role, people.c.sites, sessions.c.made_at, sessions.c.used_at)
        .join(people, people.c.name == sessions.c.person)
        .where(sessions.c.key_hash == key_hash)
    ).first()
    if row is None:
        return None
    used_at = from_us(row.used_at)
    if at - used_at >= ends.idle or at - from_us(row.made_at) >= ends.absolute:
        return None
    return _person(row.name, row.role, row.sites), at - used_at >= _NOTE_USE_EVERY


def note_use(connection: Connection, key_hash: str, at: datetime) -> None:
    """Remember that a session was used just now."""
    connection.execute(update(sessions).where(sessions.c.key_hash == key_hash).values(used_at=to_us(at)))


def setting(connection: Connection, name: str) -> str | None:
    """Return what was remembered under *name*."""
    found: str | None = connection.execute(select(settings.c.value).where(settings.c.name == name)).scalar()
    return found


def remember(connection: Connection, name: str, value: str) -> None:
    """Remember *value* under *name*."""
    if connection.execute(update(settings).where(settings.c.name == name).values(value=value)).rowcount == 0:
        connection.execute(insert(settings).values(name=name, value=value))


def exchange(connection: Connection, name: str, before: str | None, value: str) -> bool:
    """Remember *value* only if *before* is what was remembered: of several nodes one succeeds."""
    if before is None:
        if setting(connection, name) is not None:
            return False
        connection.execute(insert(settings).values(name=name, value=value))
        return True
    changed = update(settings).where(settings.c.name == name, settings.c.value == before).values(value=value)
    return connection.execute(changed).rowcount == 1


def forget(connection: Connection, name: str) -> bool:
    """Forget what was remembered under *name*; True when something was."""
    return connection.execute(delete(settings).where(settings.c.name == name)).rowcount == 1
