"""A ping's own page."""

from proxy.ping import State
from tests.proxy.admin.conftest import Browser, received
from tests.stage import LINKS, Stage


async def test_the_page_of_a_ping_shows_all_that_is_known(admin: Browser, stage: Stage) -> None:
    ping = await received(stage, excerpt="Words as sent")
    _, text = await admin.get(f"/pings/{ping.id}")
    for told in (
        "Words as sent",
        "203.0.113.9",
        "Some blog",
        "<svg",
        "did not come in time",
        "received",
        "/rules/new?",
    ):
        assert told in text, told
    assert (await admin.get("/pings/nothing"))[0] == 404


async def test_fetching_again_judges_anew(admin: Browser, stage: Stage) -> None:
    ping = await received(stage)
    stage.web.pages["bread.example/page"] = LINKS
    assert (await admin.post(f"/pings/{ping.id}/check", {}))[0] == 303
    await stage.settled(State.DELIVERED)
