"""Rules about the site: which kinds it takes, which posts are closed, and its pings to itself."""

from collections.abc import Iterator
from datetime import timedelta
from fnmatch import fnmatchcase

from proxy.errors import FaultCode
from proxy.ping import Action, Finding, Kind
from proxy.rules.case import Case, Relation
from proxy.rules.owner import matching
from proxy.urls import comparison_key


def kind_off(case: Case) -> Iterator[Finding]:
    """The site takes no linkbacks of this kind."""
    kind = case.linkback.kind
    switch = case.site.policy.pingbacks if kind is Kind.PINGBACK else case.site.policy.trackbacks
    if switch == "off":
        yield Finding("kind-off", 0, f"{kind.value}s are switched off", Action.REJECT, FaultCode.ACCESS_DENIED)


def post_closed(case: Case) -> Iterator[Finding]:
    """The post takes no linkbacks any more, by its path or its age."""
    policy = case.site.policy
    if any(fnmatchcase(case.target.path, pattern) for pattern in policy.closed_paths):
        yield _closed("the post is closed for linkbacks by its path")
    published = case.target_published_at
    days = policy.closed_after_days
    if days and published is not None and case.at - published > timedelta(days=days):
        yield _closed(f"the post is older than {days} days")


def _closed(text: str) -> Finding:
    return Finding("post-closed", 0, text, Action.REJECT, FaultCode.TARGET_UNUSABLE)


def source_is_target(case: Case) -> Iterator[Finding]:
    """A page cannot link back to itself."""
    hosts = case.site.hosts
    if comparison_key(case.source, hosts) == comparison_key(case.target, hosts):
        text = "source and target are the same page"
        yield Finding("source-is-target", 0, text, Action.REJECT, FaultCode.ACCESS_DENIED)


def self_ping(case: Case) -> Iterator[Finding]:
    """What the policy says of a site's pings to itself; an owner's rule for this case overrides the policy."""
    if case.relation is Relation.OWN_HOST:
        text = "the source is on this site's host but is no page of the site; WordPress 7.1 would publish it unseen"
        yield Finding("own-host", 0, text, Action.HOLD)
    if case.relation is not Relation.SELF:
        return
    if any(rule.demands for rule in matching(case)):
        yield Finding("self-ping", 0, "the site links to itself; one of your rules decides")
        return
    match case.site.policy.self_pings:
        case "reject":
            text = "the site links to itself, and self-pings are refused"
            yield Finding("self-ping", 0, text, Action.REJECT, FaultCode.ACCESS_DENIED)
        case "hold":
            yield Finding("self-ping", 0, "the site links to itself, and self-pings are held", Action.HOLD)
        case "approve-if-linked":
            text = "the site links to itself, and self-pings are approved where the link is there"
            yield Finding("self-ping", 0, text, Action.APPROVE)
        case "pass":
            yield Finding("self-ping", 0, "the site links to itself, and self-pings pass", Action.APPROVE)
