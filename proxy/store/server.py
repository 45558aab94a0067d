"""PostgreSQL or MariaDB, and their drivers' troubles in plain words."""

import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from proxy.errors import StoreUnavailable

T = TypeVar("T")
_NO_CONNECTION = ((2002,), (2003,))  # MariaDB's numbers for a server that does not listen
_ERRNO = re.compile(r"\[Errno (\d+)\]")
# It tells with a stack trace of every connection that broke; what that means is said here, in one sentence.
logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class DatabaseServer:
    """PostgreSQL or MariaDB."""

    engine: AsyncEngine

    @classmethod
    def at(cls, url: str) -> Self:
        """Return the server at the SQLAlchemy *url*; it is reached when it is needed."""
        return cls(create_async_engine(url, pool_pre_ping=True, pool_size=8, pool_timeout=5))

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run *work* in a transaction that reads. Raises `StoreUnavailable` when the server is not there."""
        with self._reached():
            async with self.engine.connect() as connection:
                return await connection.run_sync(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run *work* in a transaction. Raises `StoreUnavailable` when the server is not there."""
        with self._reached():
            async with self.engine.begin() as connection:
                return await connection.run_sync(work)

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Turn what says that the server is not there into `StoreUnavailable`; anything else goes on."""
        try:
            yield
        except (OSError, DBAPIError) as problem:
            if isinstance(problem, DBAPIError) and not _is_gone(problem):
                raise
            url = self.engine.url
            where = url.query.get("unix_socket") or (f"{url.host}:{url.port}" if url.port else url.host)
            number = _ERRNO.search(str(problem))
            words = os.strerror(int(number[1])) if number else plain(problem)
            raise StoreUnavailable(f"the database server at {where} does not answer: {words}") from problem


def _is_gone(problem: DBAPIError) -> bool:
    """Return whether the connection broke, or there was none."""
    known = problem.orig.args[:1] if problem.orig else ()
    return problem.connection_invalidated or known in _NO_CONNECTION


def plain(problem: BaseException) -> str:
    """Return the driver's own sentence, without the statement and its values."""
    if isinstance(problem, TimeoutError) and not str(problem):
        return "it did not answer in time"
    cause = getattr(problem, "orig", None) or problem
    if isinstance(problem, DBAPIError):  # asyncpg's own words are those of the cause, asyncmy's stand behind a number
        cause = cause.__cause__ or cause
        words = cause.args[1] if len(cause.args) > 1 and isinstance(cause.args[1], str) else str(cause)
        return words.partition("\n")[0]
    return str(cause).splitlines()[0] if str(cause) else type(cause).__name__
