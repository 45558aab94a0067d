"""The overview. Its figures are worked out at most once a minute and kept: a month of pings is much to count."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from proxy.admin.keys import PIPELINE
from proxy.admin.plain import path_of, safe_link, visible
from proxy.admin.plots import swatch
from proxy.admin.reach import store_of
from proxy.admin.show import page, texts_of
from proxy.admin.views import overview as view
from proxy.clock import now
from proxy.store import figures, inbox, rulebook
from proxy.store.pings import Filter
from proxy.store.scope import Scope, Within

routes = web.RouteTableDef()
_FRESH_S = 60.0
_MOST_SCOPES = 200
_MOST_OF_TIME = 20  # the figures are worked out anew for at most a twentieth of the time


@dataclass(slots=True)
class Snapshot:
    """The figures as they were last worked out. Who asks gets those; new ones are worked out meanwhile."""

    database: Within
    found: figures.Figures | None = None
    at: datetime | None = None
    _due: float = 0.0
    _work: "asyncio.Task[None] | None" = field(default=None)

    @property
    def is_idle(self) -> bool:
        """True while nothing is being worked out."""
        return self._work is None or self._work.done()

    async def get(self) -> tuple[figures.Figures, datetime]:
        """Return the figures and when they were worked out."""
        if time.monotonic() >= self._due and self.is_idle:
            self._work = asyncio.create_task(self._renew(), name="overview figures")
        if self.found is None and self._work is not None:
            await asyncio.shield(self._work)
        if self.found is None or self.at is None:
            raise web.HTTPServiceUnavailable(text="The figures could not be worked out.")
        return self.found, self.at

    async def _renew(self) -> None:
        began = time.monotonic()
        at = now()
        self.found, self.at = await self.database.read(figures.since, at - timedelta(days=view.DAYS)), at
        took = time.monotonic() - began
        self._due = time.monotonic() + (0 if took < 0.05 else max(_FRESH_S, took * _MOST_OF_TIME))

    async def stop(self) -> None:
        """Give up what is being worked out."""
        if self._work:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)


@dataclass(slots=True)
class Snapshots:
    """The figures of each scope that was asked for; who looks after other sites gets others."""

    _kept: dict[Scope, Snapshot] = field(default_factory=dict)

    def of(self, database: Within) -> Snapshot:
        """Return the figures of what *database* shows."""
        if database.scope not in self._kept and len(self._kept) >= _MOST_SCOPES:
            self._kept = {scope: one for scope, one in self._kept.items() if not one.is_idle}
        return self._kept.setdefault(database.scope, Snapshot(database))

    async def stop(self) -> None:
        """Give up what is being worked out."""
        for one in self._kept.values():
            await one.stop()


SNAPSHOTS = web.AppKey("overview figures", Snapshots)


def prepare(app: web.Application) -> None:
    """Give *app* its figures."""
    app[SNAPSHOTS] = Snapshots()
    app.on_cleanup.append(_stop)


async def _stop(app: web.Application) -> None:
    await app[SNAPSHOTS].stop()


@routes.get("/overview")
async def show(request: web.Request) -> web.Response:
    """Numbers of the last days, and what waits now."""
    texts, database = texts_of(request), store_of(request)
    found, at = await request.app[SNAPSHOTS].of(database).get()
    waiting = await database.read(figures.waiting, now())
    counts = await database.read(inbox.counts, Filter())
    names = rulebook.finding_names(await database.read(rulebook.list_all))
    plot, rows, legend = view.over_time(texts, found, at)
    limits = request.app[PIPELINE].config.limits
    return page(
        request,
        "overview.html",
        plot=plot,
        rows=rows,
        legend=[(swatch(style), name) for style, name in legend],
        totals=view.totals(texts, found),
        sources=[(visible(name, 80), taken, other) for name, taken, other in found.sources],
        targets=[(visible(path_of(url), 100), safe_link(url), count) for url, count in found.targets],
        reasons=[(rule, visible(names.get(rule, rule), 60), count) for rule, count in found.reasons],
        waiting=waiting,
        oldest=view.span(texts, waiting.oldest_s),
        counts=counts,
        limits=limits,
        budgets=view.budgets(texts, request.app[PIPELINE].verifier.fetcher.spent()),
        days=view.DAYS,
        at=at,
    )
