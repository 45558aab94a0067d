"""The inbox: held first, tabs by state, filters in the URL, acting on many."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from proxy.admin.actions import Do, Done, act, last_done, take_back
from proxy.admin.keys import PIPELINE, WORKSHOP
from proxy.admin.origin import local_path
from proxy.admin.reach import sites_of, store_of
from proxy.admin.show import page, see_other, signed_in, texts_of
from proxy.admin.texts import Texts
from proxy.admin.views.done import DoneView, done_view
from proxy.admin.views.inbox import age, filter_of, row, tabs
from proxy.clock import now
from proxy.rules.owner import BadRule
from proxy.store import inbox, rulebook

routes = web.RouteTableDef()
PAGE = 50


@routes.get("/")
async def show(request: web.Request) -> web.Response:
    """One page of pings."""
    database, texts, query = store_of(request), texts_of(request), request.query
    sites = [site.name for site in sites_of(request)]
    wanted, before = filter_of(query, sites)
    found = await database.read(inbox.look, wanted, PAGE, before)
    counts = await database.read(inbox.counts, wanted)
    names = rulebook.finding_names(await database.read(rulebook.list_all))
    spoke = await database.read(inbox.rules_that_spoke)
    present = now()
    return page(
        request,
        "inbox.html",
        rows=[row(ping, texts, age(texts, ping.received_at, present)) for ping in found.pings],
        tabs=tabs(texts, query, counts),
        wanted=wanted,
        state=query.get("state", ""),
        sites=sites if len(sites) > 1 else [],
        rules=[(name, names.get(name, name)) for name in spoke],
        older=_older(query, found.older),
        looked_through=found.looked_through,
        before=before,
        done=await done_of(request),
    )


def _older(query: Mapping[str, str], older: str | None) -> str | None:
    if older is None:
        return None
    kept = {name: value for name, value in query.items() if name in {"state", "kind", "site", "rule", "q"} and value}
    return "/?" + urlencode(kept | {"before": older})


@routes.post("/pings")
async def act_on_many(request: web.Request) -> web.Response:
    """Do something to the pings that were selected, or to the one whose own button was pressed."""
    form = await request.post()
    what, _, only = str(form.get("do", "")).partition(":")
    ids = [only] if only else [str(one) for one in form.getall("id", [])]
    if what not in set(Do):
        raise BadRule("this button does nothing here")
    if not ids:
        raise BadRule("no linkback is selected")
    done = await act(request.app[PIPELINE], Do(what), ids, signed_in(request))
    back = local_path(str(form.get("back", "")), "/")
    # A deleted ping has no page to go back to.
    return see_done("/" if what == Do.DELETE and back.startswith("/pings/") else back, done)


@routes.post("/undo")
async def undo(request: web.Request) -> web.Response:
    """Take an action back."""
    form = await request.post()
    await take_back(request.app[PIPELINE], request.app[WORKSHOP], str(form.get("id", "")), signed_in(request))
    return see_other(local_path(str(form.get("back", "")), "/"))


def see_done(path: str, done: Done) -> web.Response:
    """Send the browser on, with what was done in the address so that the page can offer to undo it."""
    base, _, old = path.partition("?")
    kept = [part for part in old.split("&") if part and not part.startswith(("done=", "skipped="))]
    told = [f"done={done.undo_id or ''}"] + ([f"skipped={done.skipped}"] if done.skipped else [])
    return see_other(base + "?" + "&".join(kept + told))


async def done_of(request: web.Request) -> DoneView | None:
    """Return what the address says was just done."""
    texts, undo_id = texts_of(request), request.query.get("done")
    if undo_id is None:
        return None
    skipped = request.query.get("skipped", "")
    left = int(skipped) if skipped.isascii() and skipped.isdigit() and len(skipped) < 5 else 0
    return await _done_view(request, texts, undo_id, left)


async def _done_view(request: web.Request, texts: Texts, undo_id: str, skipped: int) -> DoneView | None:
    found: Any = await last_done(store_of(request), undo_id) if undo_id else None
    if found is None:
        return DoneView(texts.count("{n} does not allow that.", "{n} do not allow that.", skipped), None)
    if found.undone:
        return DoneView(texts.say("Undone."), None)
    person = signed_in(request)
    undo_s = request.app[PIPELINE].config.admin.undo_s
    return done_view(texts, found.what, found.count, skipped, found.id if person.may_change else None, undo_s)
