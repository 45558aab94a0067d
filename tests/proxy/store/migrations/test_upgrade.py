"""An upgrade as an owner does it: a database full of pings, of each released schema, is opened by this version."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine

from proxy.clock import to_us
from proxy.errors import CameAgain, FaultCode
from proxy.ping import Kind, Label, Linkback, Sender, State
from proxy.store import arrivals, inbox, migrations, pings, queue
from proxy.store.arrivals import Arrival, SeenBefore
from proxy.store.database import open_database
from proxy.store.rows import new_id, same_key

_SCRIPTS = Path(migrations.__file__).parent
RELEASED = sorted(path.name[:4] for path in (_SCRIPTS / "versions").glob("[0-9]*.py"))
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
MANY = 200
FINDING = {"rule": "model", "points": 1.5, "text": "casino", "demands": None, "fault": None}


def make(path: Path, revision: str) -> None:
    """Make an empty database of that schema, as the version that brought it did."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(_SCRIPTS))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def row(number: int) -> dict[str, Any]:
    """A ping of the first schema, in one of all states."""
    state = list(State)[number % len(State)]
    at = AT + timedelta(minutes=number)
    linkback = Linkback(Kind.PINGBACK, f"https://a{number}.example/x", f"https://blog.example/{number}/")
    return {
        "id": new_id(at), "site": "blog", "kind": "pingback", "state": state.value, "source_url": linkback.source_url,
        "target_url": linkback.target_url, "source_host": f"a{number}.example", "source_domain": f"a{number}.example",
        "title": f"Bread number {number}", "excerpt": "", "blog_name": "", "remote_ip": "192.0.2.1", "user_agent": "",
        "endpoint": "/xmlrpc.php", "received_at": to_us(at), "decided_at": to_us(at), "decided_by": "rules",
        "spam_probability": 0.25, "points": -1.5, "findings": json.dumps([FINDING]), "label": "ham" if number % 3 else None,
        "answer": "", "checks": 0, "same_key": same_key("blog", linkback), "attempts": 0, "outcome_unknown": False,
        "approved_at": to_us(at) if state is State.APPROVED else None, "deliver_at": to_us(at) if state is State.APPROVED else None,
    }  # fmt: skip


def insert(connection: sqlite3.Connection, table: str, values: dict[str, Any]) -> None:
    """Insert one row by its own words, not by today's."""
    names = ", ".join(f'"{name}"' for name in values)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", list(values.values()))


def fill(path: Path) -> list[dict[str, Any]]:
    """Put pings with their events into it, and whatever else every schema holds."""
    made = [row(number) for number in range(MANY)]
    connection = sqlite3.connect(path)
    for ping in made:
        insert(connection, "pings", ping)
        insert(connection, "events", {"ping_id": ping["id"], "at": 1, "what": "received", "by": "us", "detail": "x"})
        insert(connection, "ping_rules", {"ping_id": ping["id"], "rule": "model"})
    insert(connection, "paces", {"site": "blog", "next_at": 5})
    rule = {"id": "R", "name": "friends", "enabled": True, "when": '{"kind": ["pingback"]}', "action": "approve"}
    insert(connection, "rules", {**rule, "points": 0.0, "note": "", "hits": 7})
    connection.commit()
    connection.close()
    return made


def content(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that is not an index."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {
        table: [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2")]
        for table in tables
        if not table.startswith(("search_", "sqlite_", "alembic_"))
    }
    connection.close()
    return found


def all_pings(connection: Connection) -> list[Any]:
    """Every ping, oldest first, as today's code reads it."""
    listed, _ = pings.list_page(connection, pings.Filter(), MANY * 2)
    return [pings.get(connection, ping.id) for ping in reversed(listed)]


@pytest.mark.parametrize("revision", RELEASED)
async def test_everything_is_there_after_an_upgrade_and_can_be_worked_with(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "pingwarden.sqlite3"
    make(path, revision)
    made = fill(path)
    before = content(path)

    database = await open_database(f"sqlite+aiosqlite:///{path}")
    after = content(path)
    assert {table: [{name: one[name] for name in kept} for kept, one in zip(rows, after[table], strict=True)]
            for table, rows in before.items()} == before  # fmt: skip

    read = await database.read(all_pings)
    assert [ping.id for ping in read] == [ping["id"] for ping in made]
    for ping, was in zip(read, made, strict=True):
        assert ping.state.value == was["state"]
        assert ping.linkback.title == was["title"]
        assert ping.label == (Label(was["label"]) if was["label"] else None)
        assert [event.what for event in ping.events] == ["received"]
        assert ping.verdict
        assert [finding.text for finding in ping.verdict.findings] == ["casino"]

    # What was approved before is delivered, what was written before is found by its words.
    claimed = await database.write(queue.claim, "blog", "me", AT + timedelta(days=9), timedelta(minutes=1))
    assert claimed is not None
    assert claimed.ping.state is State.APPROVED

    page = await database.read(inbox.look, pings.Filter(text="number 77"), 10)
    assert [ping.linkback.title for ping in page.pings] == ["Bread number 77"]
    await database.close()


async def test_what_was_recorded_before_spellings_were_one_is_known_by_any_of_them(tmp_path: Path) -> None:
    """Of two that are the same now and count as seen before, the older one goes on counting."""
    path = tmp_path / "pingwarden.sqlite3"
    make(path, "0007")
    first, second, odd = (row(number) for number in range(3))
    spelled = {"source_url": "http://a.example/x", "state": "delivered"}
    first |= spelled | {"target_url": "https://blog.example/a/", "same_key": "1", "seen_key": "1"}
    second |= spelled | {"target_url": "http://blog.example:80/%61", "same_key": "2", "seen_key": "2"}
    odd |= {"target_url": "http://blog.example/<", "same_key": "3", "seen_key": "3"}
    with sqlite3.connect(path) as connection:
        for ping in (first, second, odd):
            insert(connection, "pings", ping)

    database = await open_database(f"sqlite+aiosqlite:///{path}")
    await database.close()
    key = same_key("blog", Linkback(Kind.TRACKBACK, "http://a.example/x", "http://blog.example/a"))
    kept = {one["id"]: (one["same_key"], one["seen_key"]) for one in content(path)["pings"]}
    assert kept == {first["id"]: (key, key), second["id"]: (key, None), odd["id"]: ("3", "3")}


@pytest.mark.parametrize(
    ("older", "expected"),
    [
        ({"state": "delivered", "seen_key": "1"}, FaultCode.ALREADY_REGISTERED),
        ({"state": "rejected", "decided_by": "anna"}, FaultCode.ACCESS_DENIED),
    ],
)
async def test_of_two_that_an_upgrade_makes_one_the_newer_hides_no_word_that_counts(
    tmp_path: Path, older: dict[str, Any], expected: FaultCode
) -> None:
    """The newer was rejected by the machine long ago, so that by itself it would be judged anew."""
    path = tmp_path / "pingwarden.sqlite3"
    make(path, "0007")
    first, second = (row(number) | {"source_url": "http://a.example/x"} for number in range(2))
    first |= {"target_url": "https://blog.example/a/", "same_key": "1"} | older
    second |= {"target_url": "http://blog.example/a", "same_key": "2", "state": "rejected", "decided_by": "pingwarden"}
    with sqlite3.connect(path) as connection:
        insert(connection, "pings", first)
        insert(connection, "pings", second)
    database = await open_database(f"sqlite+aiosqlite:///{path}")
    linkback = Linkback(Kind.PINGBACK, "http://a.example/x", "https://blog.example/a/")
    late = Arrival("blog", linkback, Sender("192.0.2.1"), "/xmlrpc.php", AT + timedelta(days=2))
    seen = await database.write_together(arrivals.receive, late)
    assert isinstance(seen, SeenBefore)
    assert (seen.ping_id, seen.fault) == (first["id"], expected)
    if older["state"] == "delivered":
        with pytest.raises(CameAgain):
            await database.write(pings.word, second["id"], State.APPROVED, None, "anna", AT)
    await database.close()
