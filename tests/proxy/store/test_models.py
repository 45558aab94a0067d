"""Models in the database, and the order of their promotions."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proxy.errors import StoreUnavailable
from proxy.store import models, people
from proxy.store.models import Kept
from tests.databases import fresh

AT = datetime(2026, 1, 1, tzinfo=UTC)


async def test_a_model_comes_back_byte_for_byte_and_of_old_ones_only_the_promoted_stay(tmp_path: Path) -> None:
    async with fresh(tmp_path) as database:
        await database.write(models.change, lambda _: ["m0"])
        for number in range(5):
            kept = Kept(f"m{number}", str(number) * 64, "{}", bytes(range(256)) * number)
            await database.write(models.keep, kept, AT + timedelta(hours=number), 2)
        assert await database.read(models.fetch, "m4") == kept
        assert await database.read(models.fetch, "m1") is None
        assert await database.read(models.known) == {f"m{n}": str(n) * 64 for n in (0, 3, 4)}


async def test_an_order_that_another_node_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    async with fresh(tmp_path) as database:
        assert await database.write(models.change, lambda order: [*order, "a"]) == ["a"]
        with pytest.raises(StoreUnavailable, match="another node"):
            await database.write(
                lambda connection: models.change(connection, lambda order: _meanwhile(connection, order))
            )
        assert await database.read(models.promoted) == ["a"]


def _meanwhile(connection: object, order: object) -> list[str]:
    people.remember(connection, models._IN_FORCE, '["other"]')  # type: ignore[arg-type]
    return ["mine"]
