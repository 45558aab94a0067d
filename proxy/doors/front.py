"""Which site and which door a request means."""

import asyncio
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from proxy import metrics
from proxy.body import Spooled, is_here, read_body
from proxy.config import Config, Site
from proxy.doors.behind import Behind
from proxy.doors.calls import answer_call
from proxy.doors.forms import answer_form
from proxy.doors.logins import shut_out
from proxy.doors.visit import Visit
from proxy.errors import MalformedPing, TooLarge
from proxy.identify import Door, Target, door, split_target
from proxy.relay import client_address, continue_sending, plain, relay
from proxy.wire.php_form import form_type

ABOUT_PATH = "/.well-known/pingwarden"
_ABOUT = (
    "Pingwarden checks linkbacks (pingbacks and trackbacks) that are sent to this site.\n\n"
    "If you found this address in your server's log: somebody told this site that your page links to it. Pingwarden\n"
    "fetched that page to see whether it does. It asks each address and each domain only a few times a minute.\n"
)
_ANY_HOST = "*"
_REMEMBERED = 1024
_SHORT_CHARS = 256


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
        loop = asyncio.get_running_loop()
        came_at, came_whole = loop.time(), is_here(request.content)
        config, site = self.config, self.site_of(request)
        if site is None:
            return plain(421, "No site is configured here for the host that was asked for.")
        target = _target_of(request.raw_path)
        if request.method == hdrs.METH_GET and target.path == ABOUT_PATH:
            return plain(200, _ABOUT)
        try:
            has_form = request.method.upper() == hdrs.METH_POST and _has_form(request)
        except MalformedPing as problem:
            return plain(400, problem.sentence)
        base_path = _base_path(site.home)
        knocked = door(request.method, target, base_path, has_form=has_form)
        if knocked is Door.NONE:
            return _counted(knocked, await relay(request, site, self.behind.upstream, config.trusted_proxies))
        remote_ip = client_address(request, config.trusted_proxies)
        if knocked is Door.XMLRPC:
            refused = await shut_out(request, remote_ip, site, self.behind.gate.log_ins)
            if refused is not None:
                return _counted(knocked, refused)
        limits = config.limits
        body = await _read(request, limits.max_call_bytes if knocked is Door.XMLRPC else limits.max_form_bytes)
        if not isinstance(body, Spooled):
            return _counted(knocked, body)
        # Whoever is still sending does not wait yet; whatever was done here meanwhile is time that the sender waits.
        until = (came_at if came_whole else loop.time()) + config.answer_within_s
        try:
            visit = Visit(request, config, site, target, base_path, remote_ip, self.behind, until)
            answer = await (answer_call(visit, body) if knocked is Door.XMLRPC else answer_form(visit, body, knocked))
            return _counted(knocked, answer)
        finally:
            body.close()


def _counted(knocked: Door, answer: web.StreamResponse) -> web.StreamResponse:
    metrics.count_request(knocked.value, answer.status)
    return answer


async def _read(request: web.BaseRequest, max_bytes: int) -> Spooled | web.Response:
    """Return the request's body, or the answer 413."""
    try:
        await continue_sending(request)
        return await read_body(request, max_bytes)
    except TooLarge as problem:
        refused = plain(413, problem.sentence)
        refused.force_close()
        return refused


def _has_form(request: web.BaseRequest) -> bool:
    """Say whether the body could be a form to PHP. Caddy tells PHP that one without any type is."""
    types = request.headers.getall(hdrs.CONTENT_TYPE, ())
    return not "".join(types).strip() or form_type(types) is not None


@lru_cache(maxsize=_REMEMBERED)
def _base_path(home: str) -> str:
    return urlsplit(home).path.rstrip("/")


_known_target = lru_cache(maxsize=_REMEMBERED)(split_target)


def _target_of(raw: str) -> Target:
    """Return `split_target` of *raw*; the short ones are remembered, as the same few are asked for again and again."""
    return _known_target(raw) if len(raw) <= _SHORT_CHARS else split_target(raw)
