"""People, their sessions, and what the pages remember."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from proxy.errors import StoreUnavailable
from proxy.store import people
from proxy.store.database import Database
from proxy.store.people import BadName, Lifetimes, Person, Role
from proxy.store.scope import Scope
from tests.databases import fresh

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
ANNA = Person("anna", Role.MODERATOR)
BEN = Person("ben", Role.READER, Scope(frozenset({"blog", "shop"})))
ENDS = Lifetimes(timedelta(hours=1), timedelta(days=1))


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        yield opened


async def sees(database: Database, key: str, after: timedelta) -> tuple[Person, bool] | None:
    """Return whose session *key* is some time later."""
    return await database.read(people.of_session, key, AT + after, ENDS)


@pytest.mark.parametrize("name", ["a", "anna", "anna.b@mail.example", "Ünal_1-x", "x" * 64])
def test_such_a_name_a_person_can_have(name: str) -> None:
    assert people.good_name(name) == name
    assert people.may_be_called(name)


@pytest.mark.parametrize(
    "name",
    ["", " ", "anna b", "anna\n", "\nanna", "x" * 65, "<b>", "a'b", "a/b", "\x00", "\u202eanna", "pingwarden", "PingWarden", "API", "wordpress"],
    ids=ascii,
)  # fmt: skip
def test_such_a_name_nobody_has(name: str) -> None:
    assert not people.may_be_called(name)
    with pytest.raises(BadName):
        people.good_name(name)


def test_only_a_moderator_changes_anything() -> None:
    assert {role: Person("x", role).may_change for role in Role} == {Role.MODERATOR: True, Role.READER: False}


async def test_a_person_is_kept_and_found_under_that_name_alone(database: Database) -> None:
    assert not await database.read(people.anybody)
    await database.write(people.keep, ANNA, "hash", AT)
    assert await database.read(people.anybody)
    assert await database.read(people.find, "anna") == (ANNA, "hash")
    for name in ("", "Anna", "anna ", "ann%", "' OR 1=1 --"):
        assert await database.read(people.find, name) is None


async def test_the_sites_of_a_person_are_kept_and_stand_in_their_session(database: Database) -> None:
    await database.write(people.keep, BEN, "hash", AT)
    await database.write(people.open_session, "key", "ben", AT, ENDS)
    assert await database.read(people.find, "ben") == (BEN, "hash")
    assert await sees(database, "key", timedelta(0)) == (BEN, False)


async def test_a_new_password_or_role_ends_all_sessions_of_that_person_alone(database: Database) -> None:
    for person in (ANNA, Person("ben", Role.READER)):
        await database.write(people.keep, person, "hash", AT)
        await database.write(people.open_session, f"key of {person.name}", person.name, AT, ENDS)
    demoted = Person("anna", Role.READER)
    await database.write(people.keep, demoted, "new", AT)
    assert await database.read(people.find, "anna") == (demoted, "new")
    assert await sees(database, "key of anna", timedelta(0)) is None
    assert await sees(database, "key of ben", timedelta(0)) is not None


USES = (
    (timedelta(0), (ANNA, False)),
    (timedelta(seconds=59), (ANNA, False)),
    (timedelta(minutes=1), (ANNA, True)),
    (timedelta(minutes=59, seconds=59), (ANNA, True)),
    (timedelta(hours=1), None),
    (timedelta(days=999), None),
)
# What is remembered, what somebody takes it for, and whether they may replace it.
EXCHANGES = ((None, None, True), (None, "1", False), ("1", "1", True), ("1", None, False), ("1", "2", False))


async def test_a_session_ends_when_it_is_not_used(database: Database) -> None:
    await database.write(people.keep, ANNA, "hash", AT)
    await database.write(people.open_session, "key", "anna", AT, ENDS)
    for after, expected in USES:
        assert await sees(database, "key", after) == expected, after


async def test_a_session_ends_in_any_case(database: Database) -> None:
    await database.write(people.keep, ANNA, "hash", AT)
    await database.write(people.open_session, "key", "anna", AT, ENDS)
    for half_hours in range(1, 48):
        used = timedelta(minutes=30 * half_hours)
        assert await sees(database, "key", used) is not None
        await database.write(people.note_use, "key", AT + used)
    assert await sees(database, "key", timedelta(days=1)) is None


async def test_a_closed_session_and_one_that_never_was_are_nobody_s(database: Database) -> None:
    await database.write(people.keep, ANNA, "hash", AT)
    await database.write(people.open_session, "key", "anna", AT, ENDS)
    for key in ("", "KEY", "other", "key "):
        assert await sees(database, key, timedelta(0)) is None
    await database.write(people.close_session, "other")
    assert await sees(database, "key", timedelta(0)) is not None
    await database.write(people.close_session, "key")
    await database.write(people.note_use, "key", AT)
    assert await sees(database, "key", timedelta(0)) is None


async def test_a_new_session_forgets_those_that_are_over(database: Database) -> None:
    await database.write(people.keep, ANNA, "hash", AT)
    await database.write(people.open_session, "old", "anna", AT, ENDS)
    await database.write(people.open_session, "new", "anna", AT + timedelta(hours=2), ENDS)
    forever = Lifetimes(timedelta(days=9), timedelta(days=9))
    assert await database.read(people.of_session, "old", AT, forever) is None
    assert await database.read(people.of_session, "new", AT, forever) is not None


async def test_settings_are_remembered_replaced_and_forgotten(database: Database) -> None:
    assert await database.read(people.setting, "x") is None
    for value in ("1", "2"):
        await database.write(people.remember, "x", value)
        assert await database.read(people.setting, "x") == value
    assert await database.read(people.setting, "y") is None
    assert await database.write(people.forget, "x")
    assert not await database.write(people.forget, "x")


async def test_of_several_that_exchange_one_succeeds(database: Database) -> None:
    for number, (present, before, changes) in enumerate(EXCHANGES):
        name = f"setting {number}"
        if present:
            await database.write(people.remember, name, present)
        assert await database.write(people.exchange, name, before, "new") is changes, name
        assert await database.read(people.setting, name) == ("new" if changes else present)
        assert not (changes and await database.write(people.exchange, name, before, "newer"))


async def test_a_text_that_cannot_be_kept_stops_no_other_writes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proxy.store.database._WAIT_S", 1.0)
    with contextlib.suppress(StoreUnavailable, UnicodeEncodeError):
        await database.write(people.remember, "x", "\udcff")
    await database.write(people.remember, "y", "fine")
    assert await database.read(people.setting, "y") == "fine"
