"""Every page is on the listener, and none hides another."""

from collections import Counter

from aiohttp import web

from proxy.admin.pages import inbox, model, overview, people, ping, policies, rule_files, rules, telling
from tests.proxy.admin.conftest import Browser, received
from tests.stage import Stage

ROOMS = (inbox, model, overview, people, ping, policies, rule_files, rules, telling)


def test_no_two_pages_have_the_same_address() -> None:
    found = Counter(
        (route.method, route.path) for room in ROOMS for route in room.routes if isinstance(route, web.RouteDef)
    )
    assert len(found) > 20
    assert [address for address, count in found.items() if count > 1] == []


async def test_each_page_that_can_be_looked_at_is_there_and_is_itself(admin: Browser, stage: Stage) -> None:
    held = await received(stage)
    for path, told in (
        ("/", "data-row="),
        ("/overview", "Linkbacks by verdict"),
        ("/model", "<h1"),
        (f"/pings/{held.id}", "203.0.113.9"),
        ("/rules", "/rules/new"),
        ("/rules/new", 'name="source_host"'),
        ("/rules/import", 'name="format"'),
        ("/telling", "/telling/feed"),
    ):
        status, text = await admin.get(path)
        assert (status, told in text) == (200, True), path


async def test_what_changes_something_is_not_to_be_had_by_looking(admin: Browser) -> None:
    for path in (
        "/pings",
        "/undo",
        "/signout",
        "/rules/preview",
        "/rules/x/delete",
        "/rules/x/switch",
        "/telling/feed",
    ):
        status, _ = await admin.get(path)
        assert status in {404, 405}, path
    assert "Sign out" in (await admin.get("/"))[1]
