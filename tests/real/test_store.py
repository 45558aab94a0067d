"""What two nodes do to one ping at the same time, on each engine that they can share."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from proxy.clock import now
from proxy.config import from_mapping
from proxy.labels.words import LabelledSample
from proxy.ping import Action, Finding, Kind, Label, Linkback, Ping, Sender, State, Verdict
from proxy.store import arrivals, labels, pings, queue, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.database import Database, open_database
from proxy.store.verdicts import Decision
from tests.real.engines import ENGINES, empty_database
from tests.waiting import until

LEASE = timedelta(seconds=15)
APPROVE = Verdict(Action.APPROVE, -2.0, (Finding("model", -2.0, "reads well"),))


@pytest.fixture(params=ENGINES)
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of each engine in turn, as SQLAlchemy names it."""
    with empty_database(request.param) as where:
        site = {"name": "blog", "upstream": "http://127.0.0.1:1"}
        yield from_mapping({"database": where, "sites": [site]}).database_url


@asynccontextmanager
async def two_nodes(address: str) -> AsyncIterator[tuple[Database, Database, Ping]]:
    """Both have the same database open, and a ping is in it."""
    one, other = await open_database(address), await open_database(address)
    try:
        linkback = Linkback(Kind.TRACKBACK, "http://a.example/x", "http://blog.example/alpha/")
        ping = await one.write_together(arrivals.receive, Arrival("blog", linkback, Sender("192.0.2.7"), "/x", now()))
        assert isinstance(ping, Ping)
        yield one, other, ping
    finally:
        await one.close()
        await other.close()


async def test_a_verdict_of_one_node_does_not_overrule_a_person_at_another_in_the_same_moment(address: str) -> None:
    async with two_nodes(address) as (one, other, ping):
        async with one.engine.engine.begin() as person:  # type: ignore[attr-defined]
            await person.run_sync(pings.move, ping.id, State.REJECTED, "ann", now())
            deciding = asyncio.create_task(
                other.write_together(verdicts.decide, Decision(ping.id, APPROVE, None, now()))
            )

            async def waits() -> bool:
                return other._began_s is not None

            await until(waits, "the other node at its verdict")
            _, pending = await asyncio.wait({deciding}, timeout=0.5)
            assert pending
        decided = await deciding
        assert decided.state is State.REJECTED
        kept = await one.read(pings.get, ping.id)
        assert (kept.state, kept.events[-1].by) == (State.REJECTED, "ann")


async def test_a_node_paused_over_its_lease_waits_for_the_one_that_takes_over_and_changes_nothing(address: str) -> None:
    async with two_nodes(address) as (paused, other, ping):
        at = now()
        await paused.write(pings.move, ping.id, State.APPROVED, "ann", at)
        assert await paused.write(queue.claim, "blog", "paused", at, LEASE)
        late = at + LEASE + timedelta(seconds=1)
        async with other.engine.engine.begin() as taking:  # type: ignore[attr-defined]
            assert await taking.run_sync(queue.claim, "blog", "other", late, LEASE)
            ends = asyncio.create_task(
                paused.write(queue.settle, ping.id, "paused", State.DELIVERED, None, "", "wordpress", late, late)
            )
            _, pending = await asyncio.wait({ends}, timeout=0.5)
            assert pending
        assert await ends is None
        assert not await paused.write(
            queue.postpone, ping.id, "paused", late, "", late, unsure=False, counts=True, holds_site=False
        )
        assert await other.write(queue.claim, "blog", "third", late, LEASE) is None
        settled = await other.write(queue.settle, ping.id, "other", State.DELIVERED, None, "", "wordpress", late, late)
        assert settled is not None
        assert settled.state is State.DELIVERED


async def test_labels_come_out_in_pieces_and_all_of_them(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What training reads is never whole in memory: a row at a time here, of pings and of words beside them."""
    monkeypatch.setattr(labels, "_ROWS_AT_ONCE", 1)
    async with two_nodes(address) as (one, other, ping):
        await one.write(pings.label, ping.id, Label.HAM, "ann", now())
        await one.write(pings.label, ping.id, Label.SPAM, "ben", now() + timedelta(seconds=1))
        words = [
            LabelledSample(
                {"url": f"http://{number}.example/"}, Label.HAM, 1.0, "import", "ann", now(), "g", f"import:{number}"
            )
            for number in range(5)
        ]
        await one.write(labels.take_in, words)
        found: list[LabelledSample] = []
        await other.read(labels.hand_over, found.append)
        told = {(word.key.partition(":")[0], word.label, word.by) for word in found}
        assert told == {("ping", Label.SPAM, "ben"), ("import", Label.HAM, "ann")}
        assert sorted(found, key=lambda word: (word.at, word.key)) == await other.read(labels.samples)
        assert len(found) == 6
