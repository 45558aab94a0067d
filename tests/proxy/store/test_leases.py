"""A lease is one owner's until it ends."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from proxy.store import leases
from tests.databases import fresh

AT = datetime(2026, 1, 1, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)


async def test_a_lease_is_claimed_lengthened_given_back_and_lost(tmp_path: Path) -> None:
    async with fresh(tmp_path) as database:

        async def claim(owner: str, at: datetime, until: datetime) -> bool:
            return await database.write(leases.claim, "work", owner, at, until)

        assert await claim("one", AT, LATER)
        assert not await claim("two", AT, LATER)
        assert await claim("one", AT, LATER + timedelta(minutes=1))
        assert not await claim("two", LATER, LATER)
        await database.write(leases.release, "work", "two")
        assert await database.read(leases.owner_of, "work", LATER) == "one"
        await database.write(leases.release, "work", "one")
        assert await database.read(leases.owner_of, "work", AT) == ""
        assert await claim("two", AT, LATER)
        assert await claim("three", LATER, LATER + timedelta(minutes=1)), "its time was over"
