"""The JSON API of design §6; the models' part is in `models`."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from aiohttp import web

from proxy.admin import models
from proxy.admin.guard import Guard, for_programs
from proxy.admin.json import ping_json, rule_from_json, rule_json
from proxy.admin.keys import PIPELINE, RELOAD, WORKSHOP
from proxy.admin.metrics import show_metrics
from proxy.admin.pages import add_pages
from proxy.admin.problems import bearer, problems
from proxy.admin.reach import site_names, store_of
from proxy.admin.show import set_up, signed_in
from proxy.clock import now
from proxy.errors import StoreUnavailable
from proxy.ping import Kind, Label, State
from proxy.pipeline import Pipeline
from proxy.reload import Reload
from proxy.rules.owner import BadRule
from proxy.rules.preview import changes
from proxy.score.workshop import Workshop
from proxy.store import history, pings, rulebook
from proxy.store.pings import Filter

_MAX_PAGE = 200
_ID = re.compile("[0-9A-HJKMNP-TV-Z]{26}")
_MAX_PREVIEW = 20_000
_MAX_BODY_BYTES = 1024 * 1024


def admin_app(pipeline: Pipeline, reload: Reload, workshop: Workshop) -> web.Application:
    """Return the application of the admin listener."""
    guard = Guard(pipeline).middleware()
    token = bearer(lambda: pipeline.config)
    app = web.Application(
        middlewares=[guard, for_programs(problems), for_programs(token)], client_max_size=_MAX_BODY_BYTES
    )
    app[PIPELINE] = pipeline
    app[RELOAD] = reload
    app[WORKSHOP] = workshop
    app.add_routes(
        [
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", show_metrics),
            web.get("/api/v1/pings", list_pings),
            web.get("/api/v1/pings/{id}", show_ping),
            web.delete("/api/v1/pings/{id}", delete_ping),
            web.post("/api/v1/pings/{id}/approve", approve_ping),
            web.post("/api/v1/pings/{id}/reject", reject_ping),
            web.post("/api/v1/pings/{id}/label", label_ping),
            web.get("/api/v1/rules", list_rules),
            web.post("/api/v1/rules", add_rule),
            web.post("/api/v1/rules/preview", preview_rule),
            web.get("/api/v1/rules/{id}", show_rule),
            web.put("/api/v1/rules/{id}", change_rule),
            web.delete("/api/v1/rules/{id}", delete_rule),
            web.get("/api/v1/stats", stats),
        ]
    )
    app.add_routes(models.routes)
    set_up(app)
    add_pages(app)
    return app


async def healthz(_request: web.Request) -> web.Response:
    """200 while the process answers at all."""
    return web.json_response({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    """200 when linkbacks can be recorded, else 503 with what is wrong. Does not depend on WordPress."""
    pipeline = request.app[PIPELINE]
    trouble = pipeline.judge_in_force.trouble
    try:
        await pipeline.database.ready()
    except StoreUnavailable as down:
        return web.json_response({"status": "unavailable", "database": str(down)}, status=503)
    together = {"redis": await pipeline.commons.look() or "ok"} if pipeline.config.redis else {}
    told = request.app[RELOAD].trouble
    return web.json_response(
        {"status": "ok", "database": "ok", "model": trouble or "ok", "configuration": told or "ok", **together}
    )


async def list_pings(request: web.Request) -> web.Response:
    """One page of pings, newest first."""
    wanted, limit, after = _filter(request), _limit(request), request.query.get("cursor") or None
    if after is not None and not _ID.fullmatch(after):
        raise BadRule(f"cursor = {after!r} must be what a page before gave as next")
    page, cursor = await store_of(request).read(pings.list_page, wanted, limit, after)
    return web.json_response({"items": [ping_json(ping) for ping in page], "next": cursor})


def _filter(request: web.Request) -> Filter:
    query = request.query
    state, kind = query.get("state") or None, query.get("kind") or None
    if state is not None and state not in set(State):
        raise BadRule(f"state = {state!r} must be one of {', '.join(State)}")
    if kind is not None and kind not in set(Kind):
        raise BadRule(f"kind = {kind!r} must be one of {', '.join(Kind)}")
    return Filter(
        State(state) if state else None,
        kind,
        query.get("site") or None,
        query.get("q") or None,
        query.get("rule") or None,
    )


def _limit(request: web.Request) -> int:
    given = request.query.get("limit", "50")
    if not re.fullmatch(r"[0-9]{1,4}", given) or not 1 <= int(given) <= _MAX_PAGE:
        raise BadRule(f"limit = {given!r} must be a number from 1 to {_MAX_PAGE}")
    return int(given)


async def show_ping(request: web.Request) -> web.Response:
    """One ping with its story."""
    ping = await store_of(request).read(pings.get, request.match_info["id"])
    return web.json_response(ping_json(ping))


async def delete_ping(request: web.Request) -> web.Response:
    """Forget a ping: trains nothing, blocks nothing."""
    database = store_of(request)
    ping = await database.read(pings.get, request.match_info["id"])
    await database.write(pings.remove, ping.id)
    return web.json_response(ping_json(ping))


async def approve_ping(request: web.Request) -> web.Response:
    """Approve a ping: it is delivered."""
    label, by = await _label(request, Label.HAM), signed_in(request)
    released = request.app[PIPELINE].release(request.match_info["id"], by.name, label, scope=by.scope)
    return web.json_response(ping_json(await released))


async def reject_ping(request: web.Request) -> web.Response:
    """Reject a ping."""
    label, by = await _label(request, Label.SPAM), signed_in(request)
    rejected = request.app[PIPELINE].reject(request.match_info["id"], by.name, label, by.scope)
    return web.json_response(ping_json(await rejected))


async def label_ping(request: web.Request) -> web.Response:
    """Say what a ping is, without moving it."""
    body = await _body(request)
    if "label" not in body:
        raise BadRule('label is missing; it must be "ham", "spam" or null')
    label = _label_value(body["label"])
    by = signed_in(request).name
    labelled = await store_of(request).write(pings.label, request.match_info["id"], label, by, now())
    return web.json_response(ping_json(labelled))


async def _label(request: web.Request, default: Label) -> Label | None:
    body = await _body(request)
    return _label_value(body["label"]) if "label" in body else default


def _label_value(value: object) -> Label | None:
    if value is None:
        return None
    if not isinstance(value, str) or value not in set(Label):
        raise BadRule(f'label = {value!r} must be "ham", "spam" or null')
    return Label(str(value))


async def _body(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(text="The body is not JSON.") from None
    if not isinstance(body, dict):
        raise BadRule("the body must be a JSON object")
    return body


async def list_rules(request: web.Request) -> web.Response:
    """Every rule."""
    rules = await store_of(request).read(rulebook.list_all)
    return web.json_response({"items": [rule_json(rule) for rule in rules], "next": None})


async def show_rule(request: web.Request) -> web.Response:
    """One rule."""
    return web.json_response(rule_json(await store_of(request).read(rulebook.get, request.match_info["id"])))


async def add_rule(request: web.Request) -> web.Response:
    """Keep a new rule."""
    rule = rule_from_json(await _body(request), site_names(request))
    return web.json_response(rule_json(await store_of(request).write(rulebook.add, rule, now())))


async def change_rule(request: web.Request) -> web.Response:
    """Replace a rule."""
    rule = rule_from_json(await _body(request), site_names(request), request.match_info["id"])
    return web.json_response(rule_json(await store_of(request).write(rulebook.change, rule)))


async def delete_rule(request: web.Request) -> web.Response:
    """Forget a rule."""
    database = store_of(request)
    rule = await database.read(rulebook.get, request.match_info["id"])
    await database.write(rulebook.remove, rule.id)
    return web.json_response(rule_json(rule))


async def preview_rule(request: web.Request) -> web.Response:
    """What a rule would have changed in the last days."""
    body = await _body(request)
    days = body.pop("days", 30)
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= 3650:
        raise BadRule(f"days = {days!r} must be a whole number from 1 to 3650")
    raw = body.pop("rule", None)
    if raw is not None and body:
        raise BadRule(f"{min(body)} is unknown; beside rule there may be days")
    rule = replace(rule_from_json(body if raw is None else raw, site_names(request)), id="preview", enabled=True)
    pipeline = request.app[PIPELINE]
    past = await store_of(request).read(history.since, now() - timedelta(days=days), _MAX_PREVIEW)
    found = changes(rule, past, await pipeline.facts_by_site(), pipeline.judge_in_force.bands_for)
    items = [{"id": change.ping_id, "from": change.before.value, "to": change.after.value} for change in found]
    return web.json_response({"examined": len(past), "changed": len(items), "items": items})


async def stats(request: web.Request) -> web.Response:
    """How many pings stand in each state, and how long the oldest delivery waits."""
    database = store_of(request)
    states = await database.read(pings.counts)
    waiting = await database.read(history.oldest_waiting, now())
    return web.json_response({"states": states, "oldest_delivery_s": waiting})
