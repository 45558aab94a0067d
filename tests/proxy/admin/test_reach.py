"""Who looks after one site sees and changes nothing of another: every route of the listener, on every foreign thing."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from proxy.admin.actions import Do
from proxy.admin.api import admin_app
from proxy.clock import now
from proxy.decide import Bands, decide
from proxy.ping import Action, Evidence, Finding, Kind, Label, Linkback, Ping, Sender
from proxy.policy import SelfPolicy
from proxy.rules.owner import OwnerRule, when_from_json
from proxy.score.workshop import Workshop
from proxy.store import arrivals, pings, policies, rulebook, undo, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.people import Role
from proxy.store.scope import EVERYWHERE, Scope
from proxy.store.verdicts import Decision
from tests.proxy.admin.conftest import Browser, browser_at, keep_person
from tests.stage import Stage, on_stage

SITES = [
    {"name": "blog", "public_url": "http://blog.example", "upstream": "http://127.0.0.1:1", "api_tokens": ["of-blog"]},
    {"name": "zebra", "public_url": "http://zebra.example", "upstream": "http://127.0.0.1:2"},
]
# Stands in everything of the other site, and in nothing else.
FOREIGN = "zebra"
NOTHING = "0" * 26
OURS = Scope(frozenset({"blog"}))
# Signing in, what is asked without a person, and what concerns the browser alone.
NOBODYS = {"/signin", "/signout", "/welcome", "/language", "/static", "/healthz", "/readyz", "/metrics"}


@dataclass(frozen=True, slots=True)
class Scene:
    """Two sites with a ping, a rule, a policy and an action to undo each, and a rule for both."""

    stage: Stage
    browser: Browser
    mine: Ping
    theirs: Ping
    rule: OwnerRule
    shared: OwnerRule
    undo_id: str

    async def foreign(self) -> tuple[object, ...]:
        """Everything that must stay as it is."""
        database = self.stage.proxy.database
        return (
            await database.read(pings.get, self.theirs.id),
            await database.read(rulebook.get, self.rule.id),
            await database.read(rulebook.get, self.shared.id),
            await database.read(policies.of_site, "zebra"),
            len(await database.read(rulebook.list_all)),
            (await database.read(undo.find, self.undo_id)).undone,
        )


async def judged(stage: Stage, site: str) -> Ping:
    link = Linkback(Kind.TRACKBACK, f"http://{site}.source.example/p", f"http://{site}.example/alpha/", f"{site} says")
    database = stage.proxy.database
    ping = await database.write_together(
        arrivals.receive, Arrival(site, link, Sender("203.0.113.9", f"{site} agent"), "/t", now())
    )
    assert isinstance(ping, Ping)
    found = [Finding("unverifiable", 0, "it did not come in time", Action.HOLD), Finding(f"owner:{site}", 1, site)]
    await database.write_together(
        verdicts.decide, Decision(ping.id, decide(found, Bands()), Evidence(title=f"{site} page"), now())
    )
    await database.write(pings.label, ping.id, Label.SPAM, f"{site}-person", now())
    return await database.read(pings.get, ping.id)


@asynccontextmanager
async def set_up(state_dir: Path) -> AsyncIterator[Scene]:
    async with on_stage(state_dir, sites=SITES, admin={"undo_s": 60}) as stage:
        database = stage.proxy.database
        mine, theirs = await judged(stage, "blog"), await judged(stage, "zebra")
        shared = OwnerRule(id="", name="all", when=when_from_json({"words": ["casino"]}), action="hold")
        rule = replace(shared, name="zebra", note="zebra", site="zebra", when=when_from_json({"words": ["zebra"]}))
        await database.write(policies.keep, "zebra", SelfPolicy("hold", ("zebra.host.example",), "zebra-person", now()))
        before = await database.read(undo.word_of, theirs.id)
        for name, role in (("anna", Role.MODERATOR), ("rita", Role.READER)):
            await keep_person(stage, name, role, OURS)
        browser = browser_at(stage.admin)
        assert await browser.sign_in("anna") == 303
        yield Scene(
            stage, browser, mine, theirs,
            rule=await database.write(rulebook.add, rule, now()),
            shared=await database.write(rulebook.add, shared, now()),
            undo_id=await database.write(undo.keep, "spam", [before], "zebra-person", now()),
        )  # fmt: skip
        await browser.http.close()


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with set_up(tmp_path) as scene:
        yield scene


FORM = {"action": "reject", "words": "x", "enabled": "yes"}
BODY = {"action": "reject", "when": {"words": ["x"]}}
KEEP = {"items": [BODY]}
# Route → what is asked of it: path, form (None: GET), status. PING, RULE, UNDO are the other site's, SHARED is for all.
PAGES: dict[str, list[tuple[str, dict[str, str] | None, int]]] = {
    "GET /": [("/?" + query, None, 200) for query in ("", "state=all", "state=all&kind=trackback", "state=all&q=example",
               "state=all&rule=unverifiable", "state=all&site=zebra", "state=all&rule=owner:RULE")],
    "GET /pings/{id}": [("/pings/PING", None, 404), ("/pings/MINE", None, 200)],
    "POST /pings/{id}/check": [("/pings/PING/check", {}, 404)],
    "POST /pings": [("/pings", {"do": what, "id": "PING"}, 303) for what in Do],
    "POST /undo": [("/undo", {"id": "UNDO"}, 404)],
    "GET /rules": [("/rules", None, 200)],
    "GET /rules/new": [("/rules/new", None, 200)],
    "GET /rules/import": [("/rules/import", None, 200)],
    "GET /rules/export": [(f"/rules/export?as={form}", None, 200) for form in ("json", "hosts", "keys")],
    "GET /rules/{id}": [("/rules/RULE", None, 404), ("/rules/SHARED", None, 200)],
    "POST /rules": [("/rules", FORM, 403), ("/rules", FORM | {"id": "SHARED", "site": "blog"}, 403),
                    ("/rules", FORM | {"id": "RULE", "site": "blog"}, 404)],
    "POST /rules/preview": [("/rules/preview", FORM | {"words": "says", "site": site, "id": "RULE"}, 200) for site in ("", "blog")],
    "POST /rules/{id}/switch": [("/rules/RULE/switch", {}, 404), ("/rules/SHARED/switch", {}, 403)],
    "POST /rules/{id}/delete": [("/rules/RULE/delete", {}, 404), ("/rules/SHARED/delete", {}, 403)],
    "POST /rules/import": [("/rules/import", {"format": "keys", "action": "reject", "text": "x"}, 200)],
    "POST /rules/import/keep": [("/rules/import/keep", {"rules": json.dumps(KEEP)}, 403)],
    "POST /policies/{site}": [("/policies/zebra", {"self_pings": "pass"}, 404)],
    "POST /policies/{site}/forget": [("/policies/zebra/forget", {}, 404)],
    "GET /overview": [("/overview", None, 200)],
    "GET /model": [("/model", None, 200)],
    "GET /model/{id}": [("/model/shipped", None, 200)],
    "GET /model/progress": [("/model/progress", None, 200)],
    "POST /model/train": [("/model/train", {}, 403)],
    "POST /model/rollback": [("/model/rollback", {}, 403)],
    "POST /model/{id}/promote": [("/model/shipped/promote", {}, 403)],
    "GET /telling": [("/telling", None, 200)],
    "POST /telling/feed": [("/telling/feed", {}, 200)],
    "POST /telling/feed/remove": [("/telling/feed/remove", {}, 303)],
    "GET /feed/{key}.atom": [("/feed/nothing.atom", None, 404)],
}  # fmt: skip
API: dict[str, list[tuple[str, dict[str, Any] | None, int]]] = {
    "GET pings": [("pings", None, 200), ("pings?site=zebra", None, 200), ("pings?q=example&rule=unverifiable", None, 200)],
    "GET pings/{id}": [("pings/PING", None, 404), ("pings/MINE", None, 200)],
    "DELETE pings/{id}": [("pings/PING", None, 404)],
    "POST pings/{id}/approve": [("pings/PING/approve", {}, 404)],
    "POST pings/{id}/reject": [("pings/PING/reject", {}, 404)],
    "POST pings/{id}/label": [("pings/PING/label", {"label": "ham"}, 404)],
    "GET rules": [("rules", None, 200)],
    "POST rules": [("rules", BODY, 403)],
    "POST rules/preview": [("rules/preview", {"rule": BODY | {"when": {"words": ["says"]}}}, 200)],
    "GET rules/{id}": [("rules/RULE", None, 404), ("rules/SHARED", None, 200)],
    "PUT rules/{id}": [("rules/RULE", BODY | {"site": "blog"}, 404), ("rules/SHARED", BODY | {"site": "blog"}, 403)],
    "DELETE rules/{id}": [("rules/RULE", None, 404), ("rules/SHARED", None, 403)],
    "GET stats": [("stats", None, 200)],
    "GET models": [("models", None, 200)],
    "GET models/train": [("models/train", None, 200)],
    "GET models/{id}": [("models/shipped", None, 200)],
    "POST models/train": [("models/train", {}, 403)],
    "POST models/rollback": [("models/rollback", {}, 403)],
    "POST models/{id}/promote": [("models/shipped/promote", {}, 403)],
}  # fmt: skip


def filled(told: Any, scene: Scene, *, there: bool = True) -> Any:
    """*told* with the ids of the scene; with those of nothing for the other site's when not *there*."""
    ids = {"PING": scene.theirs.id, "RULE": scene.rule.id, "UNDO": scene.undo_id}
    ids = (ids if there else dict.fromkeys(ids, NOTHING)) | {"SHARED": scene.shared.id, "MINE": scene.mine.id}
    text = json.dumps(told)
    for name, value in ids.items():
        text = text.replace(name, value)
    return json.loads(text)


async def on_page(scene: Scene, path: str, form: dict[str, str] | None) -> tuple[int, str]:
    if form is None:
        return await scene.browser.get(path)
    status, text, place = await scene.browser.post(path, form)
    return status, text + place


async def on_api(scene: Scene, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, str]:
    sent = {"Authorization": "Bearer of-blog"}
    async with scene.stage.http.request(
        method, f"{scene.stage.admin}/api/v1/{path}", json=body, headers=sent
    ) as answer:
        return answer.status, await answer.text()


def test_every_route_stands_in_the_table(scene: Scene) -> None:
    proxy = scene.stage.proxy
    app = admin_app(proxy.pipeline, proxy.reload, Workshop(lambda: proxy.config, proxy.database))
    routes = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}
    told = {(method, path) for method, path in routes if method != "HEAD" and path not in NOBODYS}
    of_pages = {(method, path) for method, _, path in (route.partition(" ") for route in PAGES)}
    of_api = {(method, f"/api/v1/{path}") for method, _, path in (route.partition(" ") for route in API)}
    assert told == of_pages | of_api


@pytest.mark.parametrize("route", PAGES)
async def test_no_page_shows_or_changes_another_site_s_things(scene: Scene, route: str) -> None:
    before = await scene.foreign()
    for asked, form, status in PAGES[route]:
        got, text = await on_page(scene, filled(asked, scene), filled(form, scene))
        assert got == status, (asked, text)
        shown = (
            re.sub(rf"(site=|/policies/){FOREIGN}", "", text) if FOREIGN in asked else text
        )  # the page's own address
        assert FOREIGN not in shown.lower(), asked
        assert scene.theirs.id not in shown or scene.theirs.id in filled(asked, scene), asked
        if status == 404:  # as if it was not there
            assert await on_page(scene, filled(asked, scene, there=False), filled(form, scene, there=False)) == (
                404,
                text.replace(scene.theirs.id, NOTHING).replace(scene.rule.id, NOTHING),
            )
    assert await scene.foreign() == before


@pytest.mark.parametrize("route", API)
async def test_a_site_s_token_reaches_nothing_of_another(scene: Scene, route: str) -> None:
    before = await scene.foreign()
    for asked, body, status in API[route]:
        method = route.partition(" ")[0]
        got, text = await on_api(scene, method, filled(asked, scene), filled(body, scene))
        assert got == status, (asked, text)
        assert FOREIGN not in text.lower(), asked
        if status == 404:
            there = filled(asked, scene, there=False), filled(body, scene, there=False)
            assert await on_api(scene, method, *there) == (
                404, text.replace(scene.theirs.id, NOTHING).replace(scene.rule.id, NOTHING)
            )  # fmt: skip
    assert await scene.foreign() == before


async def test_whoever_looks_after_all_sites_sees_both(scene: Scene) -> None:
    await keep_person(scene.stage, "owner", Role.MODERATOR, EVERYWHERE)
    assert await scene.browser.sign_in("owner") == 303
    for path in ("/", "/overview", "/model", "/rules", "/rules/export?as=json", f"/pings/{scene.theirs.id}"):
        status, text = await scene.browser.get(path)
        assert (status, FOREIGN in text) == (200, True), path


async def test_the_own_site_s_things_can_be_changed_and_undone(scene: Scene) -> None:
    status, _, place = await scene.browser.post("/pings", {"do": "approve", "id": scene.mine.id})
    undo_id = place.partition("done=")[2]
    assert (status, bool(undo_id)) == (303, True)
    assert "1 linkback approved" in (await scene.browser.get(place))[1]
    assert (await scene.browser.post("/undo", {"id": undo_id}))[0] == 303
    status, _, place = await scene.browser.post("/rules", FORM | {"site": "blog"})
    assert (status, place.partition("?")[0]) == (303, "/rules")
    assert (await scene.browser.post("/policies/blog", {"self_pings": "pass"}))[0] == 303
    assert (await on_api(scene, "POST", f"pings/{scene.mine.id}/reject", {}))[0] == 200


async def test_a_rule_for_all_sites_is_shown_without_what_would_change_it(scene: Scene) -> None:
    _, text = await scene.browser.get(f"/rules/{scene.shared.id}")
    assert "You may look at this rule, but not change it." in text
    assert "Show what it would have changed" not in text
    _, text = await scene.browser.get("/rules")
    assert ("casino" in text, f"/rules/{scene.shared.id}" in text) == (True, False)


async def test_imported_rules_are_for_the_site_that_is_chosen(scene: Scene) -> None:
    _, text, _ = await scene.browser.post(
        "/rules/import", {"format": "hosts", "action": "reject", "text": "spam.example", "site": "blog"}
    )
    (kept,) = html.document_fromstring(text).xpath("//input[@name='rules']/@value")
    assert (await scene.browser.post("/rules/import/keep", {"rules": str(kept)}))[0] == 303
    found = await scene.stage.proxy.database.read(rulebook.list_all)
    assert [rule.site for rule in found if rule.when.source_host or rule.when.source_domain] == ["blog"]
    form = {"format": "hosts", "action": "reject", "text": "spam.example", "site": FOREIGN}
    assert (await scene.browser.post("/rules/import", form))[0] == 422


async def test_the_feed_of_one_site_holds_that_site_alone(scene: Scene) -> None:
    _, text, _ = await scene.browser.post("/telling/feed", {})
    address = text.partition("<code>")[2].partition("</code>")[0]
    async with scene.stage.http.get(address) as answer:
        feed = await answer.text()
    assert (answer.status, "blog.source.example" in feed, FOREIGN in feed) == (200, True, False)
    await scene.browser.post("/telling/feed/remove", {})
    async with scene.stage.http.get(address) as answer:
        assert answer.status == 404


async def test_a_reader_of_one_site_sees_it_and_changes_nothing(scene: Scene) -> None:
    assert await scene.browser.sign_in("rita") == 303
    status, text = await scene.browser.get("/?state=all")
    assert (status, "blog.source.example" in text, FOREIGN in text) == (200, True, False)
    assert (await scene.browser.post("/pings", {"do": "spam", "id": scene.mine.id}))[0] == 403
