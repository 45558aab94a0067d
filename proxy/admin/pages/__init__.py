"""The pages for people, one file each: read what is asked for, make a view of it, show it."""

from aiohttp import web

from proxy.admin.pages import inbox, people, ping, rule_files, rules


def add_pages(app: web.Application) -> None:
    """Give *app* every page."""
    for room in (people, inbox, ping, rule_files, rules):
        app.add_routes(room.routes)
    people.prepare(app)
