"""The rules: list, write with a preview, switch off, delete."""

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta

from aiohttp import web

from proxy.admin.actions import keep_rules, remove_rule
from proxy.admin.json import rule_from_json
from proxy.admin.keys import PIPELINE
from proxy.admin.pages.inbox import done_of, see_done
from proxy.admin.plain import host_of, path_of, visible
from proxy.admin.reach import scope_of, site_choices, site_names, sites_of, store_of
from proxy.admin.show import page, signed_in, texts_of
from proxy.admin.views import rules as view
from proxy.admin.views.policies import policy_view
from proxy.admin.views.sentences import refusal_text
from proxy.admin.views.words import state_name
from proxy.clock import now
from proxy.ping import Ping
from proxy.pipeline import Pipeline
from proxy.rules.owner import BadRule, OwnerRule
from proxy.rules.preview import Change, changes
from proxy.store import history, policies, rulebook
from proxy.store.scope import Within

routes = web.RouteTableDef()
PREVIEW_DAYS = 30
_PREVIEW_PINGS = 20_000
_PREVIEW_ROWS = 100


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have changed among how many pings."""

    examined: int
    found: list[Change]
    pings: dict[str, Ping]


@routes.get("/rules")
async def show(request: web.Request) -> web.Response:
    """Every rule in a sentence."""
    texts, at, database = texts_of(request), now(), store_of(request)
    rules, own = await database.read(rulebook.list_all), await database.read(policies.list_all)
    sites = [policy_view(texts, site, own.get(site.name), rules) for site in sites_of(request)]
    may_change = signed_in(request).may_change
    rows = [
        view.rule_row(texts, rule, at, may_change and scope_of(request).holds(rule.site)) for rule in reversed(rules)
    ]
    return page(request, "rules.html", rows=rows, sites=sites, done=await done_of(request))


@routes.get("/rules/new")
async def new(request: web.Request) -> web.Response:
    """The form for a new rule, filled in from the address."""
    return _form_page(request, view.form_from(request.query, fresh=True))


@routes.get("/rules/{id}")
async def edit(request: web.Request) -> web.Response:
    """The form of a rule."""
    rule = await store_of(request).read(rulebook.get, request.match_info["id"])
    return _form_page(request, view.form_of(rule))


@routes.post("/rules/preview")
async def preview(request: web.Request) -> web.Response:
    """What the rule would have changed; saving comes after."""
    form = view.form_from(await request.post())
    try:
        rule = rule_from_json(view.to_json(form), site_names(request), form.id)
    except BadRule as bad:
        return _form_page(request, form, trouble=refusal_text(texts_of(request), bad), status=422)
    found = await preview_of(request.app[PIPELINE], store_of(request), rule)
    return _form_page(request, form, found, view.sentence(texts_of(request), rule))


@routes.post("/rules")
async def save(request: web.Request) -> web.Response:
    """Keep a rule."""
    form = view.form_from(await request.post())
    try:
        rule = rule_from_json(view.to_json(form), site_names(request), form.id)
    except BadRule as bad:
        return _form_page(request, form, trouble=refusal_text(texts_of(request), bad), status=422)
    named = rule if form.name.strip() else replace(rule, name=view.own_name(rule))
    return see_done("/rules", await keep_rules(request.app[PIPELINE], [named], signed_in(request)))


@routes.post("/rules/{id}/switch")
async def switch(request: web.Request) -> web.Response:
    """Switch a rule off or on."""
    pipeline = request.app[PIPELINE]
    rule = await store_of(request).read(rulebook.get, request.match_info["id"])
    done = await keep_rules(pipeline, [replace(rule, enabled=not rule.enabled)], signed_in(request))
    return see_done("/rules", done)


@routes.post("/rules/{id}/delete")
async def delete(request: web.Request) -> web.Response:
    """Forget a rule."""
    done = await remove_rule(request.app[PIPELINE], request.match_info["id"], signed_in(request))
    return see_done("/rules", done)


async def preview_of(pipeline: Pipeline, database: Within, rule: OwnerRule) -> Preview:
    """Return what *rule* would have changed in the last days, worked out off the event loop."""
    tried = replace(rule, id="preview", enabled=True, expires_at=None)
    since = now() - timedelta(days=PREVIEW_DAYS)
    past = await database.read(history.since, since, _PREVIEW_PINGS)
    sites = await pipeline.facts_by_site()
    found = await asyncio.to_thread(changes, tried, past, sites, pipeline.judge_in_force.bands_for)
    shown = {change.ping_id for change in found[:_PREVIEW_ROWS]}
    return Preview(len(past), found, {ping.id: ping for ping in past if ping.id in shown})


def _form_page(
    request: web.Request,
    form: view.RuleForm,
    found: Preview | None = None,
    sentence: str = "",
    *,
    trouble: str = "",
    status: int = 200,
) -> web.Response:
    texts, person = texts_of(request), signed_in(request)
    rows = [
        {
            "id": change.ping_id,
            "source": visible(host_of(ping.linkback.source_url) + path_of(ping.linkback.source_url), 90),
            "before": state_name(texts, change.before),
            "after": state_name(texts, change.after),
        }
        for change in (found.found[:_PREVIEW_ROWS] if found else ())
        for ping in [found.pings[change.ping_id]]  # type: ignore[union-attr]
    ]
    return page(
        request,
        "rule.html",
        status,
        form=form,
        site_choices=site_choices(request),
        may_save=person.may_change and (not form.id or person.scope.holds(form.site or None)),
        preview=found,
        rows=rows,
        sentence=sentence,
        trouble=trouble,
        days=PREVIEW_DAYS,
    )
