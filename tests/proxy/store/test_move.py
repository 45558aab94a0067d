"""Everything arrives, on every engine, and the new database goes on where the old one stopped."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from proxy.config import from_mapping
from proxy.ping import Action, Evidence, Finding, Kind, Label, Linkback, Ping, Sender, Verdict
from proxy.store import arrivals, pings, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.database import Database, open_database
from proxy.store.move import TABLES, copy_table, count_rows, used_tables
from proxy.store.verdicts import Decision
from tests.databases import fresh
from tests.real.engines import ENGINES, empty_database

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
HOLD = Verdict(Action.HOLD, 1.5, (Finding("model", 1.5, "ünsure 💬"),), 0.82)
MANY = 1203  # more than two steps


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database of each engine in turn."""
    with empty_database(request.param) as address:
        yield from_mapping({"database": address, "sites": [{"upstream": "http://127.0.0.1:9"}]}).database_url


def fill(connection: Connection, numbers: range) -> None:
    """Receive pings of these numbers, and decide and label some."""
    for number in numbers:
        link = Linkback(Kind.TRACKBACK, f"http://a.example/{number}", "http://b.example/", "Tïtle 💬", "words", "b")
        ping = arrivals.receive(
            connection, [Arrival("blog", link, Sender("192.0.2.1"), "/", AT + timedelta(seconds=number))]
        )[0]
        assert isinstance(ping, Ping)
        if number % 10 == 0:
            verdicts.decide(connection, [Decision(ping.id, HOLD, Evidence(status=200, title="ü"), AT)])[0]
            pings.label(connection, ping.id, Label.SPAM, "anna", AT)


def everything(connection: Connection) -> dict[str, list[dict[str, object]]]:
    """Return every row of every table."""
    return {
        table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
        for table in TABLES
    }


async def move(source: Database, target: Database) -> None:
    """Copy all tables."""
    for table in TABLES:
        async for count in copy_table(source, target, table):
            assert 0 < count <= 500


async def test_every_row_arrives_and_the_numbers_go_on(tmp_path: Path, url: str) -> None:
    target = await open_database(url)
    try:
        async with fresh(tmp_path) as source:
            for start in range(0, MANY, 200):
                await source.write(fill, range(start, min(MANY, start + 200)))
            assert await target.read(used_tables) == []
            await move(source, target)
            assert await target.read(everything) == await source.read(everything)
            assert (await target.read(count_rows))["pings"] == MANY
        before = await target.read(count_rows)
        link = Linkback(Kind.PINGBACK, "http://new.example/", "http://b.example/")
        await target.write_together(arrivals.receive, Arrival("blog", link, Sender("192.0.2.1"), "/", AT))
        assert (await target.read(count_rows))["events"] == before["events"] + 1
        assert "pings" in await target.read(used_tables)
    finally:
        await target.close()
