"""A running server reads WordPress's moderation by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

import pytest

from proxy.clock import now
from proxy.config import Config, from_mapping
from proxy.labels import schedule
from proxy.labels.schedule import sync_for_ever
from proxy.ping import Label
from proxy.store import labels, moderation
from tests.proxy.labels.blog import Room
from tests.waiting import until


@asynccontextmanager
async def at_work(here: Room, **learning: Any) -> AsyncIterator[None]:
    """The schedule at work, looking often."""
    config = from_mapping({"sites": [{"upstream": "http://127.0.0.1:9"}], "learning": learning})
    config = config.model_copy(update={"sites": (here.site,)})

    def configured() -> Config:
        return config

    with patch.object(schedule, "LOOK_EVERY_S", 0.01):
        task = asyncio.create_task(sync_for_ever(configured, here.database, here.upstream))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def words(here: Room) -> list[Label]:
    """The labels that are there."""
    return [one.label for one in await here.database.read(labels.samples)]


async def test_words_arrive_by_themselves_and_later_ones_too(here: Room) -> None:
    row = here.blog.add("pingback", "spam")

    async def told(*wanted: Label) -> bool:
        return await words(here) == list(wanted)

    async with at_work(here, sync_every_h=0.00001):
        await until(lambda: told(Label.SPAM), "the word for spam")
        row.status = "approved"
        await until(lambda: told(Label.HAM), "the word for ham")


async def test_what_is_closed_is_asked_again(here: Room, caplog: pytest.LogCaptureFixture) -> None:
    here.blog.add("pingback", "spam")
    here.blog.rest = here.blog.rpc = "closed"

    async def complained() -> bool:
        return "WordPress's moderation was not read: site blog: neither" in caplog.text

    async with at_work(here, sync_every_h=0.00001):
        await until(complained, "a complaint")
        here.blog.rest = "open"
        await until(lambda: words(here), "the word")


async def test_it_keeps_to_its_hours_and_to_one_at_a_time(here: Room) -> None:
    """Read a moment ago, switched off, or being read by another node: nobody is asked."""
    here.blog.add("pingback", "spam")
    looks = 0

    async def looked(*_: Any) -> bool:
        nonlocal looks
        looks += 1
        return False

    async def often() -> bool:
        return looks > 3

    with patch.object(schedule, "_is_due", looked):
        async with at_work(here, sync_every_h=1):
            await until(often, "looks")
    assert here.blog.asked == []
    async with at_work(here, sync_every_h=0):
        await asyncio.sleep(0)
    await here.database.write(moderation.synced, "blog", now())
    assert not await schedule._is_due(here.database, here.site, schedule._MOST, {})
    await here.database.write(schedule.leases.claim, "labels of blog", "another", now(), now() + schedule._MOST)
    await schedule._sync(here.database, here.upstream, here.site, "us")
    assert here.blog.asked == []
