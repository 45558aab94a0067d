"""Rules about what the source page showed."""

from collections.abc import Iterator

from proxy.errors import FaultCode, MalformedPing
from proxy.ping import Action, Failure, Finding
from proxy.rules.case import Case, Relation
from proxy.urls import parse, registrable_domain

FARM_LINKS = 150
FARM_CHARS_PER_LINK = 60
THIN_PAGE_CHARS = 250

_WHY_HELD = {
    Failure.FORBIDDEN: "the source page refuses to be read by us",
    Failure.SERVER_ERROR: "the source's server reports an error of its own",
    Failure.TIMEOUT: "the source page did not come in time",
    Failure.UNREACHABLE: "the source's server cannot be reached",
    Failure.REDIRECTS: "the source redirects too often",
    Failure.OTHER_STATUS: "the source answers with an unusual status",
    Failure.OVER_BUDGET: "not yet checked: the source's host has been asked enough for now",
    Failure.UNREADABLE: "the source page could not be read",
    Failure.TARGET_UNKNOWN: "not known yet: this site itself did not say which post is meant",
}


def source_missing(case: Case) -> Iterator[Finding]:
    """The source is gone, or nothing that is ever fetched."""
    match case.evidence.failure if case.evidence else None:
        case Failure.GONE:
            yield _missing("source-gone", "the source page does not exist")
        case Failure.NOT_PUBLIC:
            yield _missing("source-not-public", "the source is not on the public internet")
        case Failure.NOT_A_PAGE:
            text = "the source is no page that could hold a link"
            yield Finding("no-link", 0, text, Action.REJECT, FaultCode.NO_LINK)


def _missing(rule: str, text: str) -> Finding:
    return Finding(rule, 0, text, Action.REJECT, FaultCode.SOURCE_MISSING)


def unverifiable(case: Case) -> Iterator[Finding]:
    """The source could not be read: that says nothing about the link, so the ping waits."""
    if case.evidence is None:
        return
    failure = case.evidence.failure
    if failure in _WHY_HELD:
        rule = "not-yet-checked" if failure is Failure.OVER_BUDGET else "unverifiable"
        yield Finding(rule, 0, _WHY_HELD[failure], Action.HOLD)
    elif failure is None and case.evidence.link_found is None:
        yield Finding("unverifiable", 0, "it is not known whether the source links here", Action.HOLD)


def no_link(case: Case) -> Iterator[Finding]:
    """The page is there and does not link to the target. Where self-pings pass, theirs are not asked for."""
    if case.evidence and case.evidence.failure is None and case.evidence.link_found is False:
        text = "the source page does not link to the target"
        yield Finding("no-link", 0, text, Action.REJECT, FaultCode.NO_LINK)


def hidden_link(case: Case) -> Iterator[Finding]:
    """The link is there, but no reader would see it."""
    if case.evidence and case.evidence.link_found and case.evidence.link_visible is False:
        yield Finding("hidden-link", 3.0, "the link is hidden from readers")


def link_farm(case: Case) -> Iterator[Finding]:
    """The page is little else than links to other hosts."""
    links = case.evidence.outbound_links if case.evidence else None
    if case.evidence is None or links is None or links < FARM_LINKS:
        return
    if (case.evidence.text_chars or 0) < links * FARM_CHARS_PER_LINK:
        yield Finding("link-farm", 2.0, f"the page links to {links} other places and says little")


def thin_page(case: Case) -> Iterator[Finding]:
    """Hardly any text stands on the page."""
    chars = case.evidence.text_chars if case.evidence else None
    if chars is not None and chars < THIN_PAGE_CHARS and case.relation is Relation.STRANGER:
        yield Finding("thin-page", 0.7, f"the page holds only {chars} characters of text")


def just_redirects(case: Case) -> Iterator[Finding]:
    """The address that claims to link only sends readers to somebody else's site."""
    if case.evidence is None:
        return
    for place in (case.evidence.fetched_url, case.evidence.refresh_url):
        host = _host(place) if place else None
        if host and registrable_domain(host) != registrable_domain(case.source.host):
            yield Finding("just-redirects", 1.5, f"the source only sends its readers on to {host}")


def _host(place: str) -> str | None:
    try:
        return parse(place).host
    except MalformedPing:
        return None


def sender_address(case: Case) -> Iterator[Finding]:
    """Whether the sender's address belongs to the source's host; never alone a verdict, for hosting is shared."""
    matches = case.evidence.sender_matches_host if case.evidence else None
    if matches is True:
        yield Finding("sender-related", -0.5, "the sender's address belongs to the source's host")
    elif matches is False:
        yield Finding("sender-unrelated", 0.5, "the sender's address does not belong to the source's host")


def wordpress_check(case: Case) -> Iterator[Finding]:
    """What WordPress's own cruder check would say; it hides its faults, so this is the owner's only hint."""
    if case.evidence and case.evidence.link_found and case.evidence.wordpress_would_accept is False:
        yield Finding("wordpress-check", 0, "WordPress's own check will probably not find the title or the link")
