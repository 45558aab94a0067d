"""What becomes of a site's pings to itself. The list of rules shows the form; here is what it does."""

from aiohttp import web

from proxy.admin.actions import set_policy
from proxy.admin.keys import PIPELINE
from proxy.admin.pages.inbox import see_done
from proxy.admin.reach import sites_of
from proxy.admin.show import signed_in
from proxy.admin.views.policies import policy_from
from proxy.clock import now
from proxy.config import Site
from proxy.errors import UnknownThing

routes = web.RouteTableDef()


@routes.post("/policies/{site}")
async def change(request: web.Request) -> web.Response:
    """Set the policy of a site; it wins over the configuration."""
    site, by = _site(request), signed_in(request)
    policy = policy_from(await request.post(), site, request.app[PIPELINE].config.sites, by.name, now())
    return see_done("/rules", await set_policy(request.app[PIPELINE], site.name, policy, by))


@routes.post("/policies/{site}/forget")
async def forget(request: web.Request) -> web.Response:
    """Let the configuration hold again."""
    site, by = _site(request), signed_in(request)
    return see_done("/rules", await set_policy(request.app[PIPELINE], site.name, None, by))


def _site(request: web.Request) -> Site:
    name = request.match_info["site"]
    found = next((site for site in sites_of(request) if site.name == name), None)
    if found is None:
        raise UnknownThing("site", name)
    return found
