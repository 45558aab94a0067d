"""What pings are judged by, read for many of them at once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio

from proxy.ping import History, Kind, Linkback, Ping, Sender, State
from proxy.policy import SelfPolicy
from proxy.rules.owner import OwnerRule, when_from_json
from proxy.store import arrivals, known, pings, policies, rulebook
from proxy.store.arrivals import Arrival
from proxy.store.database import Database
from proxy.store.known import Asked
from tests.databases import fresh

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
EVERYWHERE = OwnerRule("", "no pills", when_from_json({"words": ["pills"]}), "reject")
AT_THE_SHOP = replace(EVERYWHERE, name="no loans", site="shop")
HELD = SelfPolicy("hold", (), "anna", AT)


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        yield opened


async def arrived(database: Database, site: str, source: str) -> Ping:
    """A ping that came to *site*."""
    link = Linkback(Kind.PINGBACK, source, f"http://{site}.example/alpha/")
    ping = await database.write_together(arrivals.receive, Arrival(site, link, Sender("192.0.2.7"), "/x", AT))
    assert isinstance(ping, Ping)
    return ping


async def test_each_is_told_of_its_own_source_and_site(database: Database) -> None:
    everywhere = await database.write(rulebook.add, EVERYWHERE, AT)
    at_the_shop = await database.write(rulebook.add, AT_THE_SHOP, LATER)
    await database.write(policies.keep, "blog", HELD)
    former = await arrived(database, "blog", "http://a.example/1")
    await database.write(pings.word, former.id, State.REJECTED, None, "anna", AT)
    asked = [
        await arrived(database, "blog", "http://a.example/2"),
        await arrived(database, "shop", "http://a.example/2"),
        await arrived(database, "blog", "http://b.example/"),
    ]
    found = await database.read(known.of_pings, [Asked(ping, LATER) for ping in asked])
    assert [one.past for one in found] == [
        History(rejected_by_person=1, same_host_recently=1),
        History(),
        History(),
    ]
    assert [one.rules for one in found] == [(everywhere,), (everywhere, at_the_shop), (everywhere,)]
    assert [one.self_policy for one in found] == [HELD, None, HELD]


async def test_what_is_known_of_many_at_once_is_what_is_known_of_each_alone(database: Database) -> None:
    asked = [
        Asked(await arrived(database, "blog", f"http://{host}.example/{number}"), LATER)
        for host in "abc"
        for number in range(3)
    ]
    together = await database.read(known.of_pings, asked)
    alone = [(await database.read(known.of_pings, [one]))[0] for one in asked]
    assert together == alone
