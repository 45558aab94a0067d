"""Real Chromium does everything that a person does, with and without scripts, before a real WordPress."""

from pathlib import Path

import pytest

from proxy.ping import Label, State
from proxy.score import shelf_in
from proxy.store import policies, rulebook
from tests.proxy.score import learning
from tests.real.browser.house import House, opened
from tests.real.browser.scenery import PASSWORD, a_browser, sign_in
from tests.real.park import Park
from tests.real.parts import needed_parts
from tests.stage import NO_LINK, on_stage
from tests.waiting import until

WITH_AND_WITHOUT = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
PAGE = "bread.example/page"


@WITH_AND_WITHOUT
async def test_approving_brings_it_to_wordpress_and_waiting_approvals_are_undone(
    park: Park, tmp_path: Path, scripts: bool
) -> None:
    async with opened(park, tmp_path, scripts=scripts, undo_s=2) as house:
        await house.sent()
        await house.go("/")
        await house.page.click(".acts .good")
        await house.shows("WordPress gets it in 2 s")
        await house.undo()
        assert ((await house.ping()).state, house.comments()) == (State.HELD, [])
        await house.page.click(".acts .good")
        await house.shows("1 linkback approved.")
        await house.stored(PAGE)
        await house.stage.settled(State.DELIVERED)
        await house.go("/?state=delivered")
        await house.page.click(".title a")
        await house.shows("Handing it to WordPress")
        await in_the_dashboard(house)


async def in_the_dashboard(house: House) -> None:
    """Follow the link to WordPress's dashboard, sign in there, and find the comment."""
    link = house.page.get_by_role("link", name="Its comment in WordPress's dashboard")
    await house.page.goto(await link.get_attribute("href"))
    await house.page.fill("#user_login", "admin")
    await house.page.fill("#user_pass", "adminpass")
    await house.page.click("#wp-submit")
    row = house.page.locator("#the-comment-list tr")
    await row.first.wait_for()
    assert await row.count() == 1
    assert house.stage.web.url(PAGE).removeprefix("http://") in await row.inner_text()


@WITH_AND_WITHOUT
async def test_each_action_of_a_ping_s_page_and_its_undo(park: Park, tmp_path: Path, scripts: bool) -> None:
    async with opened(park, tmp_path, scripts=scripts) as house:
        ping = await house.sent()
        for button, state, label in (
            ("Spam: reject and label", State.REJECTED, Label.SPAM),
            ("Reject without a label", State.REJECTED, None),
            ("Label honest", State.HELD, Label.HAM),
            ("Label spam", State.HELD, Label.SPAM),
        ):
            await house.go(f"/pings/{ping.id}")
            await house.press(button)
            await house.page.wait_for_selector(".done button")
            after = await house.ping()
            assert (after.state, after.label) == (state, label), button
            await house.undo()
            after = await house.ping()
            assert (after.state, after.label) == (State.HELD, None), button
        await house.press("Label spam")
        await house.press("Take the label away")
        await house.shows("1 label taken away.")
        await house.undo()
        assert (await house.ping()).label is Label.SPAM
        await house.press("Delete")
        await house.shows("1 linkback deleted.")
        assert await house.pings() == []
        await house.undo()
        assert (await house.ping()).id == ping.id
        house.stage.web.pages[PAGE] = NO_LINK
        await house.go(f"/pings/{ping.id}")
        await house.press("Fetch the source again")
        await house.shows("1 source fetched again.")
        assert (await house.ping()).state is State.REJECTED
        await house.undo()
        assert ((await house.ping()).state, house.comments()) == (State.HELD, [])
        # A page that was read is kept for a minute, so another one becomes readable.
        other = await house.sent("bread.example/other")
        house.links("bread.example/other")
        await house.go(f"/pings/{other.id}")
        await house.press("Fetch the source again")
        await house.stored("bread.example/other")
        await house.stage.settled(State.HELD, State.DELIVERED)


@WITH_AND_WITHOUT
async def test_a_rule_from_a_ping_with_its_preview(park: Park, tmp_path: Path, scripts: bool) -> None:
    async with opened(park, tmp_path, scripts=scripts) as house:
        ping = await house.sent()
        await house.go(f"/pings/{ping.id}")
        await house.page.click("text=host: bread.example")
        await house.press("Show what it would have changed")
        preview = await house.page.inner_text("section[role=status]")
        assert "1 would stand elsewhere" in preview
        assert "Rejected" in preview
        await house.press("Save the rule")
        await house.shows("1 rule added.")
        assert (await house.sent("bread.example/next")).state is State.REJECTED
        await house.page.get_by_role("button", name="Switch off").click()
        await house.shows("switched off")
        assert (await house.sent("bread.example/other")).state is State.HELD
        await house.undo()
        await house.page.get_by_role("link", name="Edit").click()
        await house.page.select_option("#action", "hold")
        await house.page.fill("#expires_at", "2099-01-02")
        await house.page.fill("#note", "Looked at in January")
        await house.press("Show what it would have changed")
        await house.press("Save the rule")
        await house.shows("Hold a linkback when its source is on the host bread.example.")
        await house.shows("Looked at in January")
        await house.shows("until")
        (rule,) = await house.stage.proxy.database.read(rulebook.list_all)
        assert (rule.action, str(rule.expires_at)[:10]) == ("hold", "2099-01-02")
        await house.page.get_by_role("button", name="Delete").click()
        await house.shows("1 rule deleted.")
        await house.undo()
        assert await house.stage.proxy.database.read(rulebook.list_all) == [rule]
        await house.press("Sign out")
        await house.go("/rules")
        assert "/signin" in house.page.url
        assert house.comments() == []


@WITH_AND_WITHOUT
async def test_rules_come_from_a_file_and_go_into_one_and_the_policy_is_set(
    park: Park, tmp_path: Path, scripts: bool
) -> None:
    async with opened(park, tmp_path, scripts=scripts) as house:
        await house.go("/rules/import")
        await house.page.fill("#text", "casino\nspam.example\n203.0.113.\n")
        await house.press("Read it")
        await house.shows("This was read")
        await house.press("Keep these 3 rules")
        await house.shows("3 rules added.")
        async with house.page.expect_download() as download:
            await house.page.get_by_role("link", name="WordPress's “Disallowed Comment Keys”").click()
        file = Path(await (await download.value).path())
        assert sorted(exported(file)) == ["203.0.113.0/24", "casino", "spam.example"]
        await house.undo()
        assert await house.stage.proxy.database.read(rulebook.list_all) == []
        await house.page.check("input[value=hold]")
        await house.page.fill("textarea[name=hosts]", "old.example")
        await house.press("Set this policy")
        await house.shows("Set here by admin")
        kept = await house.stage.proxy.database.read(policies.of_site, "blog")
        assert kept is not None
        assert (kept.self_pings, kept.hosts) == ("hold", ("old.example",))
        await house.press("Go by the configuration file again")
        await house.shows("This stands in the configuration file.")
        await house.undo()
        assert await house.stage.proxy.database.read(policies.of_site, "blog") == kept


def exported(file: Path) -> list[str]:
    """The lines of a file."""
    return file.read_text("utf-8").split()


@WITH_AND_WITHOUT
async def test_acting_on_many_at_once(park: Park, tmp_path: Path, scripts: bool) -> None:
    async with opened(park, tmp_path, scripts=scripts) as house:
        names = [f"bread.example/{number}" for number in range(3)]
        for name in names:
            await house.sent(name)
        await house.go("/")
        if scripts:
            await house.page.check("[data-all]")
            assert await house.page.inner_text("[data-selected]") == "3 selected"
            await house.page.uncheck("li:nth-child(3) input[name=id]")
        else:
            for number in (1, 2):
                await house.page.check(f"li:nth-child({number}) input[name=id]")
        await house.page.click(".bulk .bad")
        await house.shows("2 linkbacks rejected or labelled as spam.")
        assert [ping.state for ping in await house.pings()] == [State.REJECTED, State.REJECTED, State.HELD]
        await house.undo()
        assert {(ping.state, ping.label) for ping in await house.pings()} == {(State.HELD, None)}
        for box in await house.page.locator("input[name=id]").all():
            await box.check()
        await house.page.click(".bulk .good")
        await house.shows("3 linkbacks approved.")
        await house.stored(*names)


async def test_the_keyboard_is_enough(park: Park, tmp_path: Path) -> None:
    async with opened(park, tmp_path, scripts=True) as house:
        for number in range(3):
            await house.sent(f"bread.example/{number}")
        newest = [ping.id for ping in await house.pings()]
        page = house.page
        await house.go("/")
        await page.keyboard.press("?")
        assert await page.is_visible("#keys")
        await page.keyboard.press("Escape")
        for key in "jjk":
            await page.keyboard.press(key)
        assert await page.get_attribute("li.current", "data-row") == newest[0]
        await page.keyboard.press("j")
        await page.keyboard.press("s")
        await page.wait_for_selector(".done")
        assert {ping.id: ping.state for ping in await house.pings()}[newest[1]] is State.REJECTED
        await page.keyboard.press("u")
        await house.shows("Undone.")
        assert {ping.state for ping in await house.pings()} == {State.HELD}
        await page.keyboard.press("/")
        await page.keyboard.type("bread.example s")
        assert await page.input_value("#q") == "bread.example s"
        await page.keyboard.press("Escape")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/pings/*")
        await page.keyboard.press("a")
        await house.shows("1 linkback approved.")
        await house.stored("bread.example/2")


async def test_times_stand_in_the_reader_s_zone(park: Park, tmp_path: Path) -> None:
    async with opened(park, tmp_path, scripts=True) as house:
        ping = await house.sent()
        async with a_browser(locale="de-DE", timezone_id="Asia/Kathmandu") as page:
            await sign_in(page, house.admin)
            await page.goto(f"{house.admin}/pings/{ping.id}")
            shown = await page.inner_text("h1 + p time")
            told = await page.evaluate(
                "at => new Intl.DateTimeFormat('de', {dateStyle: 'medium', timeStyle: 'short'}).format(new Date(at))",
                ping.received_at.isoformat(),
            )
            assert shown == told
            assert await page.get_attribute("html", "lang") == "de"


@WITH_AND_WITHOUT
async def test_the_link_of_the_first_start_sets_the_password(tmp_path: Path, scripts: bool) -> None:
    with needed_parts():
        async with on_stage(tmp_path) as stage, a_browser(java_script_enabled=scripts, locale="en-GB") as page:
            assert stage.proxy.first_link
            await page.goto(stage.proxy.first_link)
            await page.fill("#password", PASSWORD)
            await page.fill("#again", PASSWORD)
            await page.click("main button")
            await page.wait_for_selector(".tabs")
            await page.get_by_role("button", name="Deutsch").click()
            await page.wait_for_selector("html[lang=de]")
            await page.get_by_role("button", name="Abmelden").click()
            await sign_in(page, stage.admin)

            async def signed_in() -> bool:
                return "admin" in await page.inner_text(".who")

            await until(signed_in, "admin signed in")


@WITH_AND_WITHOUT
async def test_a_model_is_trained_compared_promoted_and_rolled_back(park: Park, tmp_path: Path, scripts: bool) -> None:
    async with opened(park, tmp_path, scripts=scripts, judge=None) as house:
        await learning.keep(house.stage.proxy.database, 6)
        await house.go("/model")
        await house.press("Train a new model")
        await house.shows("A model is being trained")
        if not scripts:
            while await house.page.get_by_role("link", name="Look again").count():
                await house.page.get_by_role("link", name="Look again").click()
        await house.page.get_by_role("link", name="Look at it").click(timeout=300_000)
        await house.shows("Beside the model that was in force when it was made")
        await house.shows("What it learnt since")
        shelf = shelf_in(tmp_path)
        (trained,) = [one.id for one in shelf.all() if not one.shipped]
        await house.press("Put it in force")
        await house.shows("1 model put in force.")
        assert shelf.promoted() == [trained]
        await house.undo()
        assert shelf.promoted() == []
        await house.go(f"/model/{trained}")
        await house.press("Put it in force")
        await house.press("Roll back to the one before")
        await house.shows("The model before is in force again.")
        assert shelf.promoted() == []
        await house.undo()
        assert shelf.promoted() == [trained]
