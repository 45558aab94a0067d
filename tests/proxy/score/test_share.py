"""Two nodes with a directory each and one database: a model that one promotes is in force on the other."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from proxy.errors import UnknownThing
from proxy.score import share
from proxy.score.shelf import KEPT, NothingToRollBack, Shelf, shelf_in
from proxy.store import models
from proxy.store.database import Database
from tests.databases import fresh
from tests.proxy.score.shelves import make
from tests.waiting import until


@pytest.fixture
async def common(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh(tmp_path) as database:
        yield database


@pytest.fixture
def here(tmp_path: Path) -> Shelf:
    return shelf_in(tmp_path / "here")


@pytest.fixture
def there(tmp_path: Path) -> Shelf:
    return shelf_in(tmp_path / "there")


async def trained(common: Database, shelf: Shelf, shelf_id: str) -> None:
    """Train a model at a node."""
    make(shelf, shelf_id, {"title:words": {"casino": float(len(shelf_id))}}, created_at=shelf_id)
    await share.publish(common, shelf, shelf_id)


async def test_what_one_node_promotes_and_rolls_back_the_others_follow(
    common: Database, here: Shelf, there: Shelf
) -> None:
    following = asyncio.create_task(share.follow_for_ever(common, there))

    async def in_force(*ids: str) -> bool:
        return there.promoted() == list(ids)

    try:
        for shelf_id in ("A", "BB"):
            await trained(common, here, shelf_id)
            await share.promote(common, here, shelf_id)
        await until(lambda: in_force("A", "BB"), "the promotions at the other node", deadline_s=10)
        scorer, trouble = there.load()
        assert (scorer is not None and scorer.card.model_id, trouble) == (here.find("BB").card.model_id, "")
        assert await share.roll_back(common, here) == "A"
        await until(lambda: in_force("A"), "the model before it", deadline_s=10)
        assert await share.roll_back(common, there) == "shipped", "whichever node is told"
        await share.follow(common, here)
        assert here.promoted() == []
        with pytest.raises(NothingToRollBack):
            await share.roll_back(common, here)
    finally:
        following.cancel()


async def test_a_model_trained_elsewhere_can_be_promoted_at_once_and_one_that_is_nowhere_cannot(
    common: Database, here: Shelf, there: Shelf
) -> None:
    await trained(common, here, "A")
    await share.promote(common, there, "A")
    await share.follow(common, here)
    assert here.promoted() == there.promoted() == ["A"]
    assert await share.promote(common, there, "shipped") == "shipped"
    await share.follow(common, here)
    assert here.promoted() == ["A", "shipped"]
    assert await share.promote(common, here, here.find("A").card.model_id) == "A"
    assert await share.roll_back(common, here) == "shipped"
    assert await share.roll_back(common, here) == "A"
    with pytest.raises(UnknownThing):
        await share.promote(common, there, "nosuch")
    assert await common.read(models.promoted) == ["A"]


@pytest.mark.parametrize("damage", ["another artefact", "another hash", "another card", "no card", "a path"])
async def test_what_is_not_what_its_hashes_say_is_never_taken(
    common: Database, here: Shelf, there: Shelf, damage: str
) -> None:
    await trained(common, here, "A")
    await share.promote(common, here, "A")
    await share.follow(common, there)
    make(here, "B", {"title:words": {"casino": 2.0}})
    kept = share._read(here, "B")
    swapped = {
        "another artefact": replace(kept, artefact=b"something else"),
        "another hash": replace(kept, sha256="0" * 64),
        "another card": replace(kept, card=json.dumps(json.loads(kept.card) | {"sha256": "0" * 64})),
        "no card": replace(kept, card="{"),
        "a path": replace(kept, id="../B"),
    }[damage]
    await common.write(models.keep, swapped, share.now(), KEPT)
    await common.write(models.change, lambda order: [*order, swapped.id])
    trouble = await share.follow(common, there)
    assert "SHA-256 differs" in trouble or "is not JSON" in trouble or "no name of a model" in trouble, trouble
    assert (there.promoted(), [one.id for one in there.all()]) == (["A"], ["shipped", "A"])
    assert [path.name for path in there.directory.parent.iterdir()] == ["models"], "nothing is left lying about"


async def test_without_a_shared_database_the_shelf_alone_counts(here: Shelf) -> None:
    make(here, "A", {"title:words": {"casino": 1.0}})
    await share.publish(None, here, "A")
    await share.promote(None, here, "A")
    assert here.promoted() == ["A"]
    assert await share.roll_back(None, here) == "shipped"
    assert await share.follow(None, here) == ""
    await share.follow_for_ever(None, here)
