"""What earlier pings say about a sender, counted in a real database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio

from proxy.lifecycle import STATE_AFTER
from proxy.ping import MACHINE, Action, History, Kind, Linkback, Ping, Sender, State, Verdict
from proxy.store import arrivals, history, pings, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.database import Database
from proxy.store.verdicts import Decision
from tests.databases import fresh

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
HOLD = Verdict(Action.HOLD, 1.0, ())
APPROVE = Verdict(Action.APPROVE, -1.0, ())
REJECT = Verdict(Action.REJECT, 5.0, ())


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        yield opened


def linkback(source: str) -> Linkback:
    """A pingback from *source*."""
    return Linkback(Kind.PINGBACK, f"http://{source}", "http://blog.example/alpha/")


async def put(
    database: Database,
    source: str,
    verdict: Verdict | None = None,
    word: State | None = None,
    at: datetime = AT,
    site: str = "blog",
) -> Ping:
    """Store a ping, with our verdict and a person's word."""
    ping = await database.write_together(
        arrivals.receive, Arrival(site, linkback(source), Sender("192.0.2.7"), "/xmlrpc.php", at, goes_on=True)
    )
    if verdict is not None:
        await database.write(pings.move, ping.id, STATE_AFTER[verdict.action], MACHINE, at)
    if word is not None:
        await database.write(pings.word, ping.id, word, None, "anna", at)
    return ping


async def of(database: Database, source: str, but: str = "", at: datetime = AT) -> History:
    """Return the history of *source* at the blog."""
    return await database.read(history.of_source, "blog", linkback(source), but, at)


async def test_persons_words_are_counted_by_host_and_our_own_verdicts_are_not(database: Database) -> None:
    await put(database, "a.example/1", HOLD, State.APPROVED)
    delivered = await put(database, "a.example/2", HOLD, State.APPROVED)
    await database.write(pings.move, delivered.id, State.DELIVERED, "wordpress", AT)
    await put(database, "a.example/3", HOLD, State.REJECTED)
    await put(database, "a.example/4", APPROVE)
    await put(database, "a.example/5", REJECT)
    await put(database, "a.example/6")
    await put(database, "b.example/7", HOLD, State.REJECTED)
    await put(database, "a.example/8", HOLD, State.REJECTED, site="other")
    found = await of(database, "a.example/1")
    assert (found.approved_by_person, found.rejected_by_person) == (2, 1)


async def test_what_came_within_24_hours_is_counted_by_source_and_by_host(database: Database) -> None:
    own = await put(database, "a.example/1")
    await put(database, "a.example/1", at=AT - timedelta(hours=24))
    await put(database, "a.example/1", at=AT - timedelta(hours=24, seconds=1))
    await put(database, "a.example/2", at=AT - timedelta(hours=1))
    await put(database, "www.a.example/1", at=AT - timedelta(hours=1))
    assert await of(database, "a.example/1", own.id) == History(same_source_recently=1, same_host_recently=2)


async def test_an_unknown_source_has_an_empty_history(database: Database) -> None:
    assert await of(database, "a.example/1") == History()


async def test_judged_pings_since_a_moment_the_newest_first(database: Database) -> None:
    for number in range(4):
        at = AT + timedelta(minutes=number)
        ping = await put(database, f"a.example/{number}", at=at)
        if number != 2:
            await database.write_together(verdicts.decide, Decision(ping.id, HOLD, None, at))
    found = await database.read(history.since, AT + timedelta(minutes=1), 10)
    assert [ping.linkback.source_url[-1] for ping in found] == ["3", "1"]
    found = await database.read(history.since, AT, 1)
    assert [ping.linkback.source_url[-1] for ping in found] == ["3"]


async def test_how_long_the_oldest_delivery_waits(database: Database) -> None:
    later = AT + timedelta(minutes=5)
    assert await database.read(history.oldest_waiting, later) is None
    ping = await put(database, "a.example/1", APPROVE)
    await put(database, "a.example/2", APPROVE, at=AT + timedelta(minutes=2))
    await put(database, "a.example/3", HOLD)
    assert await database.read(history.oldest_waiting, later) == 300
    assert await database.read(history.oldest_waiting, AT - timedelta(hours=1)) == 0
    await database.write(pings.move, ping.id, State.DELIVERED, "wordpress", later)
    assert await database.read(history.oldest_waiting, later) == 180
