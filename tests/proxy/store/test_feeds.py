"""Feeds: one of all sites, one of each person who looks after some."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest_asyncio

from proxy.store import feeds, people
from proxy.store.database import Database
from proxy.store.people import Person, Role
from proxy.store.scope import EVERYWHERE, Scope
from tests.databases import fresh

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
OWNER, OTHER = Person("owner", Role.MODERATOR), Person("other", Role.MODERATOR)
ANNA = Person("anna", Role.MODERATOR, Scope(frozenset({"blog"})))


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        for person in (OWNER, OTHER, ANNA):
            await opened.write(people.keep, person, "hash", AT)
        yield opened


async def test_a_feed_shows_what_its_person_sees(database: Database) -> None:
    assert not any([await database.read(feeds.is_made, person) for person in (OWNER, ANNA)])
    await database.write(feeds.keep, OWNER, "one")
    assert await database.read(feeds.is_made, OTHER)
    assert not await database.read(feeds.is_made, ANNA)
    await database.write(feeds.keep, ANNA, "two")
    found = [await database.read(feeds.scope_of, key) for key in ("one", "two", "three", "")]
    assert found == [EVERYWHERE, ANNA.scope, None, None]


async def test_a_forgotten_feed_is_gone_and_the_other_stays(database: Database) -> None:
    await database.write(feeds.keep, OWNER, "one")
    await database.write(feeds.keep, ANNA, "two")
    await database.write(feeds.forget, ANNA)
    assert await database.read(feeds.scope_of, "two") is None
    assert await database.read(feeds.scope_of, "one") == EVERYWHERE
    await database.write(feeds.forget, OWNER)
    assert await database.read(feeds.scope_of, "one") is None


async def test_who_gets_other_sites_loses_the_feed_of_the_former_ones(database: Database) -> None:
    await database.write(feeds.keep, ANNA, "two")
    await database.write(people.keep, Person("anna", Role.MODERATOR), "hash", AT)
    assert await database.read(feeds.scope_of, "two") is None
