"""Policies that were set on the pages, kept and forgotten."""

from datetime import UTC, datetime
from pathlib import Path

from proxy.policy import SelfPolicy
from proxy.store import policies
from tests.databases import fresh

AT = datetime(2026, 3, 3, 10, tzinfo=UTC)
HELD = SelfPolicy("hold", ("old.example",), "anna", AT)
PASSING = SelfPolicy("pass", (), "rita", AT)


async def test_a_policy_comes_back_as_it_was_until_it_is_replaced_or_forgotten(tmp_path: Path) -> None:
    async with fresh(tmp_path) as database:
        assert await database.read(policies.of_site, "blog") is None
        assert not await database.write(policies.forget, "blog")
        for policy in (HELD, PASSING, HELD):
            await database.write(policies.keep, "blog", policy)
            assert await database.read(policies.of_site, "blog") == policy
        await database.write(policies.keep, "shop", PASSING)
        assert await database.read(policies.list_all) == {"blog": HELD, "shop": PASSING}
        assert await database.write(policies.forget, "blog")
        assert await database.read(policies.list_all) == {"shop": PASSING}
