"""The overview."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import html

from proxy.admin.pages import overview
from proxy.store.figures import Figures
from proxy.store.scope import EVERYWHERE, Scope, Within
from tests.databases import fresh
from tests.proxy.admin.conftest import Browser, received
from tests.stage import Stage


async def test_the_overview_counts_and_draws(admin: Browser, stage: Stage) -> None:
    ping = await received(stage)
    await admin.post("/pings", {"do": f"reject:{ping.id}"})
    await received(stage, "bread.example/other")
    _, text = await admin.get("/overview")
    assert "<svg" in text
    tree = html.document_fromstring(text)
    assert "bread.example" in tree.text_content()
    assert len(tree.xpath("//*[local-name()='svg']//*[local-name()='rect']")) >= 2


async def test_figures_that_were_quick_are_always_fresh_and_slow_ones_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    took = 0.0

    def count(_connection: object, _at: object) -> Figures:
        nonlocal clock
        asked.append(clock)
        clock += took
        return Figures({}, (), (), ())

    clock = 1000.0
    monkeypatch.setattr(overview.figures, "since", count)
    monkeypatch.setattr(overview, "time", SimpleNamespace(monotonic=lambda: clock))
    async with fresh(tmp_path) as database:
        snapshot = overview.Snapshot(Within(database, EVERYWHERE))
        for _ in range(2):
            await snapshot.get()
            await ended(snapshot)
        assert len(asked) == 2
        took = 10.0
        await snapshot.get()
        await ended(snapshot)
        clock += 199
        await snapshot.get()
        assert len(asked) == 3
        clock += 2
        await snapshot.get()
        await ended(snapshot)
        assert len(asked) == 4
        await snapshot.stop()


async def ended(snapshot: overview.Snapshot) -> None:
    assert snapshot._work is not None
    await snapshot._work


async def test_those_who_ask_together_wait_for_one_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def count(_connection: object, at: object) -> Figures:
        asked.append(at)
        return Figures({}, (), (), ())

    monkeypatch.setattr(overview.figures, "since", count)
    async with fresh(tmp_path) as database:
        snapshot = overview.Snapshot(Within(database, EVERYWHERE))
        await asyncio.gather(*(snapshot.get() for _ in range(20)))
        assert len(asked) == 1
        await snapshot.stop()


async def test_each_scope_has_figures_of_its_own_and_not_too_many_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "_MOST_SCOPES", 2)
    async with fresh(tmp_path) as database:
        snapshots = overview.Snapshots()
        blog, shop, news = (Within(database, Scope(frozenset({name}))) for name in ("blog", "shop", "news"))
        first = snapshots.of(blog)
        assert snapshots.of(shop) is not first
        assert snapshots.of(Within(database, Scope(frozenset({"blog"})))) is first
        snapshots.of(news)
        assert snapshots.of(blog) is not first
        await snapshots.stop()
