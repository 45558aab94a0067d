"""Times and microseconds."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from proxy.clock import from_us, now, steady_zero, to_us

TIMES = {
    "the epoch": (datetime(1970, 1, 1, tzinfo=UTC), 0),
    "a microsecond before": (datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), -1),
    "a time that a float would round": (datetime(2026, 5, 1, 12, 0, 0, 123457, tzinfo=UTC), 1777636800123457),
    "far away": (datetime(9999, 12, 31, tzinfo=UTC), 253402214400000000),
}


@pytest.mark.parametrize(("at", "at_us"), TIMES.values(), ids=TIMES.keys())
def test_times_are_kept_to_the_microsecond(at: datetime, at_us: int) -> None:
    assert to_us(at) == at_us
    assert from_us(at_us) == at


def test_other_zones_are_the_same_moment() -> None:
    assert to_us(datetime(1970, 1, 1, 2, tzinfo=timezone(timedelta(hours=2)))) == 0


def test_now_knows_its_zone() -> None:
    assert now().tzinfo is UTC
    assert from_us(to_us(now())).tzinfo is UTC


def test_a_time_without_zone_is_an_error() -> None:
    with pytest.raises(TypeError):
        to_us(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the case


def test_the_steady_clock_began_at_one_time_only() -> None:
    assert abs(steady_zero() - steady_zero()) < timedelta(seconds=1)
