"""Limits of all nodes together, with a real Redis."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from proxy.commons import Commons
from proxy.config import Limits
from proxy.limits import Gate, LogInGuard, Outcome, Ticket
from proxy.tally import Charge, Tally
from proxy.wire.logins import LogIns
from tests.real.parts import needed_parts
from tests.real.redis import Redis
from tests.waiting import until

POST = "http://blog.example/2026/alpha/"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    with needed_parts():
        server = Redis(tmp_path)
    yield server
    server.stop()


@pytest.fixture
async def nodes(redis: Redis) -> AsyncIterator[list[Commons]]:
    """What three nodes have in common."""
    opened = [Commons(redis.url) for _ in range(3)]
    yield opened
    for one in opened:
        await one.close()


def charge(key: str, cost: int = 1, limit: int = 5, period_s: float = 3600) -> Charge:
    return Charge("things", key, cost, limit, period_s)


async def test_all_nodes_count_together(nodes: list[Commons]) -> None:
    tallies = [Tally(one) for one in nodes]
    waits = await asyncio.gather(*(tallies[n % 3].take([charge("a")]) for n in range(30)))
    assert sum(wait == 0 for wait in waits) == 5
    assert 0 < max(waits) <= 2 * 3600
    assert await tallies[0].wait_s([charge("a")]) > 0
    assert await tallies[0].wait_s([charge("b")]) == 0


async def test_charges_are_counted_together_or_not_at_all(nodes: list[Commons]) -> None:
    tally = Tally(nodes[0])
    assert await tally.take([charge("a", 5)]) == 0
    assert await tally.take([charge("a"), charge("b", 5)]) > 0
    assert await tally.take([charge("b", 5)]) == 0
    assert await tally.take([charge("c", 6)]) == 3600


async def test_what_happened_is_counted_whatever_the_limit(nodes: list[Commons]) -> None:
    tally = Tally(nodes[0])
    await tally.count(charge("a", 50))
    assert await tally.wait_s([charge("a")]) > 3600 * 0.9  # at the end of an hour it is a little less than another


async def test_room_comes_back_with_time(nodes: list[Commons]) -> None:
    tally = Tally(nodes[0])
    assert await tally.take([charge("a", 5, period_s=0.2)]) == 0
    wait_s = await tally.take([charge("a", 5, period_s=0.2)])
    assert 0 < wait_s <= 0.4

    async def has_room() -> bool:
        return not await tally.take([charge("a", 5, period_s=0.2)])

    await until(has_room, "room")


async def test_without_redis_nothing_is_known_and_nobody_waits() -> None:
    tally = Tally()
    assert [await tally.take([charge("a", 5)]) for _ in range(3)] == [0, 0, 0]


async def test_a_client_has_one_limit_on_all_nodes(nodes: list[Commons]) -> None:
    limits = Limits(linkbacks_per_client_per_minute=4)
    gates = [Gate(limits, commons=one) for one in nodes]
    waits = [await gates[n % 3].wait_s("203.0.113.9", [POST + str(n)]) for n in range(12)]
    assert waits.count(None) == 4
    assert all(wait is None or 1 <= wait <= 120 for wait in waits)
    assert await gates[0].wait_s("203.0.113.10", [POST]) is None


async def test_a_guess_on_one_node_counts_on_the_others(nodes: list[Commons]) -> None:
    guards = [LogInGuard(6, tally=Tally(one)) for one in nodes]
    tried = 0
    for number in range(30):
        guard = guards[number % 3]
        ticket = await guard.admit("203.0.113.9", LogIns(frozenset({str(number).encode()})))
        if isinstance(ticket, Ticket):
            tried += 1
            await guard.settle(ticket, Outcome(failed=1))
    assert tried == 6
