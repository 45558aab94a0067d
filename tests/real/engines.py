"""Databases that several nodes can share, each engine on its own server."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.real.mariadb import MariaDB
from tests.real.parts import needed_parts
from tests.real.postgresql import PostgreSQL
from tests.real.process import fresh_directory


def _postgresql(directory: Path, stack: ExitStack) -> str:
    server = PostgreSQL(directory)
    stack.callback(server.stop)
    return server.create("pingwarden")


def _mariadb(directory: Path, stack: ExitStack) -> str:
    server = MariaDB(directory)
    stack.callback(server.stop)
    server.create("pingwarden")
    return f"mysql://root@localhost/pingwarden?unix_socket={server.socket}"


ENGINES: dict[str, Callable[[Path, ExitStack], str]] = {"postgresql": _postgresql, "mariadb": _mariadb}


@contextmanager
def empty_database(engine: str) -> Iterator[str]:
    """Yield the address, as the configuration wants it, of an empty database on one of ENGINES."""
    with ExitStack() as stack:
        with needed_parts():
            address = ENGINES[engine](fresh_directory() / "database", stack)
        yield address
