"""Waiting: one at a time, first come first served, and not for ever."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from proxy.fetch.turns import Patience, QueueFull, Turns


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_one_at_a_time_in_order() -> None:
    """Nobody overtakes, and nothing is left behind."""
    turns, seen, inside = Turns(100), [], 0

    async def visit(number: int) -> None:
        nonlocal inside
        async with turns.of("host"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            seen.append(number)
            inside -= 1

    await asyncio.gather(*(visit(number) for number in range(50)))
    assert seen == list(range(50))
    assert len(turns) == 0


async def test_others_do_not_wait() -> None:
    """Turns of different keys are independent."""
    turns = Turns(1)
    async with turns.of("a"), turns.of("b"):
        assert len(turns) == 2


async def test_the_queue_is_short() -> None:
    """One is inside, two may wait, the next is sent away at once."""
    turns = Turns(2)
    done = asyncio.Event()

    async def visit() -> None:
        async with turns.of("host"):
            await done.wait()

    visits = [asyncio.create_task(visit()) for _ in range(3)]
    await settle()
    with pytest.raises(QueueFull):
        async with turns.of("host"):
            pass
    done.set()
    await asyncio.gather(*visits)
    async with turns.of("host"):
        pass
    assert len(turns) == 0


async def test_who_gives_up_frees_the_place() -> None:
    """A cancelled visitor is gone from the queue, and a cancelled holder passes the turn on."""
    turns = Turns(1)
    holding = asyncio.Event()

    async def hold() -> None:
        async with turns.of("host"):
            holding.set()
            await asyncio.Event().wait()

    holder = asyncio.create_task(hold())
    await holding.wait()
    waiter = asyncio.create_task(hold())
    await settle()
    waiter.cancel()
    holder.cancel()
    await asyncio.gather(holder, waiter, return_exceptions=True)
    assert len(turns) == 0
    async with turns.of("host"):
        assert len(turns) == 1


async def test_waiting_is_not_counted_as_work() -> None:
    """A fetch that stood in a queue has all of its time left."""
    gate = asyncio.Semaphore(0)
    async with asyncio.timeout(0.3) as work, AsyncExitStack() as held:
        asyncio.get_running_loop().call_later(0.4, gate.release)
        await Patience(work, 5.0).wait(held, gate)
        remaining = (work.when() or 0) - asyncio.get_running_loop().time()
        assert 0.1 < remaining < 0.31


async def test_patience_ends() -> None:
    """All the waiting of one fetch together has one limit; what was held is let go."""
    turns = Turns(5)
    async with asyncio.timeout(10) as work, turns.of("b"):
        patience = Patience(work, 0.05)
        async with AsyncExitStack() as held:
            await patience.wait(held, turns.of("a"))
            with pytest.raises(QueueFull):
                await patience.wait(held, turns.of("b"))
            with pytest.raises(QueueFull):
                await patience.wait(held, turns.of("b"))
        assert len(turns) == 1
        assert work.when() is not None
