"""Reading the clock, in one place, so that the pure rooms never do."""

import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """Return the present time, aware, in UTC."""
    return datetime.now(UTC)


def steady_zero() -> datetime:
    """Return what the clock shows less what the steady one does: the same again and again, until the clock is set."""
    return now() - timedelta(seconds=time.monotonic())


def to_us(at: datetime) -> int:
    """Return *at* in whole microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def from_us(at_us: int) -> datetime:
    """Return the time that is *at_us* microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=at_us)
