"""The pages for people, one file each: read what is asked for, make a view of it, show it."""

from aiohttp import web

from proxy.admin.pages import inbox, model, overview, people, ping, policies, rule_files, rules, telling


def add_pages(app: web.Application) -> None:
    """Give *app* every page."""
    # rule_files before rules: /rules/import is no rule's id.
    for room in (people, inbox, ping, rule_files, rules, policies, overview, model, telling):
        app.add_routes(room.routes)
    for prepare in (people.prepare, overview.prepare, telling.prepare):
        prepare(app)
