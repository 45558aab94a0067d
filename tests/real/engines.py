"""Databases that several nodes can share, each engine on its own server."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.real.mariadb import MariaDB
from tests.real.parts import needed_parts
from tests.real.postgresql import PostgreSQL
from tests.real.process import fresh_directory

_NAME = "pingwarden"


@dataclass(frozen=True)
class Engine:
    """A database server with one empty database on it."""

    server: PostgreSQL | MariaDB
    address: str
    """As the configuration wants it."""

    def rows(self, sql: str) -> list[list[str]]:
        """What `sql` finds."""
        return [line.split("\t") for line in self.server.query(sql, _NAME).splitlines()]


def _postgresql(directory: Path, durable: bool) -> Engine:
    server = PostgreSQL(directory, durable=durable)
    return Engine(server, server.create(_NAME))


def _mariadb(directory: Path, durable: bool) -> Engine:
    server = MariaDB(directory, durable=durable)
    server.create(_NAME)
    return Engine(server, f"mysql://root@localhost/{_NAME}?unix_socket={server.socket}")


ENGINES: dict[str, Callable[[Path, bool], Engine]] = {"postgresql": _postgresql, "mariadb": _mariadb}


@contextmanager
def running(engine: str, *, durable: bool = False) -> Iterator[Engine]:
    """Yield one of ENGINES. Raises `MissingPartError`."""
    started = ENGINES[engine](fresh_directory() / "database", durable)
    try:
        yield started
    finally:
        started.server.stop()


@contextmanager
def empty_database(engine: str) -> Iterator[str]:
    """Yield the address, as the configuration wants it, of an empty database on one of ENGINES."""
    with ExitStack() as stack:
        with needed_parts():
            address = stack.enter_context(running(engine)).address
        yield address
