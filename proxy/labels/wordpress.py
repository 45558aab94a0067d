"""Which door to WordPress's moderation is open: REST, else XML-RPC; else one sentence that says what to do."""

from proxy.config import Site
from proxy.labels.rest import Refused, RestDoor, open_rest
from proxy.labels.rpc import Fault, RpcDoor, open_rpc
from proxy.labels.words import LabelsUnavailable
from proxy.upstream import Upstream

Door = RestDoor | RpcDoor


async def open_door(upstream: Upstream, site: Site) -> Door:
    """Return the door that lets the configured user in. Raises `LabelsUnavailable`."""
    if not site.wordpress.username or not site.wordpress.application_password:
        raise LabelsUnavailable(
            f"site {site.name}: set username and application_password in [sites.wordpress]; "
            "WordPress makes one in Users → Profile → Application Passwords"
        )
    rest = await open_rest(upstream, site)
    if isinstance(rest, RestDoor):
        return rest
    rpc = await open_rpc(upstream, site)
    if isinstance(rpc, RpcDoor):
        return rpc
    raise LabelsUnavailable(f"site {site.name}: {_why(site, rest, rpc)}")


def _why(site: Site, rest: Refused, rpc: Fault) -> str:
    user = repr(site.wordpress.username)
    if rest.status in {301, 302, 307, 308}:
        return f"WordPress sends {site.home} on to another address (HTTP {rest.status}): set public_url to that one"
    if rpc.code == 401 or (rest.status == 403 and rest.code == "rest_forbidden_context"):
        return f"WordPress does not let {user} moderate comments: the user must be an editor or an administrator"
    if rpc.code == 403 or rest.status == 401:
        return (
            f"WordPress does not accept {user} with this application password (REST: {rest}; XML-RPC: {_said(rpc)}): "
            "make a new one in Users → Profile → Application Passwords. A login password does not do, and WordPress "
            "takes none at all unless it knows that it is reached over https, or while its REST API is switched off"
        )
    return (
        f"neither WordPress's REST API ({rest}) nor its XML-RPC ({_said(rpc)}) lists comments: "
        "let /wp-json/ through, or switch the plugin off that blocks it"
    )


def _said(fault: Fault) -> str:
    return f"fault {fault.code}, {fault.text}" if fault.code else fault.text
