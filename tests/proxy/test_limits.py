"""How much one client, or all for one post, may send, and how many passwords it may guess."""

import asyncio
import tracemalloc
from collections.abc import Sequence
from typing import Any

import pytest

from proxy.commons import Commons
from proxy.config import Limits
from proxy.limits import Gate, LogInGuard, Outcome, Ticket, Windows, client
from proxy.tally import Tally
from proxy.wire.logins import LogIns, all_of, log_ins

POST = "http://blog.example/2026/alpha/"


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.at_s = 1_000_020.0

    def __call__(self) -> float:
        return self.at_s


def _gate(clock: Clock, per_client: int = 3, per_target: int = 100) -> Gate:
    limits = Limits(linkbacks_per_client_per_minute=per_client, linkbacks_per_target_per_hour=per_target)
    return Gate(limits, clock)


async def test_a_client_may_send_as_many_as_its_limit_says_and_then_waits() -> None:
    clock = Clock()
    gate = _gate(clock)
    assert [await gate.wait_s("203.0.113.9", [POST]) for _ in range(3)] == [None] * 3
    wait_s = await gate.wait_s("203.0.113.9", [POST])
    assert wait_s is not None
    assert 1 <= wait_s <= 120
    assert await gate.wait_s("203.0.113.10", [POST]) is None
    clock.at_s += wait_s - 1
    assert await gate.wait_s("203.0.113.9", [POST]) is not None
    clock.at_s += 1
    assert await gate.wait_s("203.0.113.9", [POST]) is None


async def test_a_target_may_get_as_many_as_its_limit_says_from_all_together() -> None:
    gate = _gate(Clock(), per_client=100, per_target=2)
    assert [await gate.wait_s(f"203.0.113.{number}", [POST]) for number in range(2)] == [None, None]
    assert await gate.wait_s("203.0.113.9", [POST]) is not None
    assert await gate.wait_s("203.0.113.9", [POST + "other/"]) is None


async def test_the_members_of_a_call_pass_together_or_not_at_all() -> None:
    gate = _gate(Clock(), per_client=3)
    assert await gate.wait_s("203.0.113.9", [POST] * 2) is None
    assert await gate.wait_s("203.0.113.9", [POST] * 2) is not None
    assert await gate.wait_s("203.0.113.9", [POST]) is None
    assert await gate.wait_s("203.0.113.9", []) is None
    assert await gate.wait_s("203.0.113.8", [POST] * 4) == 60


async def test_what_is_refused_for_the_target_does_not_use_up_the_client() -> None:
    gate = _gate(Clock(), per_client=2, per_target=1)
    assert await gate.wait_s("203.0.113.1", [POST]) is None
    for _ in range(5):
        assert await gate.wait_s("203.0.113.9", [POST]) is not None
    assert await gate.wait_s("203.0.113.9", [POST + "1"]) is None


def test_no_window_of_a_minute_holds_more_than_the_limit_by_much() -> None:
    windows = Windows(30, 60)
    passed: list[float] = []
    for step in range(60_000):
        at_s = step / 100
        if windows.wait_s("key", 1, at_s) == 0:
            windows.count("key", 1, at_s)
            passed.append(at_s)
    most = max(sum(1 for other in passed if start <= other < start + 60) for start in passed)
    assert most <= 33  # a fixed window would let through 60
    assert len(passed) >= 270  # of 300 in ten minutes


@pytest.mark.parametrize(("cost", "at_s"), [(1, 0.0), (1, 17.3), (1, 59.9), (5, 30.0), (10, 45.0)])
def test_whoever_waits_as_long_as_told_passes(cost: int, at_s: float) -> None:
    for used in range(1, 11):
        windows = Windows(10, 60)
        windows.count("key", used, at_s)
        wait_s = windows.wait_s("key", cost, at_s)
        assert (wait_s == 0) == (used + cost <= 10)
        assert windows.wait_s("key", cost, at_s + wait_s + 1e-6) == 0


def test_a_flood_of_new_keys_takes_no_memory_and_forgets_nobody() -> None:
    windows = Windows(3, 60)
    windows.count("noted", 3, 5.0)
    tracemalloc.start()
    for number in range(20_000):
        windows.count(f"other {number}", 1, 5.0)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 100_000
    assert windows.wait_s("noted", 1, 5.0) > 0
    free = sum(windows.wait_s(f"new {number}", 3, 5.0) == 0 for number in range(1000))
    assert free > 850  # a few share both their cells with somebody


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_one_client_is_an_ipv4_address_or_a_network_of_64_bits(address: str, counts_as: str) -> None:
    assert client(address) == counts_as


# --- guessing passwords


def guesses(*words: str) -> LogIns:
    """A call that tries each of these passwords for the same name."""
    return all_of([log_ins("wp.getUsersBlogs", ["me", word]) for word in words])


def guard(clock: Clock, limit: int = 3) -> LogInGuard:
    """A guard that lets a client fail so often in an hour."""
    return LogInGuard(limit, clock)


async def tried(guard: LogInGuard, address: str, *words: str, failed: int | None = None) -> bool:
    """Try these passwords in one call, all of them wrong if nothing else is said; return whether it could go on."""
    ticket = await guard.admit(address, guesses(*words))
    if isinstance(ticket, int):
        return False
    await guard.settle(ticket, Outcome(len(words) if failed is None else failed))
    return True


async def test_a_client_may_fail_as_often_as_the_limit_says_and_others_go_on() -> None:
    clock = Clock()
    here = guard(clock)
    assert [await tried(here, "203.0.113.9", f"guess {n}") for n in range(5)] == [True, True, True, False, False]
    wait_s = await here.wait_s("203.0.113.9")
    assert wait_s is not None
    assert 600 <= wait_s <= 2 * 3600
    assert await here.wait_s("203.0.113.10") is None
    assert await tried(here, "203.0.113.10", "guess")
    clock.at_s += wait_s
    assert await here.wait_s("203.0.113.9") is None


async def test_addresses_of_one_ipv6_network_are_one_client() -> None:
    here = guard(Clock())
    assert [await tried(here, f"2001:db8::{n:x}", f"guess {n}") for n in range(1, 5)] == [True, True, True, False]


async def test_a_call_with_more_guesses_than_are_left_does_not_go_on() -> None:
    here = guard(Clock())
    assert not await tried(here, "203.0.113.9", *(f"guess {n}" for n in range(500)))
    assert await tried(here, "203.0.113.9", "a", "b")
    assert not await tried(here, "203.0.113.9", "c", "d")
    assert await tried(here, "203.0.113.9", "c")


async def test_calls_at_once_get_no_further_than_one_after_the_other() -> None:
    here = guard(Clock())
    with_wordpress: list[Ticket] = []

    async def call(number: int) -> bool:
        ticket = await here.admit("203.0.113.9", guesses(f"guess {number}"))
        if isinstance(ticket, int):
            return False
        with_wordpress.append(ticket)
        return True

    calls = [asyncio.create_task(call(number)) for number in range(50)]
    for _ in range(10):
        await asyncio.sleep(0)
    assert len(with_wordpress) == 3  # the others wait for what becomes of these
    for ticket in with_wordpress[:3]:
        await here.settle(ticket, Outcome(failed=1))
    assert sum(await asyncio.gather(*calls)) == 3


async def test_calls_that_wait_go_on_when_those_before_them_were_right() -> None:
    here = guard(Clock())

    async def call(number: int) -> bool:
        ticket = await here.admit("203.0.113.9", guesses(f"right {number}"))
        assert isinstance(ticket, Ticket)
        await asyncio.sleep(0)
        await here.settle(ticket, Outcome(succeeded=True))
        return True

    assert await asyncio.gather(*(call(number) for number in range(40))) == [True] * 40
    assert here._underway == {}


async def test_a_queue_that_is_too_long_takes_nobody_else() -> None:
    here = guard(Clock(), limit=1)
    first = await here.admit("203.0.113.9", guesses("first"))
    assert isinstance(first, Ticket)
    waiting = [asyncio.create_task(here.admit("203.0.113.9", guesses(f"guess {n}"))) for n in range(64)]
    await asyncio.sleep(0)
    assert await here.admit("203.0.113.9", guesses("one more")) == 30
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    await here.settle(first, Outcome())
    assert here._underway == {}


async def test_a_pair_that_was_right_is_not_counted_again_from_there() -> None:
    here = guard(Clock())
    right = await here.admit("203.0.113.9", guesses("right"))
    assert isinstance(right, Ticket)
    assert await here.settle(right, Outcome(succeeded=True)) == 0
    for _ in range(10):  # 403 because the user may not do this
        assert await tried(here, "203.0.113.9", "right", failed=1)
    assert [await tried(here, "203.0.113.8", "right", failed=1) for _ in range(4)] == [True, True, True, False]


async def test_a_right_pair_beside_guesses_hides_none_of_them() -> None:
    here = guard(Clock())
    right = await here.admit("203.0.113.9", guesses("right"))
    assert isinstance(right, Ticket)
    await here.settle(right, Outcome(succeeded=True))
    assert [await tried(here, "203.0.113.9", "right", f"guess {n}", failed=1) for n in range(4)] == [True] * 3 + [False]


class Elsewhere(Commons):
    """What other nodes counted: nothing, but asking takes a while."""

    answers = True  # type: ignore[assignment]

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[str | int]) -> Any:
        """Answer later."""
        for _ in range(3):
            await asyncio.sleep(0)
        return 0


async def test_asking_the_other_nodes_lets_nobody_slip_through_meanwhile() -> None:
    here = LogInGuard(3, Clock(), Tally(Elsewhere("")))
    calls = [asyncio.create_task(here.admit("203.0.113.9", guesses(f"guess {n}"))) for n in range(50)]
    done, waiting = await asyncio.wait(calls, timeout=0.2)
    assert len([task for task in done if isinstance(task.result(), Ticket)]) == 3
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_linkbacks_at_once_do_not_slip_through_either_and_the_edge_of_a_window_forgets_nothing() -> None:
    clock = Clock()
    gate = Gate(Limits(linkbacks_per_client_per_minute=3), clock, Elsewhere(""))
    waits = await asyncio.gather(*(gate.wait_s("203.0.113.9", [POST]) for _ in range(10)))
    assert waits.count(None) == 3
    gate = Gate(Limits(linkbacks_per_client_per_minute=3), clock, Elsewhere(""))
    clock.at_s = 60.0 * (clock.at_s // 60 + 1) - 0.1
    early = asyncio.create_task(gate.wait_s("203.0.113.9", [POST]))
    await asyncio.sleep(0)
    clock.at_s += 0.2
    late = [await gate.wait_s("203.0.113.9", [POST]) for _ in range(4)]
    assert [await early, *late].count(None) == 3


# --- calls and bytes


async def test_calls_and_their_bytes_are_not_limited_unless_somebody_says_so() -> None:
    gate = Gate(Limits(), Clock())
    assert [await gate.call_wait_s("203.0.113.9", 10**9) for _ in range(100)] == [None] * 100


async def test_a_client_may_make_so_many_calls_and_send_so_many_bytes() -> None:
    gate = Gate(Limits(calls_per_client_per_minute=2, call_bytes_per_client_per_minute=1000), Clock())
    assert [await gate.call_wait_s("203.0.113.9", 1) is None for _ in range(3)] == [True, True, False]
    assert [await gate.call_wait_s("203.0.113.8", 600) is None for _ in range(2)] == [True, False]
    assert await gate.call_wait_s("203.0.113.8", 400) is None


def test_what_is_given_back_was_never_counted_and_nothing_goes_below_zero() -> None:
    windows = Windows(2, 60)
    windows.count("a", -1, 0.0)
    for _ in range(2):
        assert windows.wait_s("a", 1, 0.0) == 0
        windows.count("a", 1, 0.0)
    assert windows.wait_s("a", 1, 0.0) > 0
    windows.count("a", -1, 0.0)
    assert windows.wait_s("a", 1, 0.0) == 0


def test_a_new_limit_counts_at_once_for_what_was_counted_before() -> None:
    windows = Windows(2, 60)
    windows.count("a", 2, 0.0)
    windows.follow(3)
    assert windows.wait_s("a", 1, 0.0) == 0
    windows.follow(1)
    assert windows.wait_s("a", 1, 0.0) > 0
