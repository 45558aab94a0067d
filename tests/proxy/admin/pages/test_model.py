"""The model's page."""

from pathlib import Path

from tests.proxy.admin.conftest import received
from tests.stage import on_stage


async def test_the_model_s_page_shows_its_card_and_the_labels(tmp_path: Path) -> None:
    from tests.proxy.admin.conftest import browser_at, keep_person

    async with on_stage(tmp_path, judge=None) as stage:
        await keep_person(stage, "admin")
        browser = browser_at(stage.admin)
        await browser.sign_in()
        ping = await received(stage)
        await browser.post("/pings", {"do": f"spam:{ping.id}"})
        _, text = await browser.get("/model")
        scorer = stage.proxy.pipeline.judge_in_force.scorer
        assert scorer is not None
        assert scorer.card.model_id in text
        assert "<svg" in text
        assert "1 of 5 spam labels and 0 of 5 honest labels" in text
        assert "For spam" in (await browser.get(f"/pings/{ping.id}"))[1]
        await browser.http.close()
