"""Opening, migrating and losing a database."""

import asyncio
import math
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, inspect

from proxy.errors import StoreUnavailable
from proxy.store import pings
from proxy.store.database import open_database
from proxy.store.schema import metadata


def url(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return f"sqlite+aiosqlite:///{path}/p.sqlite3"


async def test_a_fresh_database_takes_writes(tmp_path: Path) -> None:
    database = await open_database(url(tmp_path))
    await database.ready()
    await database.close()


async def test_a_writer_that_stands_still_can_be_told_from_one_that_has_nothing_to_do(tmp_path: Path) -> None:
    database = await open_database(url(tmp_path))
    begun, go = threading.Event(), threading.Event()

    def slow(_connection: Connection) -> None:
        begun.set()
        go.wait(20)

    assert database.stuck_s() == 0
    writing = asyncio.create_task(database.write(slow))
    await asyncio.to_thread(begun.wait)
    assert database.stuck_s() > 0
    go.set()
    await writing
    assert database.stuck_s() == 0
    await database.close()
    assert database.stuck_s() == math.inf


async def test_who_reads_the_same_at_the_same_time_reads_together(tmp_path: Path) -> None:
    database = await open_database(url(tmp_path))
    groups: list[list[int]] = []

    def double(_connection: Connection, items: list[int]) -> list[int]:
        groups.append(items)
        return [2 * item for item in items]

    for again in range(2):
        numbers = range(again, 200 + again)
        assert await asyncio.gather(*(database.read_together(double, number) for number in numbers)) == [
            2 * number for number in numbers
        ]
    assert max(len(group) for group in groups) == 64
    assert sum(len(group) for group in groups) == 400
    await database.close()


async def test_a_reader_that_fails_tells_all_who_read_and_the_next_one_reads(tmp_path: Path) -> None:
    database = await open_database(url(tmp_path))

    def broken(_connection: Connection, _items: list[int]) -> list[int]:
        raise OSError("the disk is away")

    for _ in range(2):
        told = await asyncio.gather(
            *(database.read_together(broken, item) for item in range(3)), return_exceptions=True
        )
        assert [str(one) for one in told] == ["the disk is away"] * 3
        assert all(isinstance(one, StoreUnavailable) for one in told)
    await database.close()


async def test_one_that_cannot_be_read_does_not_take_others_along(tmp_path: Path) -> None:
    database = await open_database(url(tmp_path))

    def divide(_connection: Connection, items: list[int]) -> list[int]:
        return [12 // item for item in items]

    told = await asyncio.gather(*(database.read_together(divide, item) for item in (3, 0, 4)), return_exceptions=True)
    assert (told[0], type(told[1]), told[2]) == (4, ZeroDivisionError, 3)
    await database.close()


async def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        database = await open_database(url(tmp_path))
        await database.ready()
        await database.close()


async def test_a_newer_schema_is_refused_with_a_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    database = await open_database(url(tmp_path))
    await database.close()
    with sqlite3.connect(tmp_path / "p.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreUnavailable, match=r"schema 9999, which is newer .* install the newer version again"):
        await open_database(url(tmp_path))


async def test_a_path_that_cannot_be_opened_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"missing/p\.sqlite3 cannot be opened: No such file or directory"):
        await open_database(url(tmp_path / "missing"))


async def test_a_file_that_was_moved_away_takes_nothing_until_it_is_back(tmp_path: Path) -> None:
    """What went into it would be missed after the next start; and no empty one is begun in its place."""
    here = tmp_path / "with blanks, #, % and ü"
    here.mkdir()
    database = await open_database(url(here))
    away = tmp_path / "away"
    (here / "p.sqlite3").rename(away)
    with pytest.raises(StoreUnavailable, match=r"p\.sqlite3 is not where it was: put it back, or restart"):
        await database.ready()
    with pytest.raises(StoreUnavailable, match=r"is not where it was|unable to open"):
        await database.read(pings.counts)
    assert not (here / "p.sqlite3").exists()
    away.rename(here / "p.sqlite3")
    await database.ready()
    await database.close()


async def test_the_migrations_make_the_tables_that_the_schema_describes(tmp_path: Path) -> None:
    database = await open_database(url(tmp_path))
    await database.close()
    engine = create_engine(f"sqlite:///{tmp_path}/p.sqlite3")
    found = inspect(engine)
    for table in metadata.tables.values():
        assert {column["name"] for column in found.get_columns(table.name)} == set(table.columns.keys()), table.name
        indexes = {index["name"] for index in found.get_indexes(table.name)}
        assert {index.name for index in table.indexes} <= indexes, table.name
    engine.dispose()


async def test_the_file_is_for_our_eyes_only(tmp_path: Path) -> None:
    database = await open_database(url(tmp_path))
    await database.close()
    assert (tmp_path / "p.sqlite3").stat().st_mode & 0o777 == 0o600
