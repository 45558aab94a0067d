"""What a front knows by itself, without asking anybody."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from proxy.limits import Outcome, Ticket
from proxy.wire.logins import LogIns
from proxy.workers.front import FarGate, FarLogIns
from proxy.workers.line import Line

RIGHT = LogIns(frozenset({b"a" * 16}), frozenset({b"a" * 16}))


@pytest.fixture
async def here() -> AsyncIterator[FarLogIns]:
    """The log-ins of a front whose main process never answers."""
    ours, silent = socket.socketpair()
    ours.setblocking(False)
    line = await Line.over(ours)
    with silent:
        yield FarLogIns(line)
        line.close()


async def test_a_blocked_client_waits_and_its_neighbours_do_not(here: FarLogIns) -> None:
    assert await here.wait_s("192.0.2.7") is None
    here.block("192.0.2.7", 60)
    here.block("2001:db8::1", 60)
    assert 59 <= (await here.wait_s("192.0.2.7") or 0) <= 60
    assert await here.wait_s("2001:db8::2") is not None  # the same /64
    assert await here.wait_s("192.0.2.8") is None
    here.block("192.0.2.7", 0)
    assert await here.wait_s("192.0.2.7") is None


async def test_only_what_a_success_proved_is_known(here: FarLogIns) -> None:
    free = Ticket("192.0.2.7", RIGHT, 0)
    for outcome in (Outcome(), Outcome(failed=1), Outcome(failed=1, succeeded=True)):
        assert await here.settle(free, outcome) == 0
        asked = asyncio.ensure_future(here.admit("192.0.2.7", RIGHT))
        await asyncio.sleep(0)
        assert not asked.done()  # it has to ask
        asked.cancel()
    await here.settle(free, Outcome(succeeded=True))
    assert await here.admit("192.0.2.7", RIGHT) == free
    other = asyncio.ensure_future(here.admit("192.0.2.8", RIGHT))  # right for one client is not right for all
    await asyncio.sleep(0)
    assert not other.done()
    other.cancel()


async def test_what_has_no_limit_is_not_asked_about(here: FarLogIns) -> None:
    gate = FarGate(here.line, here)
    assert await gate.call_wait_s("192.0.2.7", 10**9) is None
    assert await gate.wait_s("192.0.2.7", []) is None
