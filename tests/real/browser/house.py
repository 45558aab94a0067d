"""A house to act in: a real WordPress, Pingwarden before it, a small web of sources, and a browser that is signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from proxy.admin.password import hashed
from proxy.clock import now
from proxy.ping import Ping
from proxy.store import people
from proxy.store.people import Person, Role
from tests.real.browser.scenery import PASSWORD, a_browser, sign_in
from tests.real.park import Park
from tests.real.parts import needed_parts
from tests.real.wordpress import WordPress
from tests.stage import FORM, Got, Stage, on_stage
from tests.waiting import until

POST = "alpha"


@dataclass(frozen=True, slots=True)
class House:
    """Everything that plays a part. `stage.wordpress` stands idle: the real one is `site`."""

    stage: Stage
    site: WordPress
    page: Any

    @property
    def admin(self) -> str:
        """The address of the admin pages."""
        return self.stage.admin

    async def sent(self, name: str = "bread.example/page") -> Ping:
        """Send a trackback through the public door whose source cannot be read now; return it, judged.

        Each has words of its own: of two alike WordPress takes only one.
        """
        self.stage.web.pages.setdefault(name, _refuses)
        form = {"url": self.stage.web.url(name), "title": f"About {name}", "excerpt": "Words", "blog_name": "Bread"}
        target = urlsplit(self.site.permalink(POST))
        headers = FORM | {"Host": target.netloc}
        status, _ = await self.stage.post(target.path + "trackback/", urlencode(form).encode(), headers)
        assert status == 200

        async def judged() -> Ping | None:
            found = [ping for ping in await self.pings() if ping.linkback.source_url == form["url"] and ping.verdict]
            return found[0] if found else None

        return await until(judged, "a verdict")

    def links(self, name: str) -> None:
        """From now on the source page can be read and links to the post."""
        target = self.site.permalink(POST)
        prose = "Some words of prose. " * 20
        self.stage.web.pages[name] = (
            f'<!doctype html><title>A page</title><p>{prose}<a href="{target}">Alpha</a> and more.'
        )

    async def pings(self) -> list[Ping]:
        """Every ping, the newest first."""
        return await self.stage.all_pings()

    async def ping(self) -> Ping:
        """The only ping."""
        (ping,) = await self.pings()
        return ping

    def comments(self) -> list[str]:
        """The sources of all linkbacks that the real WordPress stored."""
        return [comment.author_url for comment in self.site.comments()]

    async def stored(self, *names: str) -> None:
        """Wait until exactly these sources are stored in WordPress."""
        wanted = sorted(self.stage.web.url(name) for name in names)

        async def found() -> bool:
            return sorted(self.comments()) == wanted

        await until(found, f"comments of {names} in WordPress")

    async def go(self, path: str) -> None:
        """Open a page."""
        await self.page.goto(self.admin + path)

    async def press(self, name: str) -> None:
        """Press the button of that name."""
        await self.page.get_by_role("button", name=name, exact=True).first.click()

    async def shows(self, text: str) -> None:
        """Wait until the page shows it."""
        await self.page.get_by_text(text).first.wait_for()

    async def undo(self) -> None:
        """Take back what was done last."""
        await self.page.click(".done button")
        await self.shows("Undone.")


async def _refuses(_got: Got) -> web.StreamResponse:
    return web.Response(status=403, text="not for you")


@asynccontextmanager
async def opened(
    park: Park, state_dir: Path, *, scripts: bool, undo_s: float = 0, **changes: Any
) -> AsyncIterator[House]:
    """A house in which admin is signed in."""
    site = park.wordpress("7.1")
    site.configure(flood=False)
    settings = {"site": {"upstream": site.address, "public_url": site.url}, "admin": {"undo_s": undo_s}} | changes
    with needed_parts():
        async with on_stage(state_dir, **settings) as stage:
            await stage.proxy.database.write(people.keep, Person("admin", Role.MODERATOR), hashed(PASSWORD), now())
            async with a_browser(java_script_enabled=scripts, locale="en-GB", accept_downloads=True) as page:
                page.set_default_timeout(15_000)
                await sign_in(page, stage.admin)
                yield House(stage, site, page)
