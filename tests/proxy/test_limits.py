"""How much one client, or all for one post, may send."""

import tracemalloc

import pytest

from proxy.config import Limits
from proxy.limits import Gate, Windows, client

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
