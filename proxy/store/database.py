"""The open database, and the one writer.

Every write goes through one task, which runs what is waiting in one transaction: a flood of pings costs a few commits
a second, not one each, and SQLite never sees two writers. Where one piece fails, each gets a savepoint of its own.
What every ping needs is besides done for all that wait at once (`write_together`, `read_together`), in a statement for
all where there was one for each: the driver takes and gives up the interpreter at every statement, which costs more
than to run it.
"""

import asyncio
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import IntegrityError, InterfaceError, InternalError, OperationalError, SQLAlchemyError

from proxy import metrics
from proxy.errors import PingwardenError, StoreUnavailable
from proxy.store.server import DatabaseServer, plain
from proxy.store.sqlite import SqliteFile

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")
# Does many items of one kind in one go, and returns what came of each, in their order.
Work = Callable[[Connection, list[Any]], Sequence[Any]]

_MAX_GROUP = 64
_MAX_WAITING = 10_000
_WAIT_S = 10.0
_GROUP_S = 20.0  # a database server that went away without a word must not stop the writer for ever
_log = logging.getLogger("pingwarden.store")


@dataclass(slots=True)
class _Job:
    """One item, and the work that does it together with others of its kind."""

    work: Work
    item: Any
    done: asyncio.Future[Any]
    outcome: Any = None
    problem: BaseException | None = None

    def attempt(self, connection: Connection) -> None:
        """Do the item alone in a savepoint; a broken promise undoes this piece alone."""
        savepoint = connection.begin_nested()
        try:
            [self.outcome] = self.work(connection, [self.item])
            savepoint.commit()
        except (OperationalError, InterfaceError, InternalError):
            raise  # the database itself is in trouble: that concerns the whole group
        except (PingwardenError, IntegrityError) as problem:
            savepoint.rollback()
            self.problem = problem
        except Exception as problem:  # noqa: BLE001 - a value that no driver takes must not end the writer
            savepoint.rollback()
            self.problem = StoreUnavailable(f"this cannot be stored: {plain(problem)}")

    def settle(self) -> None:
        if self.done.done():
            return
        if self.problem is None:
            self.done.set_result(self.outcome)
        else:
            self.done.set_exception(self.problem)


class Engine(Protocol):
    """What a database runs on: a file here, or a server."""

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run *work* in a transaction that reads."""

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run *work* in a transaction."""

    async def close(self) -> None:
        """Close every connection."""


class _OneFailedError(Exception):
    """A piece of a group failed: all of it is undone, and done again piece by piece."""


@dataclass(slots=True)
class Database:
    """An open database. Use `open_database`, and `close` in the end."""

    engine: Engine
    _jobs: asyncio.Queue[_Job] = field(default_factory=lambda: asyncio.Queue(_MAX_WAITING))
    _task: asyncio.Task[None] | None = None
    _asked: dict[Work, list[_Job]] = field(default_factory=dict)
    _askers: dict[Work, asyncio.Task[None]] = field(default_factory=dict)
    _began_s: float | None = None  # when the writer took up what it is writing, None while it has nothing to do

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *work* on a connection and return what it returns. Raises `StoreUnavailable`."""
        try:
            return await self.engine.read(lambda connection: work(connection, *args, **kwargs))
        except (SQLAlchemyError, OSError) as problem:
            raise StoreUnavailable(plain(problem)) from problem

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *work* in a transaction; what it returns comes back once that is committed.

        Raises what *work* raises (its changes undone), or `StoreUnavailable` when the database does not take it
        within 10 s or too much is waiting.
        """
        return await self.write_together(_one_by_one, lambda connection: work(connection, *args, **kwargs))

    async def write_together(self, work: Callable[[Connection, list[Item]], Sequence[T]], item: Item) -> T:
        """Run *work* as `write` does, on *item* and on what else waits for the same work; its outcomes are in order.

        Where that raises, each item is done alone.
        """
        if self._task is None or self._task.done():
            raise StoreUnavailable("the database is closed")
        job = _Job(work, item, asyncio.get_running_loop().create_future())
        try:
            self._jobs.put_nowait(job)
        except asyncio.QueueFull:
            raise StoreUnavailable("too many writes are waiting") from None
        try:
            async with asyncio.timeout(_WAIT_S):
                result: T = await job.done
                return result
        except TimeoutError:
            raise StoreUnavailable("the database did not take a write within 10 s") from None

    async def read_together(self, work: Callable[[Connection, list[Item]], Sequence[T]], item: Item) -> T:
        """Run *work* as `read` does, on *item* and on what else waits for the same work; its outcomes are in order."""
        job = _Job(work, item, asyncio.get_running_loop().create_future())
        self._asked.setdefault(work, []).append(job)
        if work not in self._askers:
            self._askers[work] = asyncio.create_task(self._ask(work), name="store reader")
        result: T = await job.done
        return result

    async def _answer(self, group: list[_Job]) -> None:
        """Do the jobs of one work together, or, where that raises, each alone."""
        try:
            outcomes = await self.read(group[0].work, [job.item for job in group])
            for job, outcome in zip(group, outcomes, strict=True):
                job.outcome = outcome
        except Exception as problem:  # noqa: BLE001 - whoever waits for it hears of it
            if len(group) == 1 or isinstance(problem, StoreUnavailable):
                for job in group:
                    job.problem = problem
                return
            for job in group:
                await self._answer([job])

    async def _ask(self, work: Work) -> None:
        """Read for all that wait for *work*, until nobody does."""
        while waiting := self._asked.get(work):
            group, self._asked[work] = waiting[:_MAX_GROUP], waiting[_MAX_GROUP:]
            await self._answer(group)
            for job in group:
                job.settle()
        del self._asked[work], self._askers[work]

    @property
    def writes_waiting(self) -> int:
        """How many writes the writer has not begun yet."""
        return self._jobs.qsize()

    async def ready(self) -> None:
        """Return when the database takes a write now, else raise `StoreUnavailable`."""
        await self.write(_touch)

    def stuck_s(self) -> float:
        """Return for how long the writer has been at what it is writing: 0 while it has nothing to do."""
        if self._task is None or self._task.done():
            return math.inf
        return 0.0 if self._began_s is None else asyncio.get_running_loop().time() - self._began_s

    async def close(self) -> None:
        """Stop the writer and close every connection."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        while not self._jobs.empty():
            job = self._jobs.get_nowait()
            if not job.done.done():
                job.done.set_exception(StoreUnavailable("the database is closed"))
        await self.engine.close()

    async def _write_for_ever(self) -> None:
        while True:
            group = [await self._jobs.get()]
            while len(group) < _MAX_GROUP and not self._jobs.empty():
                group.append(self._jobs.get_nowait())
            live = [job for job in group if not job.done.done()]
            self._began_s = asyncio.get_running_loop().time()
            try:
                with metrics.WRITING.time():
                    async with asyncio.timeout(_GROUP_S):
                        await self._commit(live)
            except Exception as problem:  # noqa: BLE001 - whatever it was, the next group is tried
                _log.error("the database does not take writes: %s", plain(problem))
                for job in live:
                    job.problem = StoreUnavailable(plain(problem))
            self._began_s = None
            for job in live:
                job.settle()

    async def _commit(self, group: list[_Job]) -> None:
        if not group:
            return
        try:
            await self.engine.write(lambda connection: _all(group, connection))
        except _OneFailedError:
            await self.engine.write(lambda connection: _each(group, connection))


def _all(group: list[_Job], connection: Connection) -> None:
    for work, jobs in _by_work(group).items():
        try:
            outcomes = work(connection, [job.item for job in jobs])
        except (OperationalError, InterfaceError, InternalError):
            raise
        except Exception as problem:
            raise _OneFailedError from problem
        for job, outcome in zip(jobs, outcomes, strict=True):
            job.outcome = outcome


def _by_work(group: list[_Job]) -> dict[Work, list[_Job]]:
    found: dict[Work, list[_Job]] = {}
    for job in group:
        found.setdefault(job.work, []).append(job)
    return found


def _one_by_one(connection: Connection, pieces: list[Callable[[Connection], T]]) -> list[T]:
    return [piece(connection) for piece in pieces]


def _each(group: list[_Job], connection: Connection) -> None:
    for job in group:
        job.attempt(connection)


def _touch(connection: Connection) -> None:
    connection.execute(text("UPDATE paces SET next_at = next_at WHERE site = ''"))


async def open_database(url: str) -> Database:
    """Return the database at the SQLAlchemy *url*, migrated to the newest schema. Raises `StoreUnavailable`."""
    engine: Engine
    if url.startswith("sqlite"):
        engine = await SqliteFile.opened(Path(make_url(url).database or ""))
    else:
        engine = DatabaseServer.at(url)
    try:
        await engine.write(_upgrade)
    except (SQLAlchemyError, OSError, StoreUnavailable) as problem:
        await engine.close()
        if isinstance(problem, StoreUnavailable):
            raise
        raise StoreUnavailable(f"the database cannot be opened: {plain(problem)}") from problem
    database = Database(engine)
    database._task = asyncio.create_task(database._write_for_ever(), name="store writer")
    return database


def _upgrade(connection: Connection) -> None:
    from proxy.store.migrations import upgrade

    upgrade(connection)
