"""Counts over many pings."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from proxy.ping import Action, Finding, Kind, Label, Linkback, Ping, Sender, State, Verdict
from proxy.store import arrivals, figures, pings, rows, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.database import Database
from proxy.store.figures import Waiting
from proxy.store.verdicts import Decision
from tests.databases import fresh

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
DAY = (AT - datetime(1970, 1, 1, tzinfo=UTC)).days


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        yield opened


async def judged(
    database: Database, action: Action, source: str = "http://a.example/x", at: datetime = AT, rule: str = "odd"
) -> Ping:
    """Return a ping that was judged so."""
    link = Linkback(Kind.PINGBACK, source, f"http://blog.example/{action.value}/")
    ping = await database.write_together(arrivals.receive, Arrival("blog", link, Sender("192.0.2.7"), "/x", at))
    assert isinstance(ping, Ping)
    return await database.write_together(
        verdicts.decide, Decision(ping.id, Verdict(action, 1, (Finding(rule, 1, rule),)), None, at)
    )


@pytest.mark.parametrize("at", [AT, AT.replace(microsecond=999_999), datetime(1970, 1, 1, tzinfo=UTC)])
def test_the_first_id_of_a_time_is_before_all_ids_of_it(at: datetime) -> None:
    first = figures.first_id(at)
    assert len(first) == 26
    assert first <= rows.new_id(at)
    if at.year > 1970:
        assert rows.new_id(at - timedelta(milliseconds=1)) < first


async def test_nothing_is_nothing(database: Database) -> None:
    found = await database.read(figures.since, AT)
    assert (found.by_day, found.sources, found.targets, found.reasons) == ({}, (), (), ())
    assert await database.read(figures.waiting, AT) == Waiting(0, None, 0, 0)
    assert await database.read(figures.labels) == ()


async def test_what_came_is_counted_by_day_source_target_and_reason(database: Database) -> None:
    await judged(database, Action.APPROVE, "http://www.a.example/1", rule="model")
    await judged(database, Action.APPROVE, "http://a.example/2")
    await judged(database, Action.REJECT, "http://a.example/3")
    await judged(database, Action.HOLD, "http://b.example/4", AT + timedelta(days=1))
    await judged(database, Action.HOLD, "http://c.example/old", AT - timedelta(days=9))
    found = await database.read(figures.since, AT - timedelta(days=1))
    assert found.by_day == {DAY: {State.APPROVED: 2, State.REJECTED: 1}, DAY + 1: {State.HELD: 1}}
    assert found.sources == (("a.example", 2, 1), ("b.example", 0, 1))
    assert found.targets == (("http://blog.example/approve/", 2),)
    assert found.reasons == (("odd", 3), ("model", 1))


async def test_only_the_busiest_are_named(database: Database) -> None:
    for number in range(5):
        for copy in range(number + 1):
            await judged(database, Action.HOLD, f"http://s{number}.example/{copy}")
    found = await database.read(figures.since, AT, 2)
    assert found.sources == (("s4.example", 0, 5), ("s3.example", 0, 4))


async def test_what_waits_is_counted_with_the_oldest(database: Database) -> None:
    await judged(database, Action.APPROVE, "http://a.example/1")
    await judged(database, Action.APPROVE, "http://a.example/2", AT + timedelta(seconds=30))
    held = await judged(database, Action.HOLD, "http://a.example/3", rule="not-yet-checked")
    done = await judged(database, Action.HOLD, "http://a.example/4", rule="not-yet-checked")
    await database.write(pings.word, done.id, State.REJECTED, None, "anna", AT)
    verdict = Verdict(Action.HOLD, 0, (Finding("not-yet-checked", 0, "x", Action.HOLD),))
    await database.write_together(
        verdicts.decide, Decision(held.id, verdict, None, AT, next_check_at=AT + timedelta(hours=1))
    )
    assert await database.read(figures.waiting, AT + timedelta(seconds=90)) == Waiting(2, 90.0, 1, 1)
    assert (await database.read(figures.waiting, AT - timedelta(days=1))).oldest_s == 0.0


async def test_labels_are_counted_by_who_said_the_last_word(database: Database) -> None:
    made = [await judged(database, Action.HOLD, f"http://a.example/{number}") for number in range(4)]
    for place, label, by in (
        (0, Label.SPAM, "anna"),
        (1, Label.HAM, "anna"),
        (1, Label.SPAM, "ben"),
        (2, Label.HAM, "anna"),
        (3, Label.HAM, "anna"),
        (3, None, "ben"),
    ):
        await database.write(pings.label, made[place].id, label, by, AT)
    assert await database.read(figures.labels) == (("ham", "anna", 1), ("spam", "anna", 1), ("spam", "ben", 1))
