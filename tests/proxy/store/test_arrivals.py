"""Recording what arrives, in a real database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from proxy.errors import FaultCode, StoreUnavailable
from proxy.ping import Kind, Label, Linkback, Ping, State, Verdict
from proxy.store import arrivals, pings, verdicts
from proxy.store.arrivals import Arrival, SeenBefore
from proxy.store.database import Database
from proxy.store.verdicts import Decision
from tests.databases import fresh
from tests.proxy.store.given import APPROVE, AT, HOLD, LINKBACK, REJECT, SENDER, received


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        yield opened


async def test_what_is_received_comes_back_whole(database: Database) -> None:
    ping = await received(database)
    assert ping.linkback == LINKBACK
    assert ping.sender == SENDER
    assert ping.received_at == AT
    assert [(event.what, event.by) for event in ping.events] == [("received", "pingwarden")]
    assert await database.read(pings.get, ping.id) == ping


@pytest.mark.parametrize("kind", list(Kind))
async def test_the_same_source_and_target_is_seen_before_whatever_its_kind(database: Database, kind: Kind) -> None:
    ping = await received(database)
    again = Linkback(kind, LINKBACK.source_url, LINKBACK.target_url)
    seen = await database.write_together(arrivals.receive, Arrival("blog", again, SENDER, "/", AT))
    text = "The linkback has already been registered."
    assert seen == SeenBefore(ping.id, State.RECEIVED, FaultCode.ALREADY_REGISTERED, text)


@pytest.mark.parametrize(
    ("verdict", "after", "expected"),
    [
        (REJECT, timedelta(minutes=59), FaultCode.NO_LINK),
        (REJECT, timedelta(minutes=61), "judged anew"),
        (HOLD, timedelta(days=30), FaultCode.ALREADY_REGISTERED),
        (APPROVE, timedelta(days=30), FaultCode.ALREADY_REGISTERED),
    ],
)
async def test_seen_before_by_state_and_age(
    database: Database, verdict: Verdict, after: timedelta, expected: FaultCode | str
) -> None:
    ping = await received(database)
    await database.write_together(verdicts.decide, Decision(ping.id, verdict, None, AT, sentence="No."))
    again = await database.write_together(arrivals.receive, Arrival("blog", LINKBACK, SENDER, "/", AT + after))
    assert (again.fault if isinstance(again, SeenBefore) else "judged anew") == expected


async def test_a_person_s_rejection_stands_for_ever(database: Database) -> None:
    ping = await received(database)
    await database.write_together(verdicts.decide, Decision(ping.id, HOLD, None, AT))
    await database.write(pings.word, ping.id, State.REJECTED, Label.SPAM, "anna", AT)
    again = await database.write_together(
        arrivals.receive, Arrival("blog", LINKBACK, SENDER, "/", AT + timedelta(days=999))
    )
    assert isinstance(again, SeenBefore)
    assert again.fault == FaultCode.ACCESS_DENIED


async def test_a_rejection_taken_back_is_seen_again(database: Database) -> None:
    ping = await received(database)
    await database.write_together(verdicts.decide, Decision(ping.id, REJECT, None, AT))
    await database.write(pings.word, ping.id, State.APPROVED, Label.HAM, "anna", AT)
    again = await database.write_together(
        arrivals.receive, Arrival("blog", LINKBACK, SENDER, "/", AT + timedelta(days=1))
    )
    assert isinstance(again, SeenBefore)
    assert again.fault == FaultCode.ALREADY_REGISTERED


async def test_what_arrives_at_once_is_recorded_at_once_and_each_only_once(database: Database) -> None:
    links = [replace(LINKBACK, source_url=f"http://a.example/{number % 5}") for number in range(10)]
    told = await asyncio.gather(
        *(database.write_together(arrivals.receive, Arrival("blog", link, SENDER, "/", AT)) for link in links)
    )
    assert [isinstance(one, Ping) for one in told] == [True] * 5 + [False] * 5
    assert [one.ping_id for one in told if isinstance(one, SeenBefore)] == [
        one.id for one in told if isinstance(one, Ping)
    ]
    for ping in told[:5]:
        assert isinstance(ping, Ping)
        assert await database.read(pings.get, ping.id) == ping


async def test_one_that_cannot_be_stored_does_not_take_others_along(database: Database) -> None:
    links = [LINKBACK, replace(LINKBACK, source_url="http://b.example/", title="\ud800")]
    told = await asyncio.gather(
        *(database.write_together(arrivals.receive, Arrival("blog", link, SENDER, "/", AT)) for link in links),
        return_exceptions=True,
    )
    assert isinstance(told[0], Ping)
    assert isinstance(told[1], StoreUnavailable)
    assert await database.read(pings.get, told[0].id) == told[0]
