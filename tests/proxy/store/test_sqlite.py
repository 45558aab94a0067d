"""A SQLite file is worked on in whole pieces, each in one transaction, in threads that aiosqlite keeps."""

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from proxy.errors import StoreUnavailable
from proxy.store.sqlite import SqliteFile


def make(connection: Connection) -> None:
    """One table."""
    connection.execute(text("CREATE TABLE lines (line TEXT)"))


def add(connection: Connection, line: str = "a") -> int:
    """One more line; the thread that wrote it."""
    connection.execute(text("INSERT INTO lines VALUES (:line)"), {"line": line})
    return threading.get_ident()


def count(connection: Connection) -> int:
    """How many lines there are."""
    return connection.execute(text("SELECT count(*) FROM lines")).scalar() or 0


async def test_what_was_written_is_read(tmp_path: Path) -> None:
    file = await SqliteFile.opened(tmp_path / "x.sqlite3")
    await file.write(make)
    writers = {await file.write(add) for _ in range(3)}
    assert await file.read(count) == 3
    assert len(writers) == 1
    assert threading.get_ident() not in writers
    await file.close()


async def test_work_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(connection: Connection) -> None:
        add(connection)
        raise ValueError("odd")

    file = await SqliteFile.opened(tmp_path / "x.sqlite3")
    await file.write(make)
    with pytest.raises(ValueError, match="odd"):
        await file.write(fail)
    assert await file.read(count) == 0
    await file.write(add)
    assert await file.read(count) == 1
    await file.close()


async def test_a_read_sees_one_moment(tmp_path: Path) -> None:
    file = await SqliteFile.opened(tmp_path / "x.sqlite3")
    await file.write(make)
    began, written = threading.Event(), threading.Event()

    def twice(connection: Connection) -> tuple[int, int]:
        first = count(connection)
        began.set()
        assert written.wait(10)
        return first, count(connection)

    reading = asyncio.create_task(file.read(twice))
    assert await asyncio.to_thread(began.wait, 10)
    await file.write(add)
    written.set()
    assert await reading == (0, 0)
    assert await file.read(count) == 1
    await file.close()


async def test_however_many_read_at_once_a_few_connections_do(tmp_path: Path) -> None:
    def slowly(connection: Connection) -> int:
        connection.execute(text("SELECT count(*) FROM lines a, lines b, lines c")).scalar()
        return threading.get_ident()

    file = await SqliteFile.opened(tmp_path / "x.sqlite3")
    await file.write(make)
    for _ in range(60):
        await file.write(add)
    assert len(set(await asyncio.gather(*(file.read(slowly) for _ in range(40))))) <= 4
    await file.close()


@pytest.mark.parametrize("tries", [2, 6])
async def test_readers_that_hang_up_take_no_connection_with_them(tmp_path: Path, tries: int) -> None:
    release = threading.Event()
    file = await SqliteFile.opened(tmp_path / "x.sqlite3")
    await file.write(make)
    readers = [asyncio.create_task(file.read(lambda _: release.wait(10))) for _ in range(tries)]
    await asyncio.sleep(0)
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    release.set()
    assert await asyncio.gather(*(file.read(count) for _ in range(8))) == [0] * 8
    await file.close()


async def test_a_write_that_nobody_waits_for_any_more_leaves_nothing(tmp_path: Path) -> None:
    began, release = threading.Event(), threading.Event()

    def slowly(connection: Connection) -> None:
        add(connection)
        began.set()
        assert release.wait(10)

    file = await SqliteFile.opened(tmp_path / "x.sqlite3")
    await file.write(make)
    writing = asyncio.create_task(file.write(slowly))
    assert await asyncio.to_thread(began.wait, 10)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    release.set()
    await file.write(add)
    assert await file.read(count) == 1
    await file.close()


async def test_a_closed_one_says_so(tmp_path: Path) -> None:
    file = await SqliteFile.opened(tmp_path / "x.sqlite3")
    await file.close()
    for use in (file.read, file.write):
        with pytest.raises(StoreUnavailable, match="is closed"):
            await use(count)


async def test_what_is_on_disk_is_kept_through_a_loss_of_power(tmp_path: Path) -> None:
    def settings(connection: Connection) -> tuple[object, ...]:
        return tuple(connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous"))

    file = await SqliteFile.opened(tmp_path / "x.sqlite3")
    assert await file.write(settings) == ("wal", 2)
    await file.close()
