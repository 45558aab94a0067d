"""A running proxy with its admin pages, and people who ask for them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from proxy.admin.password import hashed
from proxy.clock import now
from proxy.decide import Bands, decide
from proxy.ping import Action, Evidence, Finding, Kind, Linkback, Ping, Sender
from proxy.store import arrivals, people, pings, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.people import Person, Role
from proxy.store.scope import EVERYWHERE, Scope
from proxy.store.verdicts import Decision
from tests.stage import POST, Stage, on_stage

PASSWORD = "correct horse battery"
_HASH = hashed(PASSWORD)  # slow on purpose, so once is enough


@dataclass(slots=True)
class Browser:
    """Somebody's browser as the server sees it: cookies, and the headers that browsers send."""

    base: str
    http: aiohttp.ClientSession
    headers: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Open a page; status and text. Redirects are followed."""
        async with self.http.get(self.base + path, headers=_named(headers)) as answer:
            return answer.status, await answer.text()

    async def post(
        self, path: str, form: dict[str, str] | list[tuple[str, str]], origin: str | None = "", **headers: str
    ) -> tuple[int, str, str]:
        """Send a form; status, text and where the browser is sent. *origin*: "" is our own, None is none."""
        said = {} if origin is None else {"Origin": origin or self.base}
        sent = self.headers | said | _named(headers)
        async with self.http.post(self.base + path, data=form, headers=sent, allow_redirects=False) as answer:
            return answer.status, await answer.text(), answer.headers.get("Location", "")

    async def sign_in(self, name: str = "admin", password: str = PASSWORD) -> int:
        """Sign in; the status."""
        return (await self.post("/signin", {"name": name, "password": password}))[0]


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def browser_at(base: str) -> Browser:
    """A fresh browser without cookies."""
    return Browser(base, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))


async def keep_person(stage: Stage, name: str, role: Role = Role.MODERATOR, scope: Scope = EVERYWHERE) -> None:
    """Let somebody sign in with PASSWORD."""
    await stage.proxy.database.write(people.keep, Person(name, role, scope), _HASH, now())


async def received(stage: Stage, name: str = "bread.example/page", **sent: str) -> Ping:
    """Record a linkback as the door would, judged by nothing: held, with a link on its source page."""
    source = stage.web.url(name)
    linkback = Linkback(Kind.TRACKBACK, source, POST, **({"title": "A page"} | sent))
    database = stage.proxy.database
    ping = await database.write_together(
        arrivals.receive, Arrival("blog", linkback, Sender("203.0.113.9", "Some blog"), "/t", now())
    )
    assert isinstance(ping, Ping)
    found = (
        Finding("unverifiable", 0, "the source page did not come in time", Action.HOLD),
        Finding("thin", 0.7, "thin"),
    )
    seen = Evidence(title="A page", excerpt="He links to Alpha here.", link_text="Alpha", link_found=True)
    await database.write_together(verdicts.decide, Decision(ping.id, decide(found, Bands()), seen, now()))
    return await database.read(pings.get, ping.id)


async def undo_id(browser: Browser, place: str) -> str:
    """The id that the page at *place* offers to undo."""
    _, text = await browser.get(place)
    return text.partition('action="/undo"')[2].partition('name="id" value="')[2].partition('"')[0]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage on which admin is a moderator and rita a reader."""
    async with on_stage(tmp_path, admin={"undo_s": 0}) as stage:
        await keep_person(stage, "admin")
        await keep_person(stage, "rita", Role.READER)
        yield stage


@pytest.fixture
async def browser(stage: Stage) -> AsyncIterator[Browser]:
    """A browser that is not signed in."""
    browser = browser_at(stage.admin)
    yield browser
    await browser.http.close()


@pytest.fixture
async def admin(browser: Browser) -> Browser:
    """A browser in which admin is signed in."""
    assert await browser.sign_in() == 303
    return browser
