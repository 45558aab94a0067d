"""Every page in real Chromium: axe-core finds nothing, the page's policy is never broken, hostile texts do nothing."""

from pathlib import Path
from typing import Any

from proxy.score import shelf_in
from tests.proxy.admin.pages.test_pages import HOSTILE, hostile
from tests.proxy.score.shelves import make
from tests.real.browser.scenery import a_browser, axe, scenery, sign_in, train
from tests.real.browser.screenshots import pages_of
from tests.real.parts import needed_parts

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def watch(page: Any) -> list[str]:
    """Everything that the browser complains of: broken policy, failed scripts, dialogs that a script opened."""
    seen: list[str] = []
    page.on("console", lambda said: seen.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("request", lambda asked: None if "127.0.0.1" in asked.url else seen.append(asked.url))
    return seen


async def test_axe_finds_nothing_on_any_page(tmp_path: Path) -> None:
    with needed_parts():
        source = axe()
        async with scenery(tmp_path) as stage, a_browser(locale="en-GB") as page:
            complaints = watch(page)
            await sign_in(page, stage.admin)
            for name, path in ((await pages_of(stage)) | {"nothing": "/nothing"}).items():
                for width in (360, 1440):
                    await page.set_viewport_size({"width": width, "height": 800})
                    await page.goto(stage.admin + path)
                    await page.evaluate(source)
                    for scheme in ("light", "dark"):
                        await page.emulate_media(color_scheme=scheme)
                        assert await violations(page) == [], (name, scheme, width)
                    assert await too_wide(page) <= 0, (name, width)
                    # No right-to-left language is there yet; the pages are ready for one.
                    await page.evaluate("document.documentElement.dir = 'rtl'")
                    assert await too_wide(page) <= 0, (name, width, "rtl")
            await page.goto(stage.admin + "/rules/new?source_host=casino-bonus-4u.example")
            await page.click("text=Show what it would have changed")
            await page.evaluate(source)
            assert await violations(page) == [], "preview"
            await train(stage, 0.4)
            await page.goto(stage.admin + "/model")
            await page.wait_for_selector("progress")
            await page.evaluate(source)
            assert await violations(page) == [], "training"
            await train(stage, None)
            await (
                page.get_by_role("link", name="Look at it").or_(page.get_by_text("The last training")).first.wait_for()
            )
            await page.get_by_role("button", name="Sign out").click()
            await page.evaluate(source)
            assert await violations(page) == [], "sign-in"
            assert [said for said in complaints if "404" not in said] == []


async def violations(page: Any) -> list[Any]:
    """What axe-core finds wrong on the page."""
    found = await page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found["violations"]]


async def too_wide(page: Any) -> int:
    """By how many pixels the page is wider than the window."""
    return int(await page.evaluate("document.documentElement.scrollWidth - innerWidth"))


async def test_hostile_pings_do_nothing(tmp_path: Path) -> None:
    with needed_parts():
        async with scenery(tmp_path) as stage, a_browser(locale="en-GB") as page:
            found = [await hostile(stage, number, text) for number, text in enumerate(HOSTILE)]
            complaints = watch(page)
            await sign_in(page, stage.admin)
            page.on("dialog", lambda dialog: complaints.append(dialog.message))
            evil = dict.fromkeys(HOSTILE, 1)
            make(
                shelf_in(tmp_path),
                "evil",
                {"title:words": dict.fromkeys(HOSTILE, 9.0)},
                parent=shelf_in(tmp_path).find("shipped").card.model_id,
                out_of_fold={text: {"value": 0.5, "low": 0.4, "high": 0.6} for text in HOSTILE},
                labels={"by_source": evil, "by_person": evil},
                comparison={"promote": False, "why": HOSTILE[0]},
            )
            paths = ("/", "/overview", "/rules", "/rules/new", "/model", "/model/evil")
            for path in (*paths, *(f"/pings/{ping.id}" for ping in found)):
                for width in (360, 1440):
                    await page.set_viewport_size({"width": width, "height": 800})
                    await page.goto(stage.admin + path)
                    assert await too_wide(page) <= 0, path
            assert complaints == []
