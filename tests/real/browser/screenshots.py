"""Takes a picture of every page, light and dark, on a phone and on a desk.

python -m tests.real.browser.screenshots DIRECTORY [LANGUAGE]
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from proxy.ping import State
from tests.real.browser.scenery import MODEL, a_browser, scenery, sign_in, train
from tests.stage import Stage
from tests.waiting import until

PAGES = {
    "inbox": "/",
    "all": "/?state=all",
    "rules": "/rules",
    "rule": "/rules/new?source_host=casino-bonus-4u.example",
    "import": "/rules/import",
    "overview": "/overview",
    "model": "/model",
    "candidate": f"/model/{MODEL}",
    "notices": "/telling",
}
LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (360, 1440)]


async def pages_of(stage: Stage) -> dict[str, str]:
    """Every page by name, with a ping's own."""

    async def delivered() -> str | None:
        return next((ping.id for ping in await stage.all_pings() if ping.state is State.DELIVERED), None)

    ping_id = await until(delivered, "a delivered ping")
    found = await stage.all_pings()
    by_host = {ping.linkback.source_url.split("/")[2]: ping.id for ping in found}
    return PAGES | {"ping": f"/pings/{by_host['casino-bonus-4u.example']}", "delivered": f"/pings/{ping_id}"}


async def take(directory: Path, language: str) -> None:
    """Take all pictures."""
    with tempfile.TemporaryDirectory(prefix="pingwarden-shots-") as state_dir:
        async with scenery(Path(state_dir)) as stage:
            for scheme, width in LOOKS:
                size = {"width": width, "height": 800}
                async with a_browser(viewport=size, color_scheme=scheme, locale=language) as page:
                    await _shoot(page, stage, directory, f"{scheme}-{width}")


async def _shoot(page: Any, stage: Stage, directory: Path, look: str) -> None:
    await page.goto(stage.admin + "/signin")
    await page.screenshot(path=directory / f"signin-{look}.png", full_page=True)
    await sign_in(page, stage.admin)
    for name, path in (await pages_of(stage)).items():
        await page.goto(stage.admin + path)
        await page.screenshot(path=directory / f"{name}-{look}.png", full_page=True)
        if name == "rule":
            await page.click("form[action='/rules/preview'] button:not([formaction])")
            await page.wait_for_selector("#preview")
            await page.screenshot(path=directory / f"preview-{look}.png", full_page=True)
    await train(stage, 0.4)
    await page.goto(stage.admin + "/model")
    await page.screenshot(path=directory / f"training-{look}.png", full_page=True)
    await train(stage, None)


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(take(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "en"))
