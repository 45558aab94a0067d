"""A running server takes a promoted model within a second, and keeps the last good one."""

import asyncio
from functools import partial
from pathlib import Path

from proxy.score import Judge, open_judge, shelf_in, watch
from proxy.store import pings
from tests.proxy.score.shelves import make
from tests.proxy.score.test_shelf import put
from tests.stage import LINKS, on_stage
from tests.waiting import until


async def test_a_promoted_model_is_taken_and_a_broken_one_is_not(tmp_path: Path) -> None:
    shelf = shelf_in(tmp_path)
    first = open_judge(shelf)
    taken: list[Judge] = []
    watching = asyncio.create_task(watch(shelf, lambda: taken[-1] if taken else first, taken.append))
    try:
        put(shelf, "one")
        shelf.promote("one")
        await until(lambda: _count(taken, 1), "the promoted model", deadline_s=5)
        assert taken[0].scorer is not first.scorer
        (put(shelf, "two") / "model.joblib").write_bytes(b"broken")
        shelf._write(["one", "two"])
        await until(lambda: _count(taken, 2), "the trouble", deadline_s=5)
        assert taken[1].scorer is taken[0].scorer
        assert "two" in taken[1].trouble
    finally:
        watching.cancel()


async def _count(taken: list[Judge], wanted: int) -> bool:
    return len(taken) >= wanted


async def test_no_linkback_is_lost_or_refused_while_models_change(tmp_path: Path) -> None:
    """Linkbacks come in without a pause while three models are promoted and taken back, one after the other."""
    shelf = shelf_in(tmp_path)
    for shelf_id in ("one", "two", "three"):
        make(shelf, shelf_id, {"title:words": {shelf_id: -9.0, "page": -5.0}})
    unlimited = {"linkbacks_per_client_per_minute": 1_000_000, "linkbacks_per_target_per_hour": 1_000_000}
    async with on_stage(tmp_path, judge=None, limits=unlimited) as stage:
        answers, stop = list[bytes](), asyncio.Event()

        async def send() -> None:
            while not stop.is_set():
                name = f"bread.example/{len(answers)}"
                stage.web.pages[name] = LINKS
                answers.append(await stage.pingback(stage.web.url(name)))

        async def judged_by(model_id: str) -> bool:
            return stage.proxy.pipeline.judge_in_force.model_id == model_id

        sending = asyncio.create_task(send())
        for shelf_id in ("one", "two", "three"):
            before = len(answers)
            shelf.promote(shelf_id)
            await until(partial(judged_by, shelf.find(shelf_id).card.model_id), f"model {shelf_id}", deadline_s=5)
            await until(partial(_longer, answers, before + 1), "an answer under it", deadline_s=10)
        stop.set()
        await sending
        refused = [answer for answer in answers if b"registered" not in answer]
        assert refused == []
        assert sum((await stage.proxy.database.read(pings.counts)).values()) == len(answers)


async def _longer(answers: list[bytes], than: int) -> bool:
    return len(answers) > than
