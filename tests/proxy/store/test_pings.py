"""Moving, labelling and listing pings, in a real database."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from proxy.errors import IllegalMove, StoreUnavailable, UnknownThing
from proxy.ping import Kind, Label, Linkback, Ping, State
from proxy.store import arrivals, pings, rows, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.database import Database
from proxy.store.verdicts import Decision
from tests.databases import fresh
from tests.proxy.store.given import APPROVE, AT, HOLD, LINKBACK, SENDER, received


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        yield opened


async def test_an_illegal_move_changes_nothing(database: Database) -> None:
    ping = await received(database)
    await database.write_together(verdicts.decide, Decision(ping.id, APPROVE, None, AT))
    before = await database.read(pings.get, ping.id)
    with pytest.raises(IllegalMove, match="is approved; it cannot become held"):
        await database.write(pings.move, ping.id, State.HELD, "anna", AT)
    assert await database.read(pings.get, ping.id) == before


async def test_a_held_ping_is_due_when_its_time_comes(database: Database) -> None:
    ping = await received(database)
    await database.write_together(
        verdicts.decide, Decision(ping.id, HOLD, None, AT, next_check_at=AT + timedelta(minutes=1))
    )
    assert not await database.read(pings.is_check_due, AT)
    assert await database.read(pings.is_check_due, AT + timedelta(minutes=1))
    due = await database.write(pings.claim_checks, AT + timedelta(minutes=1), 10)
    assert [one.id for one in due] == [ping.id]


async def test_what_somebody_judges_is_nobody_else_s_until_a_time_has_passed(database: Database) -> None:
    ping = await received(database)
    claims = []
    for seconds in (0, 29, 30, 31, 59, 60):
        due = await database.write(pings.claim_checks, AT + timedelta(seconds=seconds), 10)
        claims.append([one.id for one in due])
    assert claims == [[], [], [ping.id], [], [], [ping.id]]


async def test_deleting_takes_the_story_along(database: Database) -> None:
    ping = await received(database)
    await database.write_together(verdicts.decide, Decision(ping.id, HOLD, None, AT))
    await database.write(pings.remove, ping.id)
    with pytest.raises(UnknownThing):
        await database.read(pings.get, ping.id)
    assert isinstance(await database.write_together(arrivals.receive, Arrival("blog", LINKBACK, SENDER, "/", AT)), Ping)
    with pytest.raises(UnknownThing):
        await database.write(pings.remove, ping.id)


async def test_pages_of_the_list_follow_each_other_without_gap_or_repetition(database: Database) -> None:
    for number in range(7):
        link = Linkback(Kind.PINGBACK, f"http://a.example/{number}", "http://blog.example/alpha/")
        await received(database, link, AT + timedelta(seconds=number))
    seen: list[str] = []
    cursor = None
    while True:
        page, cursor = await database.read(pings.list_page, pings.Filter(), 3, cursor)
        seen += [ping.linkback.source_url[-1] for ping in page]
        if cursor is None:
            break
    assert "".join(seen) == "6543210"


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (pings.Filter(state=State.HELD), 1),
        (pings.Filter(state=State.REJECTED), 0),
        (pings.Filter(kind="trackback"), 1),
        (pings.Filter(kind="pingback"), 0),
        (pings.Filter(site="blog"), 1),
        (pings.Filter(site="other"), 0),
        (pings.Filter(text="A.EXAMPLE"), 1),
        (pings.Filter(text="100%"), 0),
        (pings.Filter(rule="odd"), 1),
        (pings.Filter(rule="model"), 0),
    ],
    ids=str,
)
async def test_a_list_is_filtered(database: Database, wanted: pings.Filter, count: int) -> None:
    ping = await received(database)
    await database.write_together(verdicts.decide, Decision(ping.id, HOLD, None, AT))
    page, _ = await database.read(pings.list_page, wanted, 10)
    assert len(page) == count


async def test_one_broken_piece_of_a_group_leaves_the_others_alone(database: Database) -> None:
    import asyncio

    ping = await received(database)
    results = await asyncio.gather(
        database.write(pings.move, ping.id, State.DELIVERED, "nobody", AT),
        database.write(pings.label, ping.id, Label.HAM, "anna", AT),
        return_exceptions=True,
    )
    assert isinstance(results[0], IllegalMove)
    assert isinstance(results[1], Ping)
    assert (await database.read(pings.get, ping.id)).label is Label.HAM


async def test_a_closed_database_says_so(database: Database) -> None:
    await database.close()
    with pytest.raises(StoreUnavailable):
        await received(database)


def test_ids_sort_by_time() -> None:
    ids = [rows.new_id(AT + timedelta(milliseconds=number)) for number in range(50)]
    assert ids == sorted(ids)
    assert {len(one) for one in ids} == {26}
