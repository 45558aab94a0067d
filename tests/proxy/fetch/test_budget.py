"""Budgets: never more than the limit in any minute, however it is tried."""

from hypothesis import given
from hypothesis import strategies as st

from proxy.fetch.budget import WINDOW_S, Budget


def test_the_limit_holds_for_a_sliding_minute() -> None:
    """Ten at the end of one minute and ten at the start of the next are not twenty."""
    budget = Budget({"host": 10})
    key = [("host", "victim")]
    assert [budget.take(key, 59.0) for _ in range(10)] == [0.0] * 10
    assert budget.take(key, 61.0) == WINDOW_S - 2.0
    assert budget.take(key, 58.9 + WINDOW_S) > 0
    assert budget.take(key, 59.0 + WINDOW_S) == 0.0


def test_a_charge_is_all_or_nothing() -> None:
    """Who has no room for one of the keys is not charged for the others."""
    budget = Budget({"host": 1, "all": 5})
    assert budget.take([("host", "a"), ("all", "")], 0.0) == 0.0
    for _ in range(10):
        assert budget.take([("host", "a"), ("all", "")], 1.0) == WINDOW_S - 1.0
    assert budget.take([("host", "b"), ("all", "")], 2.0) == 0.0
    assert len(budget) == 4


def test_asking_for_the_wait_charges_nothing() -> None:
    """Looking is free."""
    budget = Budget({"host": 1})
    assert [budget.wait_s([("host", "a")], 0.0) for _ in range(5)] == [0.0] * 5


def test_a_limit_of_nothing_lets_nothing_through() -> None:
    """Zero means never."""
    assert Budget({"host": 0}).take([("host", "a")], 0.0) == WINDOW_S


def test_old_charges_are_forgotten() -> None:
    """After a quiet minute nothing is remembered, whoever was named."""
    budget = Budget({"host": 10, "all": 10_000})
    for number in range(10_000):
        assert budget.take([("host", str(number)), ("all", "")], number / 1000) == 0.0
    assert len(budget) == 20_000
    assert budget.wait_s([("host", "x")], 10.0 + WINDOW_S) == 0.0
    assert len(budget) == 0


def test_a_host_that_asks_for_rest_gets_it() -> None:
    """Retry-After counts, up to an hour."""
    budget = Budget({"host": 10})
    budget.rest(("host", "a"), 90.0, now=0.0)
    assert budget.take([("host", "a")], 30.0) == 60.0
    assert budget.take([("host", "a")], 90.0) == 0.0
    budget.rest(("host", "b"), 1e9, now=0.0)
    assert budget.wait_s([("host", "b")], 0.0) == 3600.0


def test_rests_are_bounded_in_number() -> None:
    """Ten thousand hosts that say Retry-After do not fill the memory."""
    budget = Budget({"host": 10})
    for number in range(10_000):
        budget.rest(("host", str(number)), 90.0, now=0.0)
    assert len(budget._rests) == 1024


def test_what_was_spent_is_that_of_the_busiest_within_the_last_minute() -> None:
    budget = Budget({"host": 10, "all": 100})
    for host, at in (("a", 0.0), ("b", 1.0), ("b", 2.0), ("c", 5.0 + WINDOW_S)):
        budget.take([("host", host), ("all", "")], at)
        spent = budget.spent(at)
    assert spent == {"host": 1, "all": 1}
    assert budget.spent(200.0) == {"host": 0, "all": 0}
    budget = Budget({"host": 10, "all": 100})
    for host in "abb":
        budget.take([("host", host), ("all", "")], 0.0)
    assert budget.spent(1.0) == {"host": 2, "all": 3}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 40)), max_size=200), st.integers(1, 6))
def test_no_window_ever_holds_more(steps: list[tuple[str, float]], limit: int) -> None:
    """Whatever the times, any 60 s hold at most the limit; and after the stated wait there is room."""
    budget = Budget({"host": limit})
    now = 0.0
    taken: dict[str, list[float]] = {}
    for host, gap in steps:
        now += gap
        wait = budget.take([("host", host)], now)
        if wait == 0.0:
            taken.setdefault(host, []).append(now)
        else:
            assert 0 < wait <= WINDOW_S
            assert budget.wait_s([("host", host)], now + wait + 0.001) == 0.0 or gap == 0
            break  # asking about the future has moved the clock
    for times in taken.values():
        assert all(b - a >= 59.999999 for a, b in zip(times, times[limit:], strict=False))
