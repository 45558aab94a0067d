"""Rules from and to files."""

import json
from typing import Any

from aiohttp import web

from proxy.admin.actions import keep_rules
from proxy.admin.json import rule_from_json
from proxy.admin.keys import PIPELINE
from proxy.admin.pages.inbox import see_done
from proxy.admin.reach import site_choices, site_names, store_of
from proxy.admin.rule_text import FORMATS, read_rules, write_rules
from proxy.admin.show import page, signed_in, texts_of
from proxy.admin.views.rules import sentence
from proxy.admin.views.sentences import refusal_text
from proxy.rules.owner import BadRule
from proxy.store import rulebook

routes = web.RouteTableDef()
_TYPES = {"json": "application/json", "hosts": "text/plain", "keys": "text/plain"}
_NAMES = {"json": "rules.json", "hosts": "hosts.txt", "keys": "disallowed-keys.txt"}


@routes.get("/rules/import")
async def ask(request: web.Request) -> web.Response:
    """The form to bring rules."""
    empty: dict[str, Any] = {"formats": FORMATS, "form": "keys", "action": "reject", "site": "", "text": ""}
    return page(request, "import.html", **empty, sites=site_choices(request), trouble="", read=[], kept="")


@routes.post("/rules/import")
async def read(request: web.Request) -> web.Response:
    """Show what was read, to be kept with the next press."""
    given = await request.post()
    form, action, site, text = (str(given.get(name, "")) for name in ("format", "action", "site", "text"))
    upload = given.get("file")
    if isinstance(upload, web.FileField) and upload.filename:
        text = upload.file.read().decode("utf-8", "replace")
    try:
        rules = read_rules(form, text, action, site_names(request), site or None)
        trouble = "" if rules else texts_of(request).say("There is no rule in it.")
    except BadRule as bad:
        rules, trouble = [], refusal_text(texts_of(request), bad)
    told = [sentence(texts_of(request), rule) for rule in rules]
    kept = write_rules("json", rules) if rules else ""
    status = 422 if trouble else 200
    shown = {"formats": FORMATS, "form": form, "action": action, "site": site, "text": text[:20_000]}
    return page(
        request, "import.html", status, **shown, sites=site_choices(request), trouble=trouble, read=told, kept=kept
    )


@routes.post("/rules/import/keep")
async def keep(request: web.Request) -> web.Response:
    """Keep what was read."""
    given = await request.post()
    sites = site_names(request)
    try:
        items = json.loads(str(given.get("rules", "")))["items"]
        rules = [rule_from_json(item, sites) for item in items]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadRule("these are not the rules that were read") from None
    return see_done("/rules", await keep_rules(request.app[PIPELINE], rules, signed_in(request)))


@routes.get("/rules/export")
async def export(request: web.Request) -> web.Response:
    """Every rule as a file."""
    form = request.query.get("as", "json")
    text = write_rules(form, await store_of(request).read(rulebook.list_all))
    headers = {"Content-Disposition": f'attachment; filename="pingwarden-{_NAMES[form]}"'}
    return web.Response(text=text, content_type=_TYPES[form], headers=headers)
