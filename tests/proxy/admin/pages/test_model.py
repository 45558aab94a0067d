"""The models' page: the one in force, training, promoting, rolling back, and back again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from proxy.score import Shelf, shelf_in
from tests.proxy.admin.conftest import Browser, browser_at, keep_person, received, undo_id
from tests.proxy.admin.pages.test_pages import check_inert
from tests.proxy.score.learning import keep
from tests.proxy.score.shelves import make
from tests.proxy.score.test_portrait import MEASURED
from tests.stage import Stage, on_stage
from tests.waiting import until


@pytest.fixture
async def judged(tmp_path: Path) -> AsyncIterator[tuple[Browser, Stage, Shelf]]:
    """A stage with the shipped model, a browser in which admin is signed in, and the shelf."""
    async with on_stage(tmp_path, judge=None) as stage:
        await keep_person(stage, "admin")
        browser = browser_at(stage.admin)
        await browser.sign_in()
        yield browser, stage, shelf_in(tmp_path)
        await browser.http.close()


async def test_the_model_in_force_is_shown_with_its_card_and_the_labels(judged: tuple[Browser, Stage, Shelf]) -> None:
    browser, stage, _ = judged
    ping = await received(stage)
    await browser.post("/pings", {"do": f"spam:{ping.id}"})
    _, text = await browser.get("/model")
    scorer = stage.proxy.pipeline.judge_in_force.scorer
    assert scorer is not None
    assert scorer.card.model_id in text
    assert "<svg" in text
    assert "1 of 5 spam labels and 0 of 5 honest labels" in text
    assert "came with Pingwarden" in text
    assert "/model/rollback" not in text
    assert "For spam" in (await browser.get(f"/pings/{ping.id}"))[1]


async def test_a_candidate_is_shown_beside_promoted_rolled_back_and_each_is_undone(
    judged: tuple[Browser, Stage, Shelf],
) -> None:
    browser, _, shelf = judged
    first = make(shelf, "1", {"title:words": {"casino": 1.0}})
    card = make(shelf, "2", {"title:words": {"casino": 2.0}}, parent=first.model_id, **MEASURED)
    _, text = await browser.get("/model/2")
    for told in (card.sha256, "Not taken:", "it is worse", "Calibration", "Learning curve", "the title says “casino”"):
        assert told in text, told
    assert (await browser.get("/model/nothing"))[0] == 404
    status, _, place = await browser.post("/model/2/promote", {})
    assert (status, shelf.promoted()) == (303, ["2"])
    assert "1 model put in force." in (await browser.get(place))[1]
    await browser.post("/undo", {"id": await undo_id(browser, place)})
    assert shelf.promoted() == []
    await browser.post("/model/1/promote", {})
    await browser.post("/model/2/promote", {})
    status, _, place = await browser.post("/model/rollback", {})
    assert (status, shelf.promoted()) == (303, ["1"])
    undo = await undo_id(browser, place)
    await browser.post("/undo", {"id": undo})
    assert shelf.promoted()[-1] == "2"
    assert (await browser.post("/undo", {"id": undo}))[0] == 422


async def test_what_is_in_force_for_another_reason_is_not_undone(judged: tuple[Browser, Stage, Shelf]) -> None:
    browser, _, shelf = judged
    for one in "12":
        make(shelf, one, {"title:words": {"casino": 1.0}})
    _, _, place = await browser.post("/model/1/promote", {})
    undo = await undo_id(browser, place)
    await browser.post("/model/2/promote", {})
    status, text, _ = await browser.post("/undo", {"id": undo})
    assert (status, "Another model is in force by now." in text) == (422, True)
    assert shelf.promoted()[-1] == "2"


async def test_the_shipped_model_is_put_in_force_again_and_what_is_in_force_stays(
    judged: tuple[Browser, Stage, Shelf],
) -> None:
    browser, _, shelf = judged
    make(shelf, "1", {"title:words": {"casino": 1.0}})
    await browser.post("/model/1/promote", {})
    assert 'action="/model/shipped/promote"' in (await browser.get("/model/shipped"))[1]
    _, _, place = await browser.post("/model/shipped/promote", {})
    assert shelf.promoted() == ["1", "shipped"]
    await browser.post("/undo", {"id": await undo_id(browser, place)})
    assert shelf.promoted() == ["1"]
    _, _, place = await browser.post("/model/1/promote", {})
    assert shelf.promoted() == ["1"]
    assert 'action="/undo"' not in (await browser.get(place))[1]


async def test_what_cannot_be_done_with_models_is_said(judged: tuple[Browser, Stage, Shelf]) -> None:
    browser, _, shelf = judged
    make(shelf, "1", {"title:words": {"casino": 1.0}})
    (shelf.directory / "1" / "model.joblib").write_bytes(b"broken")
    for path, status, told in (
        ("/model/rollback", 422, "There is no model before the one in force."),
        ("/model/nothing/promote", 404, "There is no such model"),
        ("/model/1/promote", 422, "1"),
    ):
        found, text, _ = await browser.post(path, {})
        assert (found, told in text) == (status, True), path
    assert shelf.promoted() == []
    status, text = await browser.get("/model")
    assert status == 200
    await keep_person(judged[1], "rita")
    check_inert(text)


async def test_training_shows_how_far_it_is_and_what_came_of_it(judged: tuple[Browser, Stage, Shelf]) -> None:
    browser, stage, shelf = judged
    await browser.post("/model/train", {})
    assert "0 of 5 spam and 0 of 5 ham labels are too few" in (await browser.get("/model"))[1]
    await keep(stage.proxy.database, 6)
    assert (await browser.post("/model/train", {}))[0] == 303
    _, text = await browser.get("/model")
    assert "<progress" in text
    assert "begun by admin" in text
    status, text, _ = await browser.post("/model/train", {})
    assert (status, "A model is being trained already, by admin." in text) == (422, True)

    async def over() -> bool:
        _, told = await browser.get("/model/progress")
        return '"runs": false' in told

    await until(over, "the end of training", deadline_s=200)
    _, text = await browser.get("/model")
    assert "The last training" in text
    assert "Look at it" in text
    assert shelf.promoted() == []
