"""A stage full of linkbacks of all kinds, and a real Chromium to look at it with."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from proxy.admin.json import rule_from_json
from proxy.admin.password import hashed
from proxy.clock import now
from proxy.decide import decide
from proxy.ping import Action, Evidence, Finding, Kind, Label, Linkback, Ping, Sender, State
from proxy.policy import SelfPolicy
from proxy.score import ledger, sample_of, shelf_in
from proxy.score.run import Phase, Run
from proxy.store import arrivals, people, pings, policies, rulebook, verdicts
from proxy.store.arrivals import Arrival
from proxy.store.people import Person, Role
from proxy.store.verdicts import Decision
from tests.proxy.score.shelves import make
from tests.real.parts import CACHE, MissingPartError, program
from tests.stage import HOME, Stage, on_stage

PASSWORD = "correct horse battery"
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")  # fmt: skip

# Host and path, title, excerpt, the part that links, whether it is trusted.
SOURCES = (
    ("bread-notes.example/weekend", "A weekend of bread", "On Saturday I followed the sourdough notes at last, with half of the water. The crumb came out open.", "the sourdough notes", True),
    ("miller.example/links", "Things I read this week", "First, a thoughtful piece about the steel plate: it keeps the heat, says the author, and after a month with mine I agree.", "it keeps the heat", True),
    ("casino-bonus-4u.example/win", "ONLINE CASINO BONUS free spins", "Best online casino bonus! Free spins no deposit, slots jackpot, poker. Play now and win real money, casino bonus code 2026.", "casino", False),
    ("cheap-pills.example/buy", "Buy cheap viagra online without prescription", "Cheap viagra, cialis, levitra, no prescription needed, overnight shipping, best price.", "buy viagra", False),
    ("garten.example/2026/herbst", "Herbst im Garten: was jetzt noch wächst", "Über den Umgang mit Roggen hat jemand sehr schön geschrieben, und ich möchte dem nur hinzufügen, daß er mehr Wasser will.", "Roggen", True),
    ("مثال.example/خبز", "خبز العجين المخمر في البيت", "قرأت هذا الأسبوع مقالة جميلة عن الخبز وأعجبتني كثيرا", "مقالة جميلة", True),
    ("refuses.example/page", "", "", "", False),
)  # fmt: skip


@asynccontextmanager
async def scenery(state_dir: Path, **changes: Any) -> AsyncIterator[Stage]:
    """A stage with the shipped model on which admin is a moderator, with linkbacks in every state and two rules."""
    async with on_stage(state_dir, judge=None, **changes) as stage:
        await stage.proxy.database.write(people.keep, Person("admin", Role.MODERATOR), hashed(PASSWORD), now())
        for number, source in enumerate(SOURCES * 3):
            await arrive(stage, number, source)
        for raw in (
            {"action": "reject", "when": {"source_domain": ["casino-bonus-4u.example", "cheap-pills.example"]}, "note": "They come every week."},
            {"action": "points", "points": -1.5, "when": {"words": ["sourdough", "rye"], "kind": "pingback"}, "expires_at": "2027-06-30"},
            {"action": "hold", "when": {"remote_network": ["203.0.113.0/24"]}, "enabled": False},
        ):  # fmt: skip
            await stage.proxy.database.write(rulebook.add, rule_from_json(raw, {"blog"}), now())
        await stage.proxy.database.write(
            policies.keep, "blog", SelfPolicy("hold", ("old-blog.example",), "admin", now())
        )
        learn(state_dir)
        yield stage


MODEL = "20261101T080000Z"


def learn(state_dir: Path) -> None:
    """Put a model on the shelf that was made from the shipped one, and not taken."""
    shelf = shelf_in(state_dir)
    words = {"title:words": {"casino": 9.0, "sourdough": -7.0, "rye": -5.0, "خبز": -4.0, "jackpot": 6.0}}
    figures: dict[str, Any] = {
        "out_of_fold": {
            "roc_auc": {"value": 0.981, "low": 0.97, "high": 0.99},
            "recall_at_0.5%": {"value": 0.78, "low": 0.71, "high": 0.84},
            "honest_rejected": {"value": 0.002, "low": 0.0, "high": 0.008},
            "brier": {"value": 0.051, "low": 0.04, "high": 0.065},
        },
        "reliability": [[0.01, 0.02, 310], [0.14, 0.1, 24], [0.32, 0.4, 15], [0.55, 0.5, 18], [0.77, 0.8, 25], [0.98, 0.99, 402]],
        "learning_curve": [[20, 0.41], [50, 0.55], [100, 0.66], [200, 0.74], [400, 0.77], [794, 0.78]],
        "labels": {"by_source": {"wordpress": 560, "admin": 234}, "by_person": {"wordpress": 560, "admin": 201, "rita": 33}},
        "comparison": {
            "promote": False, "why": "its log-loss is higher by 0.0312, more than 0.02",
            "loss_difference": {"value": 0.0312, "low": -0.004, "high": 0.07},
            "candidate_loss": 0.212, "current_loss": 0.181, "honest_newly_rejected": 2, "honest_no_longer_rejected": 3, "samples": 198,
        },
    }  # fmt: skip
    make(shelf, MODEL, words, parent=shelf.find("shipped").card.model_id, **figures)


async def train(stage: Stage, share: float | None) -> None:
    """Let training be seen to go on, so far; None ends it."""
    if share is None:
        await ledger.end(
            stage.proxy.database, "scenery", Run(Phase.DONE, "admin", sentence="kept, not in force: it is worse")
        )
        return
    run = Run(Phase.RUNNING, "admin", now().isoformat(), labels=794).at("judging what was not seen", share)
    await ledger.tell(stage.proxy.database, "scenery", run)


async def arrive(stage: Stage, number: int, source: tuple[str, str, str, str, bool]) -> Ping:
    """Record and judge one linkback as the pipeline would, without a network."""
    name, title, excerpt, link, trusted = source
    host, _, path = name.partition("/")
    host = host.encode("idna").decode()
    kind = Kind.PINGBACK if number % 2 == 0 else Kind.TRACKBACK
    linkback = Linkback(
        kind,
        f"https://{host}/{path.encode().hex() if not path.isascii() else path}/{number}",
        f"{HOME}/2026/{('alpha', 'beta', 'gamma')[number % 3]}/",
    )
    if kind is Kind.TRACKBACK:
        linkback = Linkback(kind, linkback.source_url, linkback.target_url, title, excerpt, host)
    sender = Sender(f"203.0.113.{number + 1}", "WordPress/6.8; https://" + host)
    at = now() - timedelta(hours=5 * number, minutes=7 * number)
    database, judge = stage.proxy.database, stage.proxy.pipeline.judge_in_force
    ping = await database.write_together(arrivals.receive, Arrival("blog", linkback, sender, _endpoint(linkback), at))
    assert isinstance(ping, Ping)
    found = [] if title else [Finding("unverifiable", 0, "the source page refuses to be read by us", Action.HOLD)]
    seen = Evidence(fetched_url=linkback.source_url, status=403, redirects=0, sender_matches_host=False)
    if title:
        seen = Evidence(linkback.source_url, 200, 1, None, "text/html; charset=utf-8", title, True, trusted, "nofollow" if not trusted else None, link, excerpt, 12, 3400, "en", trusted, trusted)  # fmt: skip
        found.append(Finding("sender-related", -0.5, "the sender's address belongs to the source's host") if trusted else Finding("hidden-link", 3.0, "the link is hidden from readers"))  # fmt: skip
        if number % 4 == 0:
            found.append(Finding("not-sure", 0, "the source page did not come in time", Action.HOLD))
    score = judge.score(sample_of(linkback, seen, sender))
    assert score is not None
    found.append(judge.opinion(linkback, seen, sender).finding)
    verdict = decide(found, judge.bands, score.probability)
    judged = await database.write_together(verdicts.decide, Decision(ping.id, verdict, seen, at + timedelta(seconds=2)))
    return await _go_on(stage, judged, number)


def _endpoint(linkback: Linkback) -> str:
    is_call = linkback.kind is Kind.PINGBACK
    return "/xmlrpc.php" if is_call else linkback.target_url.removeprefix(HOME) + "trackback/"


async def _go_on(stage: Stage, judged: Ping, number: int) -> Ping:
    if judged.state is State.HELD and number % 5 == 1:
        return await stage.proxy.database.write(pings.label, judged.id, Label.SPAM, "admin", now())
    return judged


def chromium() -> str:
    """Where Chromium is."""
    return program("chromium", "--all")


def axe() -> str:
    """The source of axe-core."""
    found = [
        CACHE / "axe/node_modules/axe-core/axe.min.js",
        *(Path(place) / "axe-core/axe.min.js" for place in os.environ.get("NODE_PATH", "").split(":") if place),
    ]
    for file in found:
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise MissingPartError("axe-core (npm)", "--all")


@asynccontextmanager
async def a_browser(**context: Any) -> AsyncIterator[Any]:
    """A page of a fresh Chromium. `context` is what playwright calls so."""
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        raise MissingPartError("the Python package playwright") from None
    where = chromium()
    async with async_playwright() as play:
        with tempfile.TemporaryDirectory(prefix="pingwarden-chromium-") as profile:
            opened = await play.chromium.launch_persistent_context(
                profile, executable_path=where, args=list(_ARGUMENTS), chromium_sandbox=False, **context,
            )  # fmt: skip
            try:
                yield opened.pages[0] if opened.pages else await opened.new_page()
            finally:
                await opened.close()


async def sign_in(page: Any, base: str) -> None:
    """Sign in as admin."""
    await page.goto(base + "/signin")
    await page.fill("#password", PASSWORD)
    await page.click("main button")
    await page.wait_for_selector(".tabs")
