"""A policy that is set on the page decides about the next ping, and is taken back."""

from proxy.ping import Ping
from proxy.store import policies
from tests.proxy.admin.conftest import Browser, browser_at, undo_id
from tests.stage import HOME, Stage
from tests.waiting import until

OLD = "old.example"


async def own_ping(stage: Stage, number: int) -> Ping:
    """Send a linkback of the blog to itself and return it as judged."""
    await stage.pingback(f"{HOME}/2026/alpha/?n={number}", f"{HOME}/2026/beta/")

    async def judged() -> Ping | None:
        return next((ping for ping in await stage.all_pings() if ping.verdict), None)

    ping = await until(judged, "a verdict")
    await stage.proxy.database.write(_forget, ping.id)
    return ping


def _forget(connection: object, ping_id: str) -> None:
    from proxy.store import pings

    pings.remove(connection, ping_id)  # type: ignore[arg-type]


async def said(stage: Stage, number: int) -> str:
    """What the rule about pings of a site to itself says of one."""
    ping = await own_ping(stage, number)
    assert ping.verdict
    return next(one.text for one in ping.verdict.findings if one.rule == "self-ping")


async def test_a_policy_decides_wins_over_the_configuration_and_is_undone(admin: Browser, stage: Stage) -> None:
    assert "approved where the link is there" in await said(stage, 1)
    assert "This stands in the configuration file" in (await admin.get("/rules"))[1]
    status, _, place = await admin.post("/policies/blog", {"self_pings": "reject", "hosts": OLD})
    assert status == 303
    assert "refused" in await said(stage, 2)
    _, text = await admin.get("/rules")
    assert "Set here by admin" in text
    assert "The configuration file says: Pings of this site to itself are approved where the link is there." in text
    assert OLD in text
    await admin.post("/undo", {"id": await undo_id(admin, place)})
    assert "approved where the link is there" in await said(stage, 3)
    await admin.post("/policies/blog", {"self_pings": "hold"})
    _, _, place = await admin.post("/policies/blog/forget", {})
    assert await stage.proxy.database.read(policies.of_site, "blog") is None
    await admin.post("/undo", {"id": await undo_id(admin, place)})
    assert "held" in await said(stage, 4)


async def test_a_host_of_the_page_makes_its_pages_the_site_s_own(admin: Browser, stage: Stage) -> None:
    facts = await stage.proxy.pipeline.facts_by_site()
    assert OLD not in facts["blog"].hosts
    await admin.post("/policies/blog", {"self_pings": "hold", "hosts": OLD})
    facts = await stage.proxy.pipeline.facts_by_site()
    assert {OLD, "blog.example"} <= facts["blog"].hosts
    assert facts["blog"].policy.self_pings == "hold"


async def test_what_makes_no_sense_changes_nothing(admin: Browser, stage: Stage) -> None:
    for path, form, status in (
        ("/policies/blog", {}, 422),
        ("/policies/blog", {"self_pings": "hold", "hosts": "a b"}, 422),
        ("/policies/nothing", {"self_pings": "hold"}, 404),
        ("/policies/nothing/forget", {}, 404),
    ):
        assert (await admin.post(path, form))[0] == status, path
    reader = browser_at(stage.admin)
    await reader.sign_in("rita")
    assert (await reader.post("/policies/blog", {"self_pings": "hold"}))[0] == 403
    _, text = await reader.get("/rules")
    await reader.http.close()
    assert "are approved where the link is there" in text
    assert "/policies/" not in text
    assert await stage.proxy.database.read(policies.list_all) == {}
