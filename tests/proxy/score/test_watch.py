"""A running server takes a promoted model within a second, and keeps the last good one."""

import asyncio
from pathlib import Path

from proxy.score import Judge, open_judge, shelf_in, watch
from tests.proxy.score.test_shelf import put
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
