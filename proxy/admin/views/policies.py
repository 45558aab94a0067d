"""A site's pings to itself: what becomes of them, and where that was said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from proxy.admin.plain import visible
from proxy.admin.texts import Texts
from proxy.admin.views.rules import sentence
from proxy.config import Site
from proxy.errors import MalformedPing
from proxy.policy import SelfPings, SelfPolicy
from proxy.rules.owner import BadRule, OwnerRule
from proxy.urls import ascii_host

_MOST_HOSTS = 50
_WAYS: dict[SelfPings, str] = {
    "pass": "Pings of this site to itself pass unchecked.",
    "approve-if-linked": "Pings of this site to itself are approved where the link is there.",
    "hold": "Pings of this site to itself are held.",
    "reject": "Pings of this site to itself are refused.",
}


@dataclass(frozen=True, slots=True)
class PathException:
    """A rule that decides about some of a site's pings to itself."""

    id: str
    sentence: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class PolicyView:
    """One site's policy as the page shows it. `set_by` and `set_at` are None while the configuration holds."""

    site: str
    in_force: SelfPings
    ways: tuple[tuple[SelfPings, str], ...]
    configured: str
    hosts: str
    more_hosts: tuple[str, ...]
    set_by: str | None
    set_at: datetime | None
    exceptions: tuple[PathException, ...]


def policy_view(texts: Texts, site: Site, own: SelfPolicy | None, rules: Iterable[OwnerRule]) -> PolicyView:
    """Return what holds for *site*."""
    configured = site.policy.self_pings
    return PolicyView(
        site.name,
        own.self_pings if own else configured,
        tuple((way, texts.say(told)) for way, told in _WAYS.items()),
        texts.say(_WAYS[configured]),
        ", ".join(sorted(site.our_hosts)),
        own.hosts if own else (),
        visible(own.by, 64) if own else None,
        own.at if own else None,
        tuple(
            PathException(rule.id, sentence(texts, rule), rule.enabled)
            for rule in rules
            if rule.when.self and rule.demands and rule.site in {None, site.name}
        ),
    )


def policy_from(given: Mapping[str, Any], site: Site, sites: Iterable[Site], by: str, at: datetime) -> SelfPolicy:
    """Return the policy that a form holds. Raises `BadRule` naming the field and what is allowed."""
    way = str(given.get("self_pings", ""))
    if way not in get_args(SelfPings):
        raise BadRule(f"self_pings = {way[:100]!r} must be one of {', '.join(get_args(SelfPings))}")
    told = [line.strip() for line in str(given.get("hosts", "")).splitlines() if line.strip()]
    if len(told) > _MOST_HOSTS:
        raise BadRule(f"there are {len(told)} hosts; at most {_MOST_HOSTS} are taken")
    others = {host.partition(":")[0] for one in sites if one.name != site.name for host in one.our_hosts}
    hosts = tuple(dict.fromkeys(_host(line, others) for line in told))
    return SelfPolicy(_WAY_OF[way], tuple(host for host in hosts if host not in site.our_hosts), by, at)


_WAY_OF: dict[str, SelfPings] = {str(way): way for way in _WAYS}


def _host(told: str, others: set[str]) -> str:
    try:
        host = ascii_host(told)
    except MalformedPing:
        raise BadRule(f'hosts: {told[:100]!r} must be a host name such as "blog.example"') from None
    if host in others:
        raise BadRule(f"hosts: {host} belongs to another site")
    return host
