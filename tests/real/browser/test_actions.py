"""Real Chromium does everything that a person does, with and without JavaScript, and it arrives in a real WordPress."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from proxy.admin.password import hashed
from proxy.app import running
from proxy.clock import now
from proxy.config import from_mapping
from proxy.decide import Bands, decide
from proxy.ping import Action, Finding, Kind, Label, Linkback, Ping, Sender, State
from proxy.store import people, pings, rulebook
from proxy.store.people import Person, Role
from tests.proxy.admin.conftest import received
from tests.real.browser.scenery import PASSWORD, a_browser, sign_in
from tests.real.park import Park
from tests.real.parts import needed_parts
from tests.stage import LINKS, Stage, on_stage
from tests.waiting import until

WITH_AND_WITHOUT = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


@asynccontextmanager
async def opened(state_dir: Path, *, scripts: bool, undo_s: float = 0) -> AsyncIterator[tuple[Stage, Any]]:
    """A stage and a browser in which admin is signed in."""
    with needed_parts():
        async with on_stage(state_dir, admin={"undo_s": undo_s}) as stage:
            await stage.proxy.database.write(people.keep, Person("admin", Role.MODERATOR), hashed(PASSWORD), now())
            async with a_browser(java_script_enabled=scripts, locale="en-GB") as page:
                await sign_in(page, stage.admin)
                yield stage, page


async def one(stage: Stage) -> Ping:
    (ping,) = await stage.all_pings()
    return ping


@WITH_AND_WITHOUT
async def test_approving_delivers_and_waiting_approvals_are_undone(tmp_path: Path, scripts: bool) -> None:
    async with opened(tmp_path, scripts=scripts, undo_s=2) as (stage, page):
        await received(stage)
        await page.goto(stage.admin + "/")
        await page.click(".acts .good")
        await page.wait_for_selector(".done")
        assert "WordPress gets it in 2 s" in await page.inner_text(".done")
        await page.click(".done button")
        await page.wait_for_selector("text=Undone.")
        assert (await one(stage)).state is State.HELD
        await page.click(".acts .good")
        await page.wait_for_selector(".done")
        await stage.settled(State.DELIVERED)
        assert len(stage.wordpress.pings) == 1
        await page.goto(stage.admin + "/?state=delivered")
        await page.click(".title a")
        link = page.get_by_role("link", name="Its comment in WordPress's dashboard")
        assert "/wp-admin/edit-comments.php" in (await link.get_attribute("href") or "")


@WITH_AND_WITHOUT
async def test_each_action_of_a_ping_s_page_and_its_undo(tmp_path: Path, scripts: bool) -> None:
    async with opened(tmp_path, scripts=scripts) as (stage, page):
        ping = await received(stage)
        for button, state, label in (
            ("Spam: reject and label", State.REJECTED, Label.SPAM),
            ("Reject without a label", State.REJECTED, None),
            ("Label honest", State.HELD, Label.HAM),
            ("Label spam", State.HELD, Label.SPAM),
        ):
            await page.goto(f"{stage.admin}/pings/{ping.id}")
            await page.get_by_role("button", name=button, exact=True).click()
            await page.wait_for_selector(".done button")
            after = await one(stage)
            assert (after.state, after.label) == (state, label), button
            await page.click(".done button")
            await page.wait_for_selector("text=Undone.")
            assert (await one(stage)).state is State.HELD
        await page.goto(f"{stage.admin}/")
        await page.check("input[name=id]")
        await page.get_by_role("button", name="Delete", exact=True).click()
        await page.wait_for_selector(".done button")
        assert await stage.all_pings() == []
        await page.click(".done button")
        await page.wait_for_selector("text=Undone.")
        stage.web.pages["bread.example/page"] = LINKS
        await page.goto(f"{stage.admin}/pings/{ping.id}")
        await page.click("text=Fetch the source again")
        await stage.settled(State.DELIVERED)


@WITH_AND_WITHOUT
async def test_a_rule_from_a_ping_with_its_preview(tmp_path: Path, scripts: bool) -> None:
    async with opened(tmp_path, scripts=scripts) as (stage, page):
        ping = await received(stage)
        await page.goto(f"{stage.admin}/pings/{ping.id}")
        await page.click("text=host: bread.example")
        await page.click("text=Show what it would have changed")
        preview = await page.inner_text("section[role=status]")
        assert "1 would stand elsewhere" in preview
        assert "Rejected" in preview
        await page.click("text=Save the rule")
        await page.wait_for_selector("text=1 rule added.")
        await page.get_by_role("button", name="Switch off").click()
        await page.wait_for_selector("text=switched off")
        (rule,) = await stage.proxy.database.read(rulebook.list_all)
        assert (rule.when.source_host, rule.enabled) == (("bread.example",), False)
        await page.get_by_role("button", name="Delete").click()
        await page.wait_for_selector("text=1 rule deleted.")
        await page.click("text=Undo")
        await page.wait_for_selector("text=Undone.")
        assert await stage.proxy.database.read(rulebook.list_all) == [rule]
        await page.get_by_role("button", name="Sign out").click()
        await page.goto(f"{stage.admin}/rules")
        assert "/signin" in page.url


async def test_the_keyboard_is_enough(tmp_path: Path) -> None:
    async with opened(tmp_path, scripts=True) as (stage, page):
        for number in range(3):
            await received(stage, f"bread.example/{number}")
        newest = [ping.id for ping in await stage.all_pings()]
        await page.goto(stage.admin + "/")
        await page.keyboard.press("?")
        assert await page.is_visible("#keys")
        await page.keyboard.press("Escape")
        for key in "jjk":
            await page.keyboard.press(key)
        assert await page.get_attribute("li.current", "data-row") == newest[0]
        await page.keyboard.press("j")
        await page.keyboard.press("s")
        await page.wait_for_selector(".done")
        assert {ping.id: ping.state for ping in await stage.all_pings()}[newest[1]] is State.REJECTED
        await page.keyboard.press("u")
        await page.wait_for_selector("text=Undone.")
        assert {ping.state for ping in await stage.all_pings()} == {State.HELD}
        await page.keyboard.press("/")
        await page.keyboard.type("bread.example s")
        assert await page.input_value("#q") == "bread.example s"
        await page.keyboard.press("Escape")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/pings/*")
        await page.keyboard.press("a")
        await page.wait_for_selector("text=1 linkback approved.")


async def test_times_stand_in_the_reader_s_zone(tmp_path: Path) -> None:
    with needed_parts():
        async with on_stage(tmp_path) as stage:
            await stage.proxy.database.write(people.keep, Person("admin", Role.MODERATOR), hashed(PASSWORD), now())
            ping = await received(stage)
            async with a_browser(locale="de-DE", timezone_id="Asia/Kathmandu") as page:
                await sign_in(page, stage.admin)
                await page.goto(f"{stage.admin}/pings/{ping.id}")
                shown = await page.inner_text("h1 + p time")
                told = await page.evaluate(
                    "at => new Intl.DateTimeFormat('de', {dateStyle: 'medium', timeStyle: 'short'}).format(new Date(at))",
                    ping.received_at.isoformat(),
                )
                assert shown == told
                assert await page.get_attribute("html", "lang") == "de"


async def test_an_approval_arrives_in_a_real_wordpress(park: Park, tmp_path: Path) -> None:
    site = park.wordpress("7.1")
    config = from_mapping(
        {
            "listen": "127.0.0.1:0",
            "admin_listen": "127.0.0.1:0",
            "state_dir": str(tmp_path),
            "sites": [{"name": "blog", "upstream": site.address, "public_url": site.url}],
            "admin": {"undo_s": 0},
        }
    )
    with needed_parts():
        async with running(config) as proxy, a_browser(locale="en-GB") as page:
            target = site.permalink("alpha")
            linkback = Linkback(Kind.TRACKBACK, "https://bread.example/real", target, "A real page", "Words", "Bread")
            args = ("blog", linkback, Sender("203.0.113.9"), target.removeprefix(site.url) + "trackback/", now())
            ping = await proxy.database.write(pings.receive, *args)
            assert isinstance(ping, Ping)
            verdict = decide([Finding("unverifiable", 0, "not read", Action.HOLD)], Bands())
            await proxy.database.write(pings.decide, ping.id, verdict, None, now())
            admin = "http://{}:{}".format(*proxy.admin_address)
            assert proxy.first_link
            await page.goto(proxy.first_link)
            await page.fill("#password", PASSWORD)
            await page.fill("#again", PASSWORD)
            await page.click("main button")
            await page.wait_for_selector(".tabs")
            await page.click(".acts .good")

            async def stored() -> bool:
                return [comment.author_url for comment in site.comments()] == ["https://bread.example/real"]

            await until(stored, "a comment in WordPress")

            async def delivered() -> bool:
                return (await proxy.database.read(pings.get, ping.id)).state is State.DELIVERED

            await until(delivered, "the ping delivered")
            await page.goto(f"{admin}/?state=delivered")
            assert "A real page" in await page.inner_text(".pings")
