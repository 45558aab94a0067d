"""Budgets of one node and of several: the same rules, whoever keeps them."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from proxy.commons import Commons
from proxy.fetch.budget import WINDOW_S
from proxy.fetch.spending import OwnSpending, SharedSpending, Spending
from tests.real.parts import needed_parts
from tests.real.redis import Redis

PER_MINUTE = {"host": 10, "all": 15, "never": 0}


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with needed_parts():
        server = Redis(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture(params=["own", "shared"])
async def spending(request: pytest.FixtureRequest) -> AsyncIterator[Spending]:
    """Each keeper of budgets in turn, fresh."""
    own = OwnSpending(PER_MINUTE, asyncio.get_running_loop().time)
    if request.param == "own":
        yield own
        return
    server: Redis = request.getfixturevalue("redis")
    server.stop()
    server.start()
    commons = Commons(server.url)
    yield SharedSpending(commons, PER_MINUTE, own)
    await commons.close()


def node(commons: Commons) -> SharedSpending:
    """Return one of several nodes."""
    return SharedSpending(commons, PER_MINUTE, OwnSpending(PER_MINUTE, asyncio.get_running_loop().time))


async def test_no_more_than_the_limit_is_charged(spending: Spending) -> None:
    waits = [await spending.take([("host", "victim")]) for _ in range(11)]
    assert waits[:10] == [0.0] * 10
    assert 55 < waits[10] <= WINDOW_S
    assert await spending.take([("host", "other")]) == 0.0


async def test_all_keys_are_charged_or_none(spending: Spending) -> None:
    for _ in range(10):
        assert await spending.take([("host", "a"), ("all", "")]) == 0.0
    for _ in range(20):
        assert await spending.take([("host", "a"), ("all", "")]) > 0
    assert [await spending.take([("host", "b"), ("all", "")]) for _ in range(5)] == [0.0] * 5
    assert await spending.take([("host", "c"), ("all", "")]) > 0


async def test_looking_charges_nothing(spending: Spending) -> None:
    assert [await spending.wait_s([("host", "a")]) for _ in range(20)] == [0.0] * 20


async def test_a_limit_of_nothing_lets_nothing_through(spending: Spending) -> None:
    assert await spending.take([("never", "a")]) == WINDOW_S


async def test_who_asks_for_rest_gets_it(spending: Spending) -> None:
    await spending.rest(("host", "tired"), 30)
    assert 25 < await spending.take([("host", "tired")]) <= 30.1
    assert await spending.take([("host", "awake")]) == 0.0


async def test_all_nodes_spend_from_one_budget(redis: Redis) -> None:
    commons = [Commons(redis.url) for _ in range(3)]
    nodes = [node(one) for one in commons]
    waits = await asyncio.gather(*(nodes[n % 3].take([("host", "one victim")]) for n in range(60)))
    assert sum(wait == 0.0 for wait in waits) == 10
    for one in commons:
        await one.close()


async def test_without_redis_a_node_goes_on_with_what_it_knows_itself(redis: Redis) -> None:
    commons = Commons(redis.url)
    alone = node(commons)
    assert [await alone.take([("host", "h")]) for _ in range(4)] == [0.0] * 4
    redis.stop()
    try:
        waits = [await alone.take([("host", "h")]) for _ in range(8)]
        assert [wait == 0.0 for wait in waits] == [True] * 6 + [False] * 2
        assert "Redis" in commons.trouble
    finally:
        redis.start()
        await commons.close()
