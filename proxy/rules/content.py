"""Rules about texts and the past that need no model."""

from collections.abc import Iterator

from proxy.ping import Finding, Kind
from proxy.rules.case import Case, Relation
from proxy.rules.owner import fold

BUSY_HOST = 20


def title_is_blog_name(case: Case) -> Iterator[Finding]:
    """Title and blog name are the same text, as trackback robots send them."""
    linkback = case.linkback
    if linkback.kind is Kind.TRACKBACK and linkback.title and fold(linkback.title) == fold(linkback.blog_name):
        yield Finding("title-is-blog-name", 0.7, "title and blog name are the same")


def same_source(case: Case) -> Iterator[Finding]:
    """The same source has sent linkbacks to other posts lately, or its host very many."""
    if case.relation is Relation.SELF:
        return
    if case.history.same_source_recently >= 3:
        text = f"the same source sent {case.history.same_source_recently} other linkbacks within a day"
        yield Finding("same-source", 1.0, text)
    if case.history.same_host_recently >= BUSY_HOST:
        text = f"the source's host sent {case.history.same_host_recently} linkbacks within a day"
        yield Finding("busy-host", 1.0, text)


def known_host(case: Case) -> Iterator[Finding]:
    """What persons decided about this host before."""
    approved, rejected = case.history.approved_by_person, case.history.rejected_by_person
    if approved > rejected:
        yield Finding("host-approved-before", -2.0, f"you approved linkbacks from this host {approved} times")
    elif rejected > approved:
        yield Finding("host-rejected-before", 2.0, f"you rejected linkbacks from this host {rejected} times")
