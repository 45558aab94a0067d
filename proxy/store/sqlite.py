"""A SQLite file by aiosqlite, one whole piece of work at a time.

aiosqlite keeps a thread for each connection, and a hop there and back for each statement costs more than the statement.
So work goes over as a whole: in that thread it has a plain connection of SQLAlchemy, and one hop is all.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite
from sqlalchemy import Connection, Engine, StaticPool, create_engine, event

from proxy.errors import StoreUnavailable

T = TypeVar("T")
# FULL: an answered ping is on the disk, not only in the system's memory.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000")
_READERS = 4


class _Seat(aiosqlite.Connection):
    """One connection in its thread, and SQLAlchemy's engine on top of it."""

    def __init__(self, file: Path, begin: str, check: Callable[[], None]) -> None:
        # mode=rw: where the file was moved away, SQLite would begin an empty one beside it.
        where = f"{file.as_uri()}?mode=rw"
        # Transactions begin where SQLAlchemy says so, by our own words.
        super().__init__(lambda: sqlite3.connect(where, uri=True, timeout=5, isolation_level=None), 64)
        self._check = check
        self._thread.daemon = True  # what is left open must not keep the process
        self._engine: Engine = create_engine("sqlite://", creator=lambda: self._conn, poolclass=StaticPool)
        # Many rows in one statement: between two statements the driver gives up the interpreter and takes it again.
        self._engine.dialect.use_insertmanyvalues_wo_returning = True
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql(begin))

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run *work* in one transaction; it leaves nothing when whoever wanted it has gone before its end."""
        gone = False

        def within() -> T:
            self._check()
            with self._engine.begin() as connection:
                done = work(connection)
                if gone:
                    raise StoreUnavailable("nobody waits for this any more")
                return done

        try:
            result: T = await self._execute(within)  # type: ignore[no-untyped-call]
        except asyncio.CancelledError:
            gone = True
            raise
        return result


def _prepare(connection: Any, _record: object) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _made(file: Path) -> Path:
    path = file.absolute()
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as problem:
        raise StoreUnavailable(f"the database file {path} cannot be opened: {problem.strerror}") from None
    return path


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@dataclass(slots=True)
class SqliteFile:
    """An open SQLite file: one connection that writes, a few that read."""

    file: Path
    _identity: tuple[int, int] | None
    _writer: _Seat | None = None
    _readers: list[_Seat] = field(default_factory=list)
    _may_open: int = _READERS
    _idle: "asyncio.LifoQueue[_Seat]" = field(default_factory=asyncio.LifoQueue)

    @classmethod
    async def opened(cls, file: Path) -> Self:
        """Return the file opened, made where there is none, for our eyes only. Raises `StoreUnavailable`."""
        file = _made(file)
        self = cls(file, _identity(file))
        self._writer = await self._seat("BEGIN IMMEDIATE")
        return self

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run *work* in a transaction that writes; one at a time."""
        if self._writer is None:
            raise StoreUnavailable("the database is closed")
        return await self._writer.run(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run *work* in a transaction that reads."""
        if self._writer is None:
            raise StoreUnavailable("the database is closed")
        seat = await self._reader()
        try:
            return await seat.run(work)
        finally:
            self._idle.put_nowait(seat)

    async def _reader(self) -> _Seat:
        if not self._idle.empty() or not self._may_open:
            return await self._idle.get()
        self._may_open -= 1
        try:
            seat = await self._seat("BEGIN")
        except BaseException:  # whoever reads may have hung up
            self._may_open += 1
            raise
        self._readers.append(seat)
        return seat

    async def close(self) -> None:
        """Close every connection, after what they are doing."""
        seats = [*self._readers, *([self._writer] if self._writer else [])]
        self._writer = None
        for seat in seats:
            await seat.close()

    def _check(self) -> None:
        """Raise OSError when the file was moved or replaced: the next start would not find what is written to it."""
        if _identity(self.file) != self._identity:
            raise OSError(
                f"the database file {self.file} is not where it was: put it back, or restart to use what is there"
            )

    async def _seat(self, begin: str) -> _Seat:
        seat = _Seat(self.file, begin, self._check)
        try:
            await seat
            return seat
        except sqlite3.Error as problem:
            await asyncio.to_thread(seat._thread.join)  # until it ends it still speaks to this event loop
            raise StoreUnavailable(f"the database file {self.file} cannot be opened: {problem}") from None
