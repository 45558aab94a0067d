"""Which site and which door a request means."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from proxy.body import read_body
from proxy.config import Config, Site
from proxy.doors.behind import Behind
from proxy.doors.calls import answer_call
from proxy.doors.forms import answer_form
from proxy.doors.visit import Visit, sender_of
from proxy.errors import MalformedPing, TooLarge
from proxy.identify import Door, Target, door, split_target
from proxy.relay import client_address, continue_sending, plain
from proxy.wire.php_form import form_type

ABOUT_PATH = "/.well-known/pingwarden"
_ABOUT = (
    "Pingwarden checks linkbacks (pingbacks and trackbacks) that are sent to this site.\n\n"
    "If you found this address in your server's log: somebody told this site that your page links to it. Pingwarden\n"
    "fetched that page to see whether it does. It asks each address and each domain only a few times a minute.\n"
)
_ANY_HOST = "*"


@dataclass(slots=True)
class FrontDoor:
    """Handles the requests of the public listener."""

    config: Config
    behind: Behind
    _sites: dict[str, Site] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.follow(self.config)

    def follow(self, config: Config) -> None:
        """Take requests by *config* from now on; those that are here end with the one that they began with."""
        self.config = config
        self._sites = {}
        for site in config.sites:
            for host in site.our_hosts if site.hosts else {*site.our_hosts, _ANY_HOST}:
                self._sites.setdefault(host, site)

    def site_of(self, request: web.BaseRequest) -> Site | None:
        """Return the site whose Host the request names."""
        host = request.headers.get(hdrs.HOST, "").lower()
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        return self._sites.get(host) or self._sites.get(name) or self._sites.get(_ANY_HOST)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        site = self.site_of(request)
        if site is None:
            return plain(421, "No site is configured here for the host that was asked for.")
        visit = self._visit(request, site)
        if request.method == hdrs.METH_GET and visit.target.path == ABOUT_PATH:
            return plain(200, _ABOUT)
        try:
            has_form = request.method == hdrs.METH_POST and _has_form(request)
        except MalformedPing as problem:
            return plain(400, problem.sentence)
        knocked = door(request.method, visit.target, visit.base_path, has_form=has_form)
        if knocked is Door.NONE:
            return await visit.pass_on()
        return await self._read(visit, knocked)

    def _visit(self, request: web.BaseRequest, site: Site) -> Visit:
        target: Target = split_target(request.raw_path)
        sender = sender_of(request, client_address(request, self.config.trusted_proxies))
        base_path = urlsplit(site.home).path.rstrip("/")
        return Visit(request, self.config, site, target, base_path, sender, self.behind)

    async def _read(self, visit: Visit, knocked: Door) -> web.StreamResponse:
        limits = visit.config.limits
        is_call = knocked is Door.XMLRPC
        try:
            await continue_sending(visit.request)
            body = await read_body(visit.request, limits.max_call_bytes if is_call else limits.max_form_bytes)
        except TooLarge as problem:
            refused = plain(413, problem.sentence)
            refused.force_close()
            return refused
        try:
            visit = visit.read()
            return await (answer_call(visit, body) if is_call else answer_form(visit, body, knocked))
        finally:
            body.close()


def _has_form(request: web.BaseRequest) -> bool:
    return form_type(request.headers.getall(hdrs.CONTENT_TYPE, ())) is not None
