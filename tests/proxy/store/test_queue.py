"""The durable queue: one owner, paced, and never lost."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from proxy.errors import UnknownThing
from proxy.ping import Kind, Linkback, Ping, Sender, State
from proxy.store import arrivals, pings, queue
from proxy.store.arrivals import Arrival
from proxy.store.database import Database
from tests.databases import fresh

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
LEASE = timedelta(minutes=3)


@pytest_asyncio.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as opened:
        yield opened


async def approved(database: Database, number: int) -> Ping:
    """Return a ping approved *number* seconds after AT."""
    at = AT + timedelta(seconds=number)
    link = Linkback(Kind.PINGBACK, f"http://a.example/{number}", "http://blog.example/alpha/")
    ping = await database.write_together(
        arrivals.receive, Arrival("blog", link, Sender("192.0.2.1"), "/xmlrpc.php", at)
    )
    assert isinstance(ping, Ping)
    return await database.write(pings.move, ping.id, State.APPROVED, "anna", at)


async def claim(database: Database, owner: str, at: datetime) -> queue.Claim | None:
    """Claim the next delivery for *owner*."""
    return await database.write(queue.claim, "blog", owner, at, LEASE)


async def test_deliveries_come_in_the_order_of_their_approval(database: Database) -> None:
    first, second = await approved(database, 0), await approved(database, 1)
    got = await claim(database, "a", AT + timedelta(seconds=2))
    assert got
    assert got.ping.id == first.id
    at = AT + timedelta(seconds=3)
    await database.write(queue.settle, first.id, "a", State.DELIVERED, None, "took it", "wordpress", at, at)
    then = await claim(database, "a", at)
    assert then
    assert then.ping.id == second.id


async def test_while_one_owner_delivers_no_other_starts_one_for_that_site(database: Database) -> None:
    await approved(database, 0)
    await approved(database, 1)
    assert await claim(database, "a", AT + timedelta(seconds=2))
    assert await claim(database, "b", AT + timedelta(seconds=2)) is None


async def test_a_lease_can_be_renewed_by_its_owner_alone(database: Database) -> None:
    ping = await approved(database, 0)
    assert await claim(database, "a", AT)
    later = AT + LEASE - timedelta(seconds=1)
    await database.write(queue.renew, ping, "b", later + 5 * LEASE)
    await database.write(queue.renew, ping, "a", later + LEASE)
    assert await claim(database, "b", AT + LEASE + timedelta(seconds=1)) is None
    assert await claim(database, "b", later + LEASE + timedelta(seconds=1))


async def test_a_dead_owner_s_delivery_is_taken_over_when_its_lease_ends_and_counts_as_unsure(
    database: Database,
) -> None:
    ping = await approved(database, 0)
    first = await claim(database, "dead", AT)
    assert first
    assert not first.unsure
    assert await claim(database, "b", AT + LEASE - timedelta(seconds=1)) is None
    taken = await claim(database, "b", AT + LEASE + timedelta(seconds=1))
    assert taken
    assert taken.ping.id == ping.id
    assert taken.unsure


async def test_the_pace_is_kept_after_a_delivery(database: Database) -> None:
    first = await approved(database, 0)
    await approved(database, 1)
    at = AT + timedelta(seconds=2)
    await claim(database, "a", at)
    next_at = at + timedelta(seconds=16)
    await database.write(queue.settle, first.id, "a", State.DELIVERED, None, "", "wordpress", at, next_at)
    assert await claim(database, "a", next_at - timedelta(seconds=1)) is None
    assert await database.read(queue.next_due, "blog") == next_at
    assert await claim(database, "a", next_at)


async def test_one_that_fails_does_not_hold_up_the_others(database: Database) -> None:
    first, second = await approved(database, 0), await approved(database, 1)
    at = AT + timedelta(seconds=2)
    await claim(database, "a", at)
    later = at + timedelta(minutes=1)
    await database.write(queue.postpone, first.id, "a", later, "500", at, unsure=True, counts=True, holds_site=False)
    got = await claim(database, "a", at)
    assert got
    assert got.ping.id == second.id


async def test_an_unreachable_upstream_holds_up_all(database: Database) -> None:
    first = await approved(database, 0)
    await approved(database, 1)
    at = AT + timedelta(seconds=2)
    await claim(database, "a", at)
    later = at + timedelta(minutes=1)
    await database.write(
        queue.postpone, first.id, "a", later, "refused", at, unsure=False, counts=True, holds_site=True
    )
    assert await claim(database, "a", later - timedelta(seconds=1)) is None
    got = await claim(database, "a", later)
    assert got
    assert not got.unsure


async def settle(database: Database, ping: Ping, owner: str, at: datetime) -> Ping | None:
    """Record that *owner* delivered it."""
    return await database.write(queue.settle, ping.id, owner, State.DELIVERED, None, owner, "wordpress", at, at)


async def postpone(database: Database, ping: Ping, owner: str, at: datetime) -> bool:
    """Put *owner*'s delivery back for now."""
    return await database.write(
        queue.postpone, ping.id, owner, at, "refused", at, unsure=False, counts=True, holds_site=False
    )


async def test_a_node_that_was_paused_over_its_lease_ends_nothing_of_the_node_that_took_over(
    database: Database,
) -> None:
    ping = await approved(database, 0)
    await approved(database, 1)
    assert await claim(database, "paused", AT)
    late = AT + LEASE + timedelta(seconds=1)
    assert await claim(database, "b", late)
    before = await database.read(pings.get, ping.id)
    assert await settle(database, ping, "paused", late) is None
    assert await postpone(database, ping, "paused", late) is False
    assert await database.read(pings.get, ping.id) == before
    # Neither the lease nor the pace moved: nobody begins a delivery before the end of both.
    assert await claim(database, "c", late + LEASE - timedelta(seconds=1)) is None
    settled = await settle(database, ping, "b", late)
    assert settled is not None
    assert (settled.state, settled.answer) == (State.DELIVERED, "b")
    assert await settle(database, ping, "paused", late) is None
    assert await postpone(database, ping, "paused", late) is False


async def test_a_lease_that_ended_while_nobody_wanted_it_is_still_its_owner_s(database: Database) -> None:
    ping = await approved(database, 0)
    assert await claim(database, "slow", AT)
    settled = await settle(database, ping, "slow", AT + 10 * LEASE)
    assert settled is not None
    assert settled.state is State.DELIVERED


async def test_a_ping_that_was_deleted_on_its_way_is_said_to_be_gone(database: Database) -> None:
    ping = await approved(database, 0)
    assert await claim(database, "a", AT)
    await database.write(pings.remove, ping.id)
    for ends in (settle(database, ping, "a", AT), postpone(database, ping, "a", AT)):
        with pytest.raises(UnknownThing):
            await ends


async def test_a_site_is_due_when_its_first_delivery_is(database: Database) -> None:
    ping = await approved(database, 5)
    assert await database.read(queue.due_sites, AT + timedelta(seconds=4)) == []
    assert await database.read(queue.due_sites, AT + timedelta(seconds=5)) == ["blog"]
    at = AT + timedelta(seconds=6)
    assert await claim(database, "a", at)
    await database.write(queue.settle, ping.id, "a", State.DELIVERED, None, "took it", "wordpress", at, at)
    assert await database.read(queue.due_sites, at) == []


async def test_after_a_restart_nothing_waits_for_the_lease_of_the_process_before(database: Database) -> None:
    await approved(database, 0)
    await claim(database, "before", AT)
    assert await database.write(queue.recover, AT) == 1
    got = await claim(database, "now", AT)
    assert got
    assert got.unsure


async def test_to_be_asked_to_wait_again_and_again_is_told_once(database: Database) -> None:
    ping = await approved(database, 0)
    for attempt, why in enumerate(("429", "429", "429", "down", "429")):
        at = AT + timedelta(minutes=attempt)
        await claim(database, "a", at)
        throttled = why == "429"
        await database.write(
            queue.postpone, ping.id, "a", at, why, at, unsure=False, counts=not throttled, holds_site=True
        )
    story = (await database.read(pings.get, ping.id)).events
    assert [event.detail for event in story if event.what == "delivery postponed"] == ["429", "down", "429"]


async def test_a_postponement_that_does_not_count_leaves_the_number_of_tries(database: Database) -> None:
    ping = await approved(database, 0)
    await claim(database, "a", AT)
    await database.write(queue.postpone, ping.id, "a", AT, "429", AT, unsure=False, counts=False, holds_site=True)
    assert (await database.read(pings.get, ping.id)).attempts == 0


async def test_after_a_restart_what_was_not_judged_is_due_at_once(database: Database) -> None:
    link = Linkback(Kind.PINGBACK, "http://a.example/", "http://blog.example/alpha/")
    await database.write_together(arrivals.receive, Arrival("blog", link, Sender("192.0.2.1"), "/xmlrpc.php", AT))
    assert not await database.read(pings.is_check_due, AT)
    await database.write(queue.recover, AT)
    assert await database.read(pings.is_check_due, AT)


async def test_after_the_clock_was_set_back_everything_waits_as_long_as_it_would_have(database: Database) -> None:
    """Else what was approved before, and with its pace the whole site, would wait for that time to come again."""
    day = timedelta(days=1)
    ping = await approved(database, 1)
    tomorrow = AT + day
    taken = await claim(database, "one", tomorrow)
    assert taken is not None
    await database.write(
        queue.postpone,
        ping.id,
        "one",
        tomorrow + timedelta(seconds=60),
        "",
        tomorrow,
        unsure=False,
        counts=True,
        holds_site=True,
    )
    today = tomorrow - day
    await database.write(queue.set_back, day, today)
    assert await database.read(queue.next_due, "blog") == today + timedelta(seconds=60)
    assert await claim(database, "one", today + timedelta(seconds=61)) is not None


async def test_what_was_approved_in_the_future_is_due_after_a_restart(database: Database) -> None:
    ping = await approved(database, 1)
    yesterday = AT - timedelta(days=1)
    await database.write(queue.recover, yesterday)
    found = await claim(database, "one", yesterday)
    assert found is not None
    assert found.ping.id == ping.id
