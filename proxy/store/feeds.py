"""The feeds' secret addresses, of which only hashes are kept: one of all sites, and one of each person with a scope."""

from sqlalchemy import Connection, select, update

from proxy.store import people as people_store
from proxy.store.people import Person
from proxy.store.schema import people
from proxy.store.scope import EVERYWHERE, Scope

_OF_ALL_SITES = "feed_key"


def keep(connection: Connection, person: Person, key_hash: str) -> None:
    """Let the feed that *person* sees have this key, in the place of a former one."""
    if person.scope.is_everywhere:
        people_store.remember(connection, _OF_ALL_SITES, key_hash)
    else:
        _set(connection, person, key_hash)


def forget(connection: Connection, person: Person) -> None:
    """Let the key of the feed that *person* sees work no more."""
    if person.scope.is_everywhere:
        people_store.forget(connection, _OF_ALL_SITES)
    else:
        _set(connection, person, None)


def is_made(connection: Connection, person: Person) -> bool:
    """True when there is a feed of what *person* sees."""
    if person.scope.is_everywhere:
        return people_store.setting(connection, _OF_ALL_SITES) is not None
    found = connection.execute(select(people.c.feed_key).where(people.c.name == person.name)).scalar()
    return found is not None


def scope_of(connection: Connection, key_hash: str) -> Scope | None:
    """Return what the feed with this key shows, None when there is none."""
    if people_store.setting(connection, _OF_ALL_SITES) == key_hash:
        return EVERYWHERE
    row = connection.execute(select(people.c.sites).where(people.c.feed_key == key_hash)).first()
    return None if row is None else Scope(frozenset(row.sites or ()))


def _set(connection: Connection, person: Person, key_hash: str | None) -> None:
    connection.execute(update(people).where(people.c.name == person.name).values(feed_key=key_hash))
