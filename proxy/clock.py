"""Reading the clock, in one place, so that the pure rooms never do."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """Return the present time, aware, in UTC."""
    return datetime.now(UTC)


def to_us(at: datetime) -> int:
    """Return *at* in whole microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def from_us(at_us: int) -> datetime:
    """Return the time that is *at_us* microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=at_us)
