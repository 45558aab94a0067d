"""Every page in real Chromium: axe-core finds nothing, the page's policy is never broken, hostile texts do nothing."""

from pathlib import Path
from typing import Any

import pytest

from tests.proxy.admin.test_pages import HOSTILE, hostile
from tests.real.browser.scenery import a_browser, axe, scenery, sign_in
from tests.real.browser.screenshots import LOOKS, pages_of
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
        async with scenery(tmp_path) as stage:
            pages = await pages_of(stage)
            for scheme, width in LOOKS:
                size = {"width": width, "height": 800}
                async with a_browser(viewport=size, color_scheme=scheme, locale="en-GB") as page:
                    complaints = watch(page)
                    await sign_in(page, stage.admin)
                    for name, path in (pages | {"nothing": "/nothing"}).items():
                        await page.goto(stage.admin + path)
                        await page.evaluate(source)
                        found = await page.evaluate(
                            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
                        )
                        told = [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found["violations"]]
                        assert told == [], (name, scheme, width)
                        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                        assert wide <= 0, (name, width)
                    assert [said for said in complaints if "404" not in said] == []


@pytest.mark.parametrize("width", [360, 1440])
async def test_hostile_pings_do_nothing(tmp_path: Path, width: int) -> None:
    with needed_parts():
        async with scenery(tmp_path) as stage:
            found = [await hostile(stage, number, text) for number, text in enumerate(HOSTILE)]
            async with a_browser(viewport={"width": width, "height": 800}, locale="en-GB") as page:
                complaints = watch(page)
                await sign_in(page, stage.admin)
                page.on("dialog", lambda dialog: complaints.append(dialog.message))
                for path in ("/", "/overview", "/rules/new", *(f"/pings/{ping.id}" for ping in found)):
                    await page.goto(stage.admin + path)
                    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    assert wide <= 0, path
                assert complaints == []
