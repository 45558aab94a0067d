"""How far whoever asks can reach: the sites that they look after, and nothing of the others.

The pages and the API get at the database, the sites and the models through here alone.
"""

from aiohttp import web

from proxy.admin.keys import PIPELINE, WORKSHOP
from proxy.admin.show import signed_in, texts_of
from proxy.config import Site
from proxy.score.workshop import Workshop
from proxy.store.scope import Scope, Within


def scope_of(request: web.Request) -> Scope:
    """Return the scope of whoever is signed in or holds the token."""
    return signed_in(request).scope


def store_of(request: web.Request) -> Within:
    """Return the database as whoever asks may see and change it."""
    return Within(request.app[PIPELINE].database, scope_of(request))


def sites_of(request: web.Request) -> tuple[Site, ...]:
    """Return the sites that whoever asks looks after."""
    scope = scope_of(request)
    return tuple(site for site in request.app[PIPELINE].config.sites if scope.holds(site.name))


def site_names(request: web.Request) -> set[str]:
    """Return their names."""
    return {site.name for site in sites_of(request)}


def site_choices(request: web.Request) -> list[tuple[str, str]]:
    """Return what a new rule can be for, as a form's choice: all sites, or one of those."""
    for_all = [("", texts_of(request).say("all"))] if scope_of(request).is_everywhere else []
    return for_all + [(name, name) for name in sorted(site_names(request))]


def workshop_of(request: web.Request) -> Workshop:
    """Return the models' workshop to change something there. They judge for all sites. Raises `NotYours`."""
    scope_of(request).must_hold(None)
    return request.app[WORKSHOP]
