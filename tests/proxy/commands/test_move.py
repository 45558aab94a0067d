"""`pingwarden move`, from SQLite to a real PostgreSQL, and what it refuses."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from proxy.ping import Kind, Linkback, Sender
from proxy.score import shelf_in
from proxy.state import working_in
from proxy.store import arrivals
from proxy.store.arrivals import Arrival
from tests.databases import fresh
from tests.proxy.commands.running import run
from tests.proxy.score.shelves import make
from tests.real.engines import empty_database


@pytest.fixture
def url() -> Iterator[str]:
    with empty_database("postgresql") as address:
        yield address


async def receive_one(state: Path) -> None:
    """Put one ping into the database."""
    async with fresh(state) as database:
        link = Linkback(Kind.PINGBACK, "http://a.example/", "https://blog.example/alpha/")
        at = datetime(2026, 3, 3, tzinfo=UTC)
        await database.write_together(arrivals.receive, Arrival("blog", link, Sender("192.0.2.1"), "/xmlrpc.php", at))


def test_it_copies_all_and_says_what_to_do_then(config: Path, url: str) -> None:
    asyncio.run(receive_one(config.parent))
    shelf = shelf_in(config.parent)
    for name in ("first", "second"):
        make(shelf, name, {"title:words": {"casino": 1.0}})
    shelf.promote("first")
    done = run("move", url, "--config", str(config))
    assert (done.returncode, done.stdout) == (0, "")
    assert "copied 1 events, 1 pings" in done.stderr or "copied 1 pings, 1 events" in done.stderr
    assert 'set "database" in the configuration to that URL' in done.stderr

    moved = config.with_name("moved.toml")
    moved.write_text(f'database = "{url}"\n' + config.read_text())
    assert "http://a.example/" in run("pings", "list", "--config", str(moved)).stdout

    other = config.parent / "other"
    moved.write_text(moved.read_text().replace(f'state_dir = "{config.parent}"', f'state_dir = "{other}"'))
    assert "first" in run("models", "list", "--config", str(moved)).stdout

    again = run("move", url, "--config", str(config))
    assert again.returncode == 1
    assert "the database to move to is not empty: there is something in" in again.stderr


def test_while_a_server_runs_nothing_is_moved(config: Path, url: str) -> None:
    with working_in(config.parent):
        done = run("move", url, "--config", str(config))
    assert done.returncode == 1
    assert "a server works in" in done.stderr


def test_what_is_no_other_database_is_refused(config: Path) -> None:
    for url, status, sentence in (
        ("oracle://h/d", 2, 'database = "oracle://…": leave it empty, or give a "postgresql://" or "mysql://" URL'),
        ("", 1, "that is the database in use"),
        ("postgresql://127.0.0.1:9/d", 1, "the database server at 127.0.0.1:9 does not answer"),
    ):
        done = run("move", url, "--config", str(config))
        assert done.returncode == status
        assert sentence in done.stderr
